//! The job `invoice`: once on each day of a workspace, it drafts the invoices whose grace is over, issues drafts that
//! nothing blocks, and tells of invoices that became overdue. The settings of the workspace say which of it.
//!
//! Several servers may look at one workspace at once: a cut gets one draft, a draft one number, and an invoice is noted as
//! overdue once, each by a key of the database.

use crate::shutdown::Shutdown;
use app::{console::invoices_overdue, routes::Page, server::request::Services};
use model::{
    capability::ManageInvoices,
    id::{InvoiceId, WorkspaceId},
    invoice::Run,
    job::Job,
    list::Noun,
};
use std::{sync::Arc, time::Duration};
use store::{
    StoreError,
    door::{Can, WorkspaceTx, Write},
    invoices::{self, Issued},
    mail::QueueMail as _,
};

/// How often the server asks which workspaces have something due.
const POLL_INTERVAL: Duration = Duration::from_secs(20);
/// When a workspace in which the job failed is looked at again.
const PAUSE: time::Duration = time::Duration::minutes(15);
/// Most repetitions of a step of the job. What is left is due on the next day.
const ROUNDS: usize = 50;
/// Most drafts in a transaction.
const DRAFTS_AT_ONCE: usize = 50;

/// Runs the job until shutdown. What is not done then is due after the next start.
pub(crate) async fn invoice(services: &Arc<Services>, shutdown: &Shutdown) {
    loop {
        if shutdown.or_stop(poll(services)).await.is_none()
            || shutdown.or_stop(tokio::time::sleep(POLL_INTERVAL)).await.is_none()
        {
            return;
        }
    }
}

async fn poll(services: &Services) {
    let due = match services.store.due(Job::Invoice).await {
        Ok(due) => due,
        Err(error) => {
            tracing::warn!(%error, "the workspaces to invoice can't be read");
            return;
        }
    };
    for workspace in due {
        if let Err(error) = look(services, workspace).await {
            tracing::warn!(workspace_id = %workspace, %error, "the job of invoices failed; it is tried again");
            if let Err(error) = postpone(services, workspace).await {
                tracing::warn!(workspace_id = %workspace, %error, "the job of invoices can't be postponed");
            }
        }
    }
}

/// Does what is due in a workspace.
async fn look(services: &Services, workspace: WorkspaceId) -> Result<(), StoreError> {
    let Some((mut tx, can)) = open(services, workspace).await? else { return Ok(()) };
    invoices::begin_day(&mut tx, &can).await?;
    tx.commit().await?;
    let (mut drafted, mut issued) = (0, 0);
    for _ in 0..ROUNDS {
        drafted += draft(services, workspace).await?;
        let done = issue_all(services, workspace).await?;
        issued += done;
        // The next day of a subscription is drafted once the one before is issued.
        if done == 0 {
            break;
        }
    }
    let mut overdue = 0;
    for _ in 0..ROUNDS {
        let told = tell_overdue(services, workspace).await?;
        overdue += told;
        if told == 0 {
            break;
        }
    }
    if drafted + issued + overdue > 0 {
        tracing::info!(workspace_id = %workspace, drafted, issued, overdue, "invoices looked at");
    }
    Ok(())
}

/// Drafts the invoices whose grace is over. Returns their number.
async fn draft(services: &Services, workspace: WorkspaceId) -> Result<usize, StoreError> {
    let Some((mut tx, _)) = open(services, workspace).await? else { return Ok(0) };
    let cuts = invoices::cuts_to_draft(&mut tx).await?;
    tx.commit().await?;
    let mut drafted = 0;
    for some in cuts.chunks(DRAFTS_AT_ONCE) {
        let Some((mut tx, can)) = open(services, workspace).await? else { return Ok(drafted) };
        drafted += invoices::run(&mut tx, &can, &Run { cuts: some.to_vec() }).await?.drafted.len();
        tx.commit().await?;
    }
    Ok(drafted)
}

/// Issues the drafts that nothing blocks. Returns their number.
async fn issue_all(services: &Services, workspace: WorkspaceId) -> Result<usize, StoreError> {
    let Some((mut tx, _)) = open(services, workspace).await? else { return Ok(0) };
    let drafts = invoices::drafts_to_issue(&mut tx).await?;
    tx.commit().await?;
    let mut issued = 0;
    for draft in drafts {
        issued += usize::from(issue(services, workspace, draft).await?);
    }
    Ok(issued)
}

/// Issues a draft as it is now, in a transaction of its own, so that the series is locked for a moment only. Returns
/// `false` if something blocks it, or a person was faster.
async fn issue(services: &Services, workspace: WorkspaceId, draft: InvoiceId) -> Result<bool, StoreError> {
    let Some((mut tx, can)) = open(services, workspace).await? else { return Ok(false) };
    let Some(document) = invoices::document(&mut tx, draft).await? else { return Ok(false) };
    let Some(basis) = document.basis.filter(|_| document.blockers.is_empty()) else { return Ok(false) };
    match invoices::issue(&mut tx, &can, draft, &basis).await? {
        Issued::Done(_) => {
            tx.commit().await?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// Notes invoices that are overdue, and queues a mail about them to each person who manages invoices. Returns their
/// number.
async fn tell_overdue(services: &Services, workspace: WorkspaceId) -> Result<usize, StoreError> {
    let Some((mut tx, can)) = open(services, workspace).await? else { return Ok(0) };
    let overdue = invoices::note_overdue(&mut tx, &can).await?;
    if !overdue.is_empty() {
        let place = tx.tenant().workspace.clone();
        let page = services.link(&Page::list(Noun::Invoices).url(&place.slug));
        for person in invoices::managers(&mut tx).await? {
            tx.queue(&invoices_overdue(&person, &place.name, &overdue, page.clone())).await?;
        }
    }
    tx.commit().await?;
    Ok(overdue.len())
}

async fn postpone(services: &Services, workspace: WorkspaceId) -> Result<(), StoreError> {
    let Some((mut tx, _)) = open(services, workspace).await? else { return Ok(()) };
    invoices::look_later(&mut tx, PAUSE).await?;
    tx.commit().await?;
    Ok(())
}

async fn open(
    services: &Services,
    workspace: WorkspaceId,
) -> Result<Option<(WorkspaceTx<Write>, Can<ManageInvoices>)>, StoreError> {
    let Some(tx) = services.store.job(workspace, Job::Invoice).await? else { return Ok(None) };
    match tx.can::<ManageInvoices>() {
        Ok(can) => Ok(Some((tx, can))),
        Err(denied) => Err(StoreError::Inconsistent(format!("a job whose capability is missing: {denied}"))),
    }
}
