//! Server side of the workspace plane's server functions: switching to a workspace, opening it, and page data. Every
//! call opens its own authorized transaction.

use crate::server::workspace::{opened, reading};
use crate::{
    console::{Entered, PageData, Scoped, handlers::load},
    error::{AppError, Refusal},
    routes::Page,
    server::call::Call,
};
use model::{Slug, workspace::Entry};
use store::{
    door::{Mode, Read, Visit, WorkspaceTx},
    handoffs::{self, HandoffRefused},
    secret::Secret,
};

/// Opens a transaction that records a visit to a workspace.
async fn visiting(call: &Call, slug: &Slug) -> Result<WorkspaceTx<Visit>, AppError> {
    let door = call.request.services.store.workspace_visit(&call.credential()?, slug).await?;
    opened(call, door)
}

/// Mints a single-use handoff code for a workspace.
pub async fn switch(call: &Call, to: &Slug) -> Result<String, AppError> {
    let mut tx = visiting(call, to).await?;
    let code = fresh()?;
    handoffs::mint(&mut tx, &code).await?;
    tx.commit().await?;
    Ok(code.reveal().to_owned())
}

/// Enters a workspace by redeeming `code`, or by minting and redeeming a code in the same request.
pub async fn enter(call: &Call, to: &Slug, code: Option<&str>, page: Page) -> Result<Entered, AppError> {
    let mut tx = visiting(call, to).await?;
    match code {
        Some(code) => {
            redeem(&mut tx, code).await?;
            handoffs::record_visit(&mut tx).await?;
        }
        None => handoffs::mint_redeemed_and_visit(&mut tx, &fresh()?).await?,
    }
    visited(call, tx, page).await
}

/// Enters a workspace ahead of a switch. Unlike [`enter`], it does not record a visit.
pub async fn stage(call: &Call, to: &Slug, page: Page) -> Result<Entered, AppError> {
    let mut tx = visiting(call, to).await?;
    handoffs::mint_redeemed(&mut tx, &fresh()?).await?;
    let (tx, page, data) = opening(tx, page).await?;
    entered(call, tx, &page, data).await
}

fn fresh() -> Result<Secret, AppError> {
    Secret::generate("").map_err(|_| AppError::Internal)
}

async fn redeem(tx: &mut WorkspaceTx<Visit>, code: &str) -> Result<(), AppError> {
    let code = Secret::presented(code).ok_or(AppError::Refused(Refusal::HandoffForeign))?;
    if let Err(refused) = handoffs::redeem(tx, &code).await? {
        tracing::warn!(user_id = %tx.user(), ?refused, "a handoff was refused");
        return Err(AppError::Refused(match refused {
            HandoffRefused::Used => Refusal::HandoffUsed,
            HandoffRefused::Expired => Refusal::HandoffExpired,
            HandoffRefused::Foreign => Refusal::HandoffForeign,
        }));
    }
    Ok(())
}

/// Records a visit and loads a page for its document. If the role does not allow the page, the data says so.
pub(crate) async fn arrive(call: &Call, mut tx: WorkspaceTx<Visit>, page: &Page) -> Result<Entered, AppError> {
    handoffs::record_visit(&mut tx).await?;
    let data = load(&mut tx, page).await?;
    remembered(call, tx, page, data).await
}

/// Loads a page like [`arrive`], for a request that is not a visit.
pub(crate) async fn load_without_visit(
    call: &Call,
    mut tx: WorkspaceTx<Read>,
    page: &Page,
) -> Result<Entered, AppError> {
    let data = load(&mut tx, page).await?;
    entered(call, tx, page, data).await
}

/// Opens the requested page, or the nearest page that the role allows.
async fn visited(call: &Call, tx: WorkspaceTx<Visit>, page: Page) -> Result<Entered, AppError> {
    let (tx, page, data) = opening(tx, page).await?;
    remembered(call, tx, &page, data).await
}

async fn remembered(call: &Call, tx: WorkspaceTx<Visit>, page: &Page, data: PageData) -> Result<Entered, AppError> {
    let principal = tx.tenant().principal.clone();
    let entered = entered(call, tx, page, data).await?;
    // The picker shows when a workspace was last opened, so its cached copy is outdated.
    call.request.services.store.invalidate_picker(&principal).await;
    Ok(entered)
}

async fn opening<M: Mode>(mut tx: WorkspaceTx<M>, page: Page) -> Result<(WorkspaceTx<M>, Page, PageData), AppError> {
    let may = tx.tenant().seat.capabilities();
    let page = if may.has(page.requires()) { page } else { page.in_another_workspace(may) };
    let data = load(&mut tx, &page).await?;
    Ok((tx, page, data))
}

async fn entered<M: Mode>(call: &Call, tx: WorkspaceTx<M>, page: &Page, data: PageData) -> Result<Entered, AppError> {
    let tenant = tx.commit().await?;
    let grant = call.request.services.grants.sign(&tenant)?;
    let entry = Entry { workspace: tenant.workspace, seat: tenant.seat, grant };
    Ok(Entered { entry, page: page.clone(), data })
}

/// Loads the data of a page.
pub async fn page(call: &Call, slug: &Slug, grant: &str, page: &Page) -> Result<Scoped<PageData>, AppError> {
    let grant = call.request.services.grants.read(grant)?;
    let tx = reading(call, slug).await?;
    grant.check(tx.tenant())?;
    answer(tx, page).await
}

/// Records the visit and loads the data of the first page after a staged switch.
pub async fn arrived(call: &Call, slug: &Slug, grant: &str, page: &Page) -> Result<Scoped<PageData>, AppError> {
    let grant = call.request.services.grants.read(grant)?;
    let mut tx = visiting(call, slug).await?;
    grant.check(tx.tenant())?;
    handoffs::record_visit(&mut tx).await?;
    call.request.services.store.invalidate_picker(&tx.tenant().principal).await;
    answer(tx, page).await
}

async fn answer<M: Mode>(mut tx: WorkspaceTx<M>, page: &Page) -> Result<Scoped<PageData>, AppError> {
    let value = load(&mut tx, page).await?;
    let workspace = tx.commit().await?.workspace.id;
    Ok(Scoped { workspace, value })
}
