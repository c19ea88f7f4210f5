//! Server side of the invite page. Viewing an invite does not consume it. Accepting is a POST by the person to whom it
//! is addressed (docs/SECURITY.md, I-12).

use crate::{
    account::identity::{self, Started},
    error::AppError,
    routes::{InviteToken, Page, ReturnTo, Route},
    seats::letters,
    server::{call::Call, form::Form},
};
use model::{
    FieldErrors, Line,
    id::{InviteId, UserId, WorkspaceId},
    invite::{Invite, InviteState, Mailbox},
    members::Notices,
    password::NewPassword,
};
use serde::Deserialize;
use store::{
    door::{Credential, PersonTx},
    mail::QueueMail,
    offers::{self, AcceptOutcome, DeclinedInvite, LinkedInvite},
    secret::{Secret, SecretHash},
};

fn hash(token: &InviteToken) -> Option<SecretHash> {
    Secret::presented(token.reveal()).map(|secret| secret.hash())
}

/// Loads the invite of a link token, with the verification status of its email address. Returns `None` if the token is
/// not valid.
pub(crate) async fn find_invite(call: &Call, token: &InviteToken) -> Result<Option<(Invite, Mailbox)>, AppError> {
    let Some(hash) = hash(token) else { return Ok(None) };
    let linked = call.request.services.store.invite(&hash).await?;
    Ok(linked.map(|LinkedInvite { invite, mailbox }| (invite, mailbox)))
}

/// Form actions of the invite page.
#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
enum InviteForm {
    Switch,
    Accept,
    SignIn,
    Join,
    Decline,
}

/// Handles a form POST of the invite page. Returns the path to redirect to.
pub(crate) async fn submit(call: &Call, token: &InviteToken, form: &Form) -> Result<String, AppError> {
    let does = form.act()?;
    let here = || Route::Invite(token.clone()).url();
    match act(call, token, does, form).await {
        // The invite is for a workspace or organization that requires a second factor. The person returns here after
        // verifying it.
        Err(AppError::Factor) => Ok(Route::Factor { next: ReturnTo::parse(&here()) }.url()),
        done => done,
    }
}

async fn act(call: &Call, token: &InviteToken, does: InviteForm, form: &Form) -> Result<String, AppError> {
    let here = || Route::Invite(token.clone()).url();
    let Some((invite, mailbox)) = find_invite(call, token).await? else {
        tracing::info!("a link to no invite was used");
        return Err(AppError::Absent);
    };
    match does {
        InviteForm::Switch => {
            identity::sign_out(call).await?;
            Ok(here())
        }
        InviteForm::Accept => {
            let accepted = match call.credential() {
                Ok(credential) => accept(call, &credential, invite.id).await,
                Err(error) => Err(error),
            };
            match accepted {
                // The session ended after the page was loaded: the page is shown again and asks for the password.
                Err(AppError::SignedOut) => Ok(here()),
                accepted => accepted.map(|to| to.unwrap_or_else(here)),
            }
        }
        InviteForm::SignIn => {
            let user = identity::verify_password(call, &invite.email, form.get("password")).await?;
            enter(call, user, &invite, here).await
        }
        InviteForm::Join if mailbox == Mailbox::New && invite.state == InviteState::Open => {
            let Some(user) = register(call, token, &invite, form).await? else { return Ok(here()) };
            enter(call, user, &invite, here).await
        }
        InviteForm::Join => Ok(here()),
        InviteForm::Decline => {
            decline(call, token, &invite).await?;
            Ok(here())
        }
    }
}

/// Signs in and accepts the invite in one step. Returns here after the second factor if one is required.
async fn enter(call: &Call, user: UserId, invite: &Invite, here: impl Fn() -> String) -> Result<String, AppError> {
    match identity::start_session(call, user).await? {
        Started::Session(credential) => match accept(call, &credential, invite.id).await {
            Ok(to) => Ok(call.arrival(to.unwrap_or_else(here))),
            Err(error) => Err(error),
        },
        Started::AwaitsFactor => Ok(Route::Factor { next: ReturnTo::parse(&here()) }.url()),
    }
}

/// Creates an account for the invited address. The link was sent to that mailbox, which proves ownership of the
/// address.
async fn register(call: &Call, token: &InviteToken, invite: &Invite, form: &Form) -> Result<Option<UserId>, AppError> {
    let services = &call.request.services;
    let mut errors = FieldErrors::default();
    let name = errors.take("name", Line::parse("your name", form.get("name"), 120));
    let about = [form.get("name"), invite.email.as_str()];
    let password = errors.take("password", NewPassword::parse(form.get("password"), &about));
    let (Some(name), Some(password), Some(hash)) = (name, password, hash(token)) else {
        return Err(AppError::Invalid(errors));
    };
    let hashed = services.passwords.hash(password.reveal()).await?;
    services.store.register_by_invite(&hash, &name, &hashed).await.map_err(AppError::from)
}

/// Accepts the invite as the owner of `credential`. Returns `None` if it could not be accepted; the page shows the
/// reason. Refusals are recorded too, so the transaction is always committed.
async fn accept(call: &Call, credential: &Credential, id: InviteId) -> Result<Option<String>, AppError> {
    let mut tx = person(call, credential).await?;
    let accepted = offers::accept(&mut tx, id).await?;
    tx.commit().await?;
    Ok(match accepted {
        AcceptOutcome::Workspace(slug) | AcceptOutcome::Before(Some(slug)) => Some(Page::Overview.url(&slug)),
        AcceptOutcome::Organization(_) | AcceptOutcome::Before(None) => Some(Route::home().url()),
        refused => {
            tracing::info!(?refused, "an invite was not honoured");
            None
        }
    })
}

async fn decline(call: &Call, token: &InviteToken, invite: &Invite) -> Result<(), AppError> {
    if call.request.credential.is_some() {
        decline_as_person(call, invite.id).await?;
    } else if let Some(hash) = hash(token) {
        let tell = async |d: &DeclinedInvite| Some(letters::declined(&d.inviter, &d.email, &d.place));
        call.request.services.store.decline_by_link(&hash, tell).await?;
    }
    Ok(())
}

async fn decline_as_person(call: &Call, id: InviteId) -> Result<(), AppError> {
    let mut tx = person(call, &call.credential()?).await?;
    if let Some(declined) = offers::decline(&mut tx, id).await? {
        let letter = letters::declined(&declined.inviter, &declined.email, &declined.place);
        tx.queue(&letter).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn person(call: &Call, credential: &Credential) -> Result<PersonTx, AppError> {
    let tx = call.request.services.store.person(credential).await?.ok_or(AppError::SignedOut)?;
    call.set_user(tx.principal().person.id);
    Ok(tx)
}

/// Lists the person's pending invites, joinable workspaces and access requests.
pub async fn notices(call: &Call) -> Result<Notices, AppError> {
    let mut tx = person(call, &call.credential()?).await?;
    let notices = offers::notices(&mut tx).await?;
    tx.commit().await?;
    Ok(notices)
}

/// Actions on the picker for invites and joinable workspaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfferForm {
    /// Accept an invite.
    Accept,
    /// Decline an invite.
    Decline,
    /// Join a workspace that is open to the person's email domain.
    Join,
}

/// Performs an action of the picker. Returns the path to redirect to.
pub(crate) async fn from_picker(call: &Call, does: OfferForm, id: &str) -> Result<String, AppError> {
    match does {
        OfferForm::Accept => {
            let id = id.parse().map_err(|_| AppError::Absent)?;
            Ok(accept(call, &call.credential()?, id).await?.unwrap_or_else(|| Route::home().url()))
        }
        OfferForm::Decline => {
            decline_as_person(call, id.parse().map_err(|_| AppError::Absent)?).await?;
            Ok(Route::home().url())
        }
        OfferForm::Join => {
            let id: WorkspaceId = id.parse().map_err(|_| AppError::Absent)?;
            let mut tx = person(call, &call.credential()?).await?;
            let joined = offers::join(&mut tx, id).await?;
            tx.commit().await?;
            Ok(joined.map_or_else(|| Route::home().url(), |slug| Page::Overview.url(&slug)))
        }
    }
}
