//! Invites to an organization, and its allowance of mails.

use super::members::people;
use crate::{
    account::invites::{self, InviteScope, LinkTokens, Resent, SendOutcome},
    audit,
    door::OrganizationTx,
    error::StoreError,
};
use model::{
    Email, OrganizationRole,
    audit::{Action, Detail},
    id::InviteId,
    invite::{SentInvite, role_words},
    seating::{Refused, SeatOwner, check},
};

fn scope(tx: &OrganizationTx) -> InviteScope {
    InviteScope { organization: tx.organization, workspace: None }
}

/// Returns the unanswered invites, newest first.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.organizations.open_invites", skip_all)]
pub async fn open_invites(tx: &mut OrganizationTx) -> Result<Vec<SentInvite>, StoreError> {
    let scope = scope(tx);
    invites::open(tx.connection(), scope, role_words::<OrganizationRole>).await
}

/// Returns how many more mails the person and the organization may send today.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.organizations.mail_allowance", skip_all)]
pub async fn mail_allowance(tx: &mut OrganizationTx) -> Result<crate::mail::MailAllowance, StoreError> {
    crate::mail::allowance(tx.connection()).await
}

/// Invites an email address to the organization. If the result is [`SendOutcome::Sent`], the caller must queue the mail
/// in the same transaction.
///
/// # Errors
/// [`StoreError::Seating`] if the role is above the current person's own.
#[tracing::instrument(level = "debug", name = "store.organizations.send_invite", skip_all)]
pub async fn send_invite(
    tx: &mut OrganizationTx,
    email: &Email,
    role: OrganizationRole,
    links: &LinkTokens,
) -> Result<SendOutcome, StoreError> {
    check(tx.role, SeatOwner::Other, None, Some(role), true)?;
    if people(tx).await?.iter().any(|member| member.email == email.as_str()) {
        return Ok(SendOutcome::Seated);
    }
    let (scope, by) = (scope(tx), tx.user);
    let sending = invites::send(tx.connection(), scope, by, email, role.as_str(), links).await?;
    if let SendOutcome::Sent(id) = sending {
        let detail = Detail::none().with("email", email).with("role", role.as_str());
        audit::record(tx, Action::InviteSent, id.uuid(), &detail).await?;
    }
    Ok(sending)
}

/// Sends an invite's mail again. Returns `None` if there is no open invite with that id.
///
/// # Errors
/// [`StoreError::Seating`] if the invite's role is above the current person's own.
#[tracing::instrument(level = "debug", name = "store.organizations.resend_invite", skip_all, fields(invite_id = %id))]
pub async fn resend_invite(
    tx: &mut OrganizationTx,
    id: InviteId,
    links: &LinkTokens,
) -> Result<Option<(SendOutcome, Resent)>, StoreError> {
    let scope = scope(tx);
    let found = invites::resend(tx.connection(), scope, id, links).await?;
    if let Some((sending, resent)) = &found {
        let role = OrganizationRole::from_word(&resent.role).ok_or(Refused::AboveYou)?;
        check(tx.role, SeatOwner::Other, None, Some(role), true)?;
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
#[tracing::instrument(level = "debug", name = "store.organizations.revoke_invite", skip_all, fields(invite_id = %id))]
pub async fn revoke_invite(tx: &mut OrganizationTx, id: InviteId) -> Result<Option<String>, StoreError> {
    let scope = scope(tx);
    let revoked = invites::revoke(tx.connection(), scope, id).await?;
    if let Some(email) = &revoked {
        audit::record(tx, Action::InviteRevoked, id.uuid(), &Detail::none().with("email", email)).await?;
    }
    Ok(revoked)
}
