//! Actions of a product's pages: the server function, and what it does.

use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{
    Slug,
    catalog::{Lifecycle, ProductInput},
    id::ProductId,
};
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

/// Action of a product's pages. Without JavaScript it is read from the form, whose control `action` names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum ProductAction {
    /// Creates the product, or updates it.
    Save(ProductInput),
    /// Archives the product.
    Archive,
    /// Restores an archived product.
    Restore,
}

impl From<Lifecycle> for ProductAction {
    fn from(status: Lifecycle) -> Self {
        match status {
            Lifecycle::Active => Self::Restore,
            Lifecycle::Archived => Self::Archive,
        }
    }
}

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
    action: ProductAction,
) -> Result<ProductId, AppError> {
    apply(&crate::server::call::context()?, &workspace, &grant, id, &action).await
}

/// Same as [`act_on_product`], for a call or a form.
#[cfg(feature = "ssr")]
pub(crate) async fn apply(
    call: &crate::server::call::Call,
    workspace: &Slug,
    grant: &str,
    id: Option<ProductId>,
    action: &ProductAction,
) -> Result<ProductId, AppError> {
    use crate::server::workspace::{refused, writing};
    use model::capability::EditContent;
    use store::products;

    let (mut tx, can) = writing::<EditContent>(call, workspace, grant).await?;
    let of_constraint =
        |e| refused(e, "product_code_taken", "code", "Another product of this workspace has that code.");
    let changed = match (action, id) {
        (ProductAction::Save(input), id) => {
            let draft = input.parse().map_err(AppError::Invalid)?;
            match id {
                None => Some(products::create(&mut tx, &can, &draft).await.map_err(of_constraint)?),
                Some(id) => products::update(&mut tx, &can, id, &draft).await.map_err(of_constraint)?.then_some(id),
            }
        }
        (ProductAction::Archive, Some(id)) => {
            products::set_status(&mut tx, &can, id, Lifecycle::Archived).await?.then_some(id)
        }
        (ProductAction::Restore, Some(id)) => {
            products::set_status(&mut tx, &can, id, Lifecycle::Active).await?.then_some(id)
        }
        (ProductAction::Archive | ProductAction::Restore, None) => None,
    };
    let id = changed.ok_or(AppError::Absent)?;
    tx.commit().await?;
    Ok(id)
}
