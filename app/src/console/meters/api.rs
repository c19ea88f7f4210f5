//! Actions of meters: the server function and its implementation.

use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{
    Slug,
    catalog::Lifecycle,
    id::{MeterId, ProductId},
    meter::{MeterEditInput, MeterInput, StoredEvents},
};
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

/// Action on a meter of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum MeterAction {
    /// Creates a meter.
    Create(MeterInput),
    /// Changes name and unit.
    Update(MeterEditInput),
    /// Archives the meter, which then counts nothing.
    Archive,
    /// Restores an archived meter.
    Restore,
}

impl From<Lifecycle> for MeterAction {
    fn from(status: Lifecycle) -> Self {
        match status {
            Lifecycle::Active => Self::Restore,
            Lifecycle::Archived => Self::Archive,
        }
    }
}

/// Action of the page of a product on one of its meters, as its forms name it.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum MeterStatus {
    /// Archives the meter.
    ArchiveMeter {
        /// Control `meter`.
        meter: MeterId,
    },
    /// Restores the meter.
    RestoreMeter {
        /// Control `meter`.
        meter: MeterId,
    },
}

/// Applies an action to the meter with `id` of a product, or creates a meter. Returns its id, and what became of the
/// events that were stored before it was created.
///
/// # Errors
/// [`AppError::Invalid`] with the invalid fields; [`AppError::Denied`] without the capability; [`AppError::Absent`] if
/// this workspace has no such product or meter.
#[server(input = Json, output = Compact)]
pub async fn act_on_meter(
    workspace: Slug,
    grant: String,
    product: ProductId,
    id: Option<MeterId>,
    action: MeterAction,
) -> Result<(MeterId, StoredEvents), AppError> {
    apply(&crate::server::call::context()?, &workspace, &grant, product, id, &action).await
}

/// Implementation of [`act_on_meter`], which posted forms call too.
#[cfg(feature = "ssr")]
async fn apply(
    call: &crate::server::call::Call,
    workspace: &Slug,
    grant: &str,
    product: ProductId,
    id: Option<MeterId>,
    action: &MeterAction,
) -> Result<(MeterId, StoredEvents), AppError> {
    use crate::server::workspace::{writing, writing_alone};
    use model::capability::EditContent;
    use store::meters;

    let (mut tx, mut can) = writing::<EditContent>(call, workspace, grant).await?;
    if let Some(id) = id
        && meters::get(&mut tx, id).await?.is_none_or(|meter| meter.product_id != product)
    {
        return Err(AppError::Absent);
    }
    let mut stored = StoredEvents::default();
    let changed = match (action, id) {
        (MeterAction::Create(input), None) => {
            let draft = input.parse().map_err(AppError::Invalid)?;
            if store::products::get(&mut tx, product).await?.is_none() {
                return Err(AppError::Absent);
            }
            if draft.counts_from.is_some_and(|day| day < tx.today()) {
                // It counts stored events, so none may arrive meanwhile. The lock can't become exclusive: two would wait
                // for each other.
                drop(tx);
                (tx, can) = writing_alone::<EditContent>(call, workspace, grant).await?;
            }
            let created = meters::create(&mut tx, &can, product, &draft).await.map_err(not_created)?;
            stored = created.stored;
            Some(created.id)
        }
        (MeterAction::Update(input), Some(id)) => {
            let draft = input.parse().map_err(AppError::Invalid)?;
            meters::update(&mut tx, &can, id, &draft).await?.then_some(id)
        }
        (MeterAction::Archive, Some(id)) => {
            meters::set_status(&mut tx, &can, id, Lifecycle::Archived).await?.then_some(id)
        }
        (MeterAction::Restore, Some(id)) => {
            meters::set_status(&mut tx, &can, id, Lifecycle::Active).await?.then_some(id)
        }
        (MeterAction::Create(_), Some(_))
        | (MeterAction::Update(_) | MeterAction::Archive | MeterAction::Restore, None) => None,
    };
    let id = changed.ok_or(AppError::Absent)?;
    tx.commit().await?;
    Ok((id, stored))
}

/// Converts the violation of a constraint into a field error.
#[cfg(feature = "ssr")]
fn not_created(error: store::StoreError) -> AppError {
    use crate::server::workspace::refused;
    use store::meters::TOO_MANY_STORED;

    if error.is_refused_by(TOO_MANY_STORED) {
        let message = "More than 1,000,000 events of this type are stored since that day. Choose a later day.";
        return refused(error, TOO_MANY_STORED, "counts_from", message);
    }
    refused(error, "meter_code_taken", "code", "Another meter of this workspace has that code.")
}

/// Handles a form that was posted to a page of meters, or to the page of a product for one of its meters.
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

    let (product, id, action) = match page {
        Page::Product(product) => match form.act()? {
            MeterStatus::ArchiveMeter { meter } => (*product, Some(meter), MeterAction::Archive),
            MeterStatus::RestoreMeter { meter } => (*product, Some(meter), MeterAction::Restore),
        },
        Page::NewMeter(product) => (*product, None, MeterAction::Create(form.saved()?)),
        Page::EditMeter(product, id) => (*product, Some(*id), MeterAction::Update(form.saved()?)),
        _ => return Err(not_understood()),
    };
    apply(call, slug, grant, product, id, &action).await?;
    Ok(Outcome::Go(Page::Product(product).url(slug)))
}
