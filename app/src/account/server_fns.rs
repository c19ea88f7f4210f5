//! Server functions of the account pages. Each is a public endpoint and authenticates its caller.

#![expect(missing_docs, reason = "the fields that the macro makes of documented arguments have none")]

use super::CreatedToken;
use super::OrganizationView;
use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{
    OrganizationRole, Slug,
    device::SessionRow,
    id::{OrganizationId, SessionId, TokenId},
    members::{ActionOutcome, MemberAction, Notices},
    picker::{Picker, Pinned},
    settings::NewWorkspaceInput,
    token::{OperatorToken, TokenLife, TokensThen},
};
use server_fn::codec::Json;

/// Signs in and sets the session cookie. Returns the path to redirect to.
///
/// # Errors
/// [`AppError::Credentials`] for an unknown address and a wrong password alike, in the same time; [`AppError::Limited`]
/// after too many attempts from one IP address or for one account.
#[server(input = Json, output = Compact)]
pub async fn sign_in(email: String, password: String, next: String) -> Result<String, AppError> {
    crate::account::identity::sign_in(&crate::server::call::context()?, &email, &password, &next).await
}

/// Ends this session. Succeeds even if there is none.
///
/// # Errors
/// [`AppError::Unavailable`] if the database can't be reached.
#[server(input = Json, output = Compact)]
pub async fn sign_out() -> Result<(), AppError> {
    crate::account::identity::sign_out(&crate::server::call::context()?).await
}

/// Loads the person's workspace list, cached for at most 30 s. `past_cache` bypasses the cache.
///
/// # Errors
/// [`AppError::SignedOut`] if there is no session.
#[server(input = Json, output = Compact)]
pub async fn load_picker(past_cache: bool) -> Result<Picker, AppError> {
    crate::account::identity::picker(&crate::server::call::context()?, past_cache).await
}

/// Pins or unpins a workspace on all the person's devices.
///
/// # Errors
/// [`AppError::Absent`] if the person is not a member of the workspace; [`AppError::SignedOut`] if there is no session.
#[server(input = Json, output = Compact)]
pub async fn pin_workspace(slug: Slug, pinned: Pinned) -> Result<(), AppError> {
    crate::account::identity::pin(&crate::server::call::context()?, &slug, pinned).await
}

/// Clears the person's recently used workspaces on all their devices. The time each was last opened is kept.
///
/// # Errors
/// [`AppError::SignedOut`] if there is no session.
#[server(input = Json, output = Compact)]
pub async fn clear_recents() -> Result<(), AppError> {
    crate::account::identity::clear_recents(&crate::server::call::context()?).await
}

/// Lists the person's pending invites, joinable workspaces and access requests.
///
/// # Errors
/// [`AppError::SignedOut`] if there is no session.
#[server(input = Json, output = Compact)]
pub async fn load_notices() -> Result<Notices, AppError> {
    crate::account::invite::api::notices(&crate::server::call::context()?).await
}

/// Loads a page of an organization by its path segment.
///
/// # Errors
/// [`AppError::Absent`] if the person is not in the organization or it does not exist.
#[server(input = Json, output = Compact)]
pub async fn load_organization(id: OrganizationId, page: String) -> Result<OrganizationView, AppError> {
    crate::account::organization::api::page_named(&crate::server::call::context()?, id, &page).await
}

/// Performs an action of an organization page.
///
/// # Errors
/// [`AppError::Seat`] if a membership rule forbids it; [`AppError::Invalid`] on the field concerned;
/// [`AppError::Absent`] if the person is not in the organization.
#[server(input = Json, output = Compact)]
pub async fn manage_organization(
    id: OrganizationId,
    action: MemberAction<OrganizationRole>,
) -> Result<ActionOutcome, AppError> {
    crate::account::organization::api::act(&crate::server::call::context()?, id, &action).await
}

/// Lists the person's active operator tokens.
///
/// # Errors
/// [`AppError::SignedOut`] if there is no session.
#[server(input = Json, output = Compact)]
pub async fn list_tokens() -> Result<Vec<OperatorToken>, AppError> {
    crate::account::identity::tokens(&crate::server::call::context()?).await
}

/// Creates an operator token. Requires the password or a second factor that was recently verified in this session.
///
/// # Errors
/// [`AppError::Invalid`] on `name` or `password`; [`AppError::Limited`] after too many wrong passwords.
#[server(input = Json, output = Compact)]
pub async fn create_token(
    name: String,
    #[server(default)] life: TokenLife,
    #[server(default)] password: String,
) -> Result<CreatedToken, AppError> {
    crate::account::identity::create_token(&crate::server::call::context()?, &name, life, &password).await
}

/// Revokes an operator token. Returns the remaining ones.
///
/// # Errors
/// [`AppError::Absent`] if the token is not this person's.
#[server(input = Json, output = Compact)]
pub async fn revoke_token(id: TokenId) -> Result<Vec<OperatorToken>, AppError> {
    crate::account::identity::revoke_token(&crate::server::call::context()?, id).await
}

/// Lists the person's active sessions.
///
/// # Errors
/// [`AppError::SignedOut`] if there is no session.
#[server(input = Json, output = Compact)]
pub async fn list_sessions() -> Result<Vec<SessionRow>, AppError> {
    crate::account::sessions::api::list(&crate::server::call::context()?).await
}

/// Ends a session. Returns the remaining ones.
///
/// # Errors
/// [`AppError::Absent`] if the session is not this person's or has ended.
#[server(input = Json, output = Compact)]
pub async fn end_session(id: SessionId) -> Result<Vec<SessionRow>, AppError> {
    crate::account::sessions::api::end(&crate::server::call::context()?, id).await
}

/// Ends all sessions except this one. Returns the remaining ones.
///
/// # Errors
/// [`AppError::SignedOut`] if there is no session.
#[server(input = Json, output = Compact)]
pub async fn end_other_sessions() -> Result<Vec<SessionRow>, AppError> {
    crate::account::sessions::api::end_others(&crate::server::call::context()?).await
}

/// Ends all sessions, including this one. Revokes the operator tokens unless `tokens` says to keep them.
///
/// # Errors
/// [`AppError::Unavailable`] if the database can't be reached; no session is ended then.
#[server(input = Json, output = Compact)]
pub async fn sign_out_everywhere(#[server(default)] tokens: TokensThen) -> Result<(), AppError> {
    crate::account::sessions::api::end_all(&crate::server::call::context()?, tokens).await
}

/// Creates a workspace in an organization that the person manages. Returns its slug.
///
/// # Errors
/// [`AppError::Invalid`] on the field concerned, also if the slug is or was used by another workspace.
#[server(input = Json, output = Compact)]
pub async fn create_workspace(input: NewWorkspaceInput) -> Result<Slug, AppError> {
    crate::console::settings::api::create_workspace(&crate::server::call::context()?, &input).await
}

/// Restores a workspace that the person owns and that was deleted less than 14 days ago.
///
/// # Errors
/// [`AppError::Absent`] if there is no such workspace that this person can restore.
#[server(input = Json, output = Compact)]
pub async fn restore_workspace(slug: Slug) -> Result<(), AppError> {
    crate::console::settings::api::restore_workspace(&crate::server::call::context()?, &slug).await
}
