//! Invites to a workspace, from the sender's perspective: sending, sending again, revoking.

pub use crate::account::invites::{LinkTokens, Resent, SendOutcome};
use crate::{
    account::invites::{self, InviteScope},
    audit,
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    Email, WorkspaceRole,
    audit::{Action, Detail},
    capability::ManageMembers,
    id::InviteId,
    invite::{SentInvite, role_words},
    seating::{Refused, SeatOwner, check},
};

fn scope<M: Mode>(tx: &WorkspaceTx<M>) -> InviteScope {
    let workspace = &tx.tenant().workspace;
    InviteScope { organization: workspace.organization_id, workspace: Some(workspace.id) }
}

/// Returns the unanswered invites, newest first.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invites.open", skip_all)]
pub async fn open<M: Mode>(tx: &mut WorkspaceTx<M>, can: &Can<ManageMembers>) -> Result<Vec<SentInvite>, StoreError> {
    let (scope, zone) = (scope(tx), tx.zone());
    let invites = invites::open(can.on(tx)?, scope, role_words::<WorkspaceRole>).await?;
    Ok(invites.into_iter().map(|invite| SentInvite { sent_at: zone.local(*invite.sent_at), ..invite }).collect())
}

/// Returns how many more mails the person and the organization may send today.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invites.allowance", skip_all)]
pub async fn allowance<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    can: &Can<ManageMembers>,
) -> Result<crate::mail::MailAllowance, StoreError> {
    crate::mail::allowance(can.on(tx)?).await
}

/// Invites an email address to the workspace. If the result is [`SendOutcome::Sent`], the caller must queue the mail in
/// the same transaction.
///
/// # Errors
/// [`StoreError::Seating`] if the role is above the current person's own.
#[tracing::instrument(level = "debug", name = "store.invites.send", skip_all)]
pub async fn send(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageMembers>,
    email: &Email,
    role: WorkspaceRole,
    links: &LinkTokens,
) -> Result<SendOutcome, StoreError> {
    check(tx.tenant().seat.role(), SeatOwner::Other, None, Some(role), true)?;
    let (scope, by) = (scope(tx), tx.user());
    let seated = sqlx::query_scalar!(
        r#"select exists (select from door.members() m where m.email = $1 and m.direct_role is not null) as "seated!""#,
        email.as_str()
    )
    .fetch_one(can.on(tx)?)
    .await?;
    if seated {
        return Ok(SendOutcome::Seated);
    }
    let sending = invites::send(can.on(tx)?, scope, by, email, role.as_str(), links).await?;
    if let SendOutcome::Sent(id) = sending {
        let detail = Detail::none().with("email", email).with("role", role.as_str());
        audit::record(tx, Action::InviteSent, id.uuid(), &detail).await?;
    }
    Ok(sending)
}

/// Sends an invite's mail again. Returns `None` if there is no open invite with that id. If the result is
/// [`SendOutcome::Sent`], the caller must queue the mail in the same transaction.
///
/// # Errors
/// [`StoreError::Seating`] if the invite's role is above the current person's own.
#[tracing::instrument(level = "debug", name = "store.invites.resend", skip_all, fields(invite_id = %id))]
pub async fn resend(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageMembers>,
    id: InviteId,
    links: &LinkTokens,
) -> Result<Option<(SendOutcome, Resent)>, StoreError> {
    let scope = scope(tx);
    let found = invites::resend(can.on(tx)?, scope, id, links).await?;
    if let Some((sending, resent)) = &found {
        let role = WorkspaceRole::from_word(&resent.role).ok_or(Refused::AboveYou)?;
        check(tx.tenant().seat.role(), SeatOwner::Other, None, Some(role), true)?;
        if matches!(sending, SendOutcome::Sent(_)) {
            audit::record(tx, Action::InviteResent, id.uuid(), &Detail::none().with("email", &resent.email)).await?;
        }
    }
    Ok(found)
}

/// Revokes an open invite and returns its email address; `None` if there is no open invite with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invites.revoke", skip_all, fields(invite_id = %id))]
pub async fn revoke(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageMembers>,
    id: InviteId,
) -> Result<Option<String>, StoreError> {
    let scope = scope(tx);
    let revoked = invites::revoke(can.on(tx)?, scope, id).await?;
    if let Some(email) = &revoked {
        audit::record(tx, Action::InviteRevoked, id.uuid(), &Detail::none().with("email", email)).await?;
    }
    Ok(revoked)
}
