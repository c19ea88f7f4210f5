//! Actions of a product's pages: the server function and its implementation.

use crate::{console::record_action::RecordAction, error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{Slug, catalog::ProductInput, id::ProductId};
use server_fn::codec::Json;

/// Applies an action to the product with `id`, or creates a product. Returns its id.
///
/// # Errors
/// [`AppError::Invalid`] with the invalid fields; [`AppError::Denied`] without the capability; [`AppError::Absent`] if
/// this workspace has no such product.
#[server(input = Json, output = Compact)]
pub async fn act_on_product(
    workspace: Slug,
    grant: String,
    id: Option<ProductId>,
    action: RecordAction<ProductInput>,
) -> Result<ProductId, AppError> {
    apply(&crate::server::call::context()?, &workspace, &grant, id, &action).await
}

/// Implementation of [`act_on_product`], which posted forms call too.
#[cfg(feature = "ssr")]
async fn apply(
    call: &crate::server::call::Call,
    workspace: &Slug,
    grant: &str,
    id: Option<ProductId>,
    action: &RecordAction<ProductInput>,
) -> Result<ProductId, AppError> {
    use crate::server::workspace::{refused, writing};
    use model::{capability::EditContent, catalog::Lifecycle};
    use store::products;

    let (mut tx, can) = writing::<EditContent>(call, workspace, grant).await?;
    let of_constraint =
        |e| refused(e, "product_code_taken", "code", "Another product of this workspace has that code.");
    let changed = match (action, id) {
        (RecordAction::Save(input), None) => {
            let draft = input.parse().map_err(AppError::Invalid)?;
            Some(products::create(&mut tx, &can, &draft).await.map_err(of_constraint)?)
        }
        (RecordAction::Save(input), Some(id)) => {
            let draft = input.parse().map_err(AppError::Invalid)?;
            products::update(&mut tx, &can, id, &draft).await.map_err(of_constraint)?.then_some(id)
        }
        (RecordAction::Archive, Some(id)) => {
            products::set_status(&mut tx, &can, id, Lifecycle::Archived).await?.then_some(id)
        }
        (RecordAction::Restore, Some(id)) => {
            products::set_status(&mut tx, &can, id, Lifecycle::Active).await?.then_some(id)
        }
        (RecordAction::Archive | RecordAction::Restore, None) => None,
    };
    let id = changed.ok_or(AppError::Absent)?;
    tx.commit().await?;
    Ok(id)
}

/// Handles a form that was posted to a page of products.
#[cfg(feature = "ssr")]
pub(crate) async fn submit(
    call: &crate::server::call::Call,
    slug: &Slug,
    grant: &str,
    page: &crate::routes::Page,
    form: &crate::server::form::Form,
) -> Result<crate::server::form::Outcome, AppError> {
    use crate::{
        routes::Page,
        server::form::{Outcome, not_understood},
    };

    let (id, action) = match page {
        Page::NewProduct => (None, RecordAction::Save(form.saved()?)),
        Page::EditProduct(id) => (Some(*id), RecordAction::Save(form.saved()?)),
        Page::Product(id) => match form.act()? {
            // A product is saved by its form.
            RecordAction::Save(_) => return Err(not_understood()),
            action => (Some(*id), action),
        },
        _ => return Err(not_understood()),
    };
    let id = apply(call, slug, grant, id, &action).await?;
    Ok(Outcome::Go(Page::Product(id).url(slug)))
}
