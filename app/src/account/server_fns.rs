//! Server functions of the account plane. Each is a public endpoint and proves for itself who asks.

#![expect(missing_docs, reason = "the fields that the macro makes of documented arguments have none")]

use super::CreatedToken;
use super::OrganizationView;
use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{
    OrganizationRole, Slug,
    device::SessionRow,
    id::{OrganizationId, SessionId, TokenId},
    members::{Deed, Done, Notices},
    picker::{Picker, Pinned},
    settings::NewWorkspaceInput,
    token::{OperatorToken, TokenLife, TokensThen},
};
use server_fn::codec::Json;

/// Signs in and sets the session's cookie; answers with the path to go to.
///
/// # Errors
/// [`AppError::Credentials`] for an unknown address and a wrong password alike, in the same time;
/// [`AppError::Limited`] after too many tries from one address or for one account.
#[server(input = Json, output = Compact)]
pub async fn sign_in(email: String, password: String, next: String) -> Result<String, AppError> {
    crate::account::identity::sign_in(&crate::server::call::context()?, &email, &password, &next).await
}

/// Ends this session. Succeeds also when there is none.
///
/// # Errors
/// [`AppError::Unavailable`] when the database can't be reached.
#[server(input = Json, output = Compact)]
pub async fn sign_out() -> Result<(), AppError> {
    crate::account::identity::sign_out(&crate::server::call::context()?).await
}

/// The person's list of seats, at most 30 s old; with `past_cache`, read now.
///
/// # Errors
/// [`AppError::SignedOut`].
#[server(input = Json, output = Compact)]
pub async fn load_picker(past_cache: bool) -> Result<Picker, AppError> {
    crate::account::identity::picker(&crate::server::call::context()?, past_cache).await
}

/// Keeps a workspace on top of the person's lists on all their devices, or no longer.
///
/// # Errors
/// [`AppError::Absent`] without a seat there; [`AppError::SignedOut`].
#[server(input = Json, output = Compact)]
pub async fn pin_workspace(slug: Slug, pinned: Pinned) -> Result<(), AppError> {
    crate::account::identity::pin(&crate::server::call::context()?, &slug, pinned).await
}

/// Forgets which workspaces the person was in last, on all their devices. When each was opened stays known.
///
/// # Errors
/// [`AppError::SignedOut`].
#[server(input = Json, output = Compact)]
pub async fn clear_recents() -> Result<(), AppError> {
    crate::account::identity::clear_recents(&crate::server::call::context()?).await
}

/// What waits for the person: invites, workspaces to join, requests to answer.
///
/// # Errors
/// [`AppError::SignedOut`].
#[server(input = Json, output = Compact)]
pub async fn load_notices() -> Result<Notices, AppError> {
    crate::account::invite::api::notices(&crate::server::call::context()?).await
}

/// A page of an organization, by its path segment.
///
/// # Errors
/// [`AppError::Absent`] for whoever is not in the organization, and when there is none.
#[server(input = Json, output = Compact)]
pub async fn load_organization(id: OrganizationId, page: String) -> Result<OrganizationView, AppError> {
    crate::account::organization::api::page_named(&crate::server::call::context()?, id, &page).await
}

/// Does something on a page of an organization.
///
/// # Errors
/// [`AppError::Seat`] for the rule that refuses it, [`AppError::Invalid`] by field, [`AppError::Absent`] for outsiders.
#[server(input = Json, output = Compact)]
pub async fn manage_organization(id: OrganizationId, deed: Deed<OrganizationRole>) -> Result<Done, AppError> {
    crate::account::organization::api::act(&crate::server::call::context()?, id, &deed).await
}

/// The person's operator tokens that are not revoked.
///
/// # Errors
/// [`AppError::SignedOut`].
#[server(input = Json, output = Compact)]
pub async fn list_tokens() -> Result<Vec<OperatorToken>, AppError> {
    crate::account::identity::tokens(&crate::server::call::context()?).await
}

/// Creates an operator token for a person who gives their password or has just proven a second factor in this session.
///
/// # Errors
/// [`AppError::Invalid`] on `name` and `password`; [`AppError::Limited`] after too many wrong passwords.
#[server(input = Json, output = Compact)]
pub async fn create_token(
    name: String,
    #[server(default)] life: TokenLife,
    #[server(default)] password: String,
) -> Result<CreatedToken, AppError> {
    crate::account::identity::create_token(&crate::server::call::context()?, &name, life, &password).await
}

/// Revokes an operator token; answers with those that are left.
///
/// # Errors
/// [`AppError::Absent`] for a token that is not this person's.
#[server(input = Json, output = Compact)]
pub async fn revoke_token(id: TokenId) -> Result<Vec<OperatorToken>, AppError> {
    crate::account::identity::revoke_token(&crate::server::call::context()?, id).await
}

/// Where the person is signed in.
///
/// # Errors
/// [`AppError::SignedOut`].
#[server(input = Json, output = Compact)]
pub async fn list_sessions() -> Result<Vec<SessionRow>, AppError> {
    crate::account::sessions::api::list(&crate::server::call::context()?).await
}

/// Ends a session; answers with those that are left.
///
/// # Errors
/// [`AppError::Absent`] for a session that is not this person's or has ended.
#[server(input = Json, output = Compact)]
pub async fn end_session(id: SessionId) -> Result<Vec<SessionRow>, AppError> {
    crate::account::sessions::api::end(&crate::server::call::context()?, id).await
}

/// Ends all sessions but this one; answers with those that are left.
///
/// # Errors
/// [`AppError::SignedOut`].
#[server(input = Json, output = Compact)]
pub async fn end_other_sessions() -> Result<Vec<SessionRow>, AppError> {
    crate::account::sessions::api::end_others(&crate::server::call::context()?).await
}

/// Ends all sessions, including this one, and revokes the operator tokens unless they are kept.
///
/// # Errors
/// [`AppError::Unavailable`] when the database can't be reached; then all go on.
#[server(input = Json, output = Compact)]
pub async fn sign_out_everywhere(#[server(default)] tokens: TokensThen) -> Result<(), AppError> {
    crate::account::sessions::api::end_all(&crate::server::call::context()?, tokens).await
}

/// Creates a workspace in an organization that the person manages; answers with its address.
///
/// # Errors
/// [`AppError::Invalid`] by field, also when the address is or ever was another workspace's.
#[server(input = Json, output = Compact)]
pub async fn create_workspace(input: NewWorkspaceInput) -> Result<Slug, AppError> {
    crate::console::settings::api::create_workspace(&crate::server::call::context()?, &input).await
}

/// Restores a workspace that was deleted within 14 days and that the person owns.
///
/// # Errors
/// [`AppError::Absent`] when there is nothing that this person could restore.
#[server(input = Json, output = Compact)]
pub async fn restore_workspace(slug: Slug) -> Result<(), AppError> {
    crate::console::settings::api::restore_workspace(&crate::server::call::context()?, &slug).await
}
