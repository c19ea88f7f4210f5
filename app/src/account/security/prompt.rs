//! Server side of the second-factor prompt and of signing in by passkey.

use super::verify::{at, fresh_secret, mfa, set_session, verify_code};
use crate::{
    account::{FactorAsk, FactorReason, PasskeyChallenge, identity::person},
    error::AppError,
    routes::{Page, ReturnTo, Route, SettingsPage},
    server::{call::Call, webauthn::not_accepted},
};
use model::factor::FactorStanding;
use store::{
    door::{Door, MfaSubject, Principal, Read, WorkspaceTx},
    factors::{self, VerificationRefused, challenges, passkeys},
    secret::Secret,
    security,
};

fn landing(next: &str) -> String {
    ReturnTo::parse(next).map_or_else(|| Route::Landing.url(), |next| next.as_str().to_owned())
}

/// Verifies a second factor by code. Returns the path to redirect to.
pub async fn prove(call: &Call, code: &str, next: &str) -> Result<String, AppError> {
    verify_code(call, code).await?;
    Ok(landing(next))
}

/// Creates a challenge to verify a second factor by passkey.
pub async fn begin_proof(call: &Call) -> Result<PasskeyChallenge, AppError> {
    let relying_party = call.request.services.passkeys.as_ref().ok_or(AppError::Absent)?;
    let (mut mfa, handle) = (mfa(call).await?, fresh_secret()?);
    let held = passkeys::list_for_mfa(&mut mfa).await?;
    if held.is_empty() {
        return Err(at("passkey", "You have no passkey here yet. Use another method."));
    }
    let challenge = relying_party.start_verification(&held)?;
    challenges::keep_proof(&mut mfa, &handle, &challenge.state).await?;
    mfa.commit().await?;
    Ok(PasskeyChallenge { handle: handle.reveal().to_owned(), options: challenge.options })
}

/// Verifies a second factor by passkey. Returns the path to redirect to.
pub async fn prove_by_passkey(call: &Call, handle: &str, credential: &str, next: &str) -> Result<String, AppError> {
    let relying_party = call.request.services.passkeys.as_ref().ok_or(AppError::Absent)?;
    let handle = Secret::presented(handle).ok_or_else(not_accepted)?;
    let mut mfa_now = mfa(call).await?;
    let state = challenges::take_proof(&mut mfa_now, &handle).await?.ok_or_else(not_accepted)?;
    let held = passkeys::list_for_mfa(&mut mfa_now).await?;
    // Committed first: the challenge is consumed whether or not verification succeeds.
    mfa_now.commit().await?;
    let signed = relying_party.finish_verification(credential, state, held)?;
    let (mfa, secret) = (mfa(call).await?, fresh_secret()?);
    let proven = factors::verify_passkey(mfa, signed.known.id, &signed.credential, &secret).await?;
    proven.map_err(|refused| match refused {
        VerificationRefused::Ended => AppError::SignedOut,
        VerificationRefused::Wrong | VerificationRefused::Wait(_) => not_accepted(),
    })?;
    set_session(call, &secret);
    Ok(landing(next))
}

/// Creates a challenge to sign in by passkey.
pub async fn begin_sign_in(call: &Call) -> Result<PasskeyChallenge, AppError> {
    let services = &call.request.services;
    let relying_party = services.passkeys.as_ref().ok_or(AppError::Absent)?;
    services.rate_limits.passkey(call.request.device.ip)?;
    let (challenge, handle) = (relying_party.start_sign_in()?, fresh_secret()?);
    services.store.keep_sign_in_challenge(&handle, &challenge.state).await?;
    Ok(PasskeyChallenge { handle: handle.reveal().to_owned(), options: challenge.options })
}

/// Signs in by passkey. Returns the path to redirect to.
pub async fn sign_in_by_passkey(call: &Call, handle: &str, credential: &str, next: &str) -> Result<String, AppError> {
    let services = &call.request.services;
    let relying_party = services.passkeys.as_ref().ok_or(AppError::Absent)?;
    let handle = Secret::presented(handle).ok_or_else(not_accepted)?;
    let state = services.store.take_sign_in_challenge(&handle).await?.ok_or_else(not_accepted)?;
    let (answer, user, key) = relying_party.identify(credential)?;
    let known = services.store.passkey(&key).await?;
    let known = known.filter(|known| known.user.uuid() == user).ok_or_else(not_accepted)?;
    let signed = relying_party.finish_sign_in(&answer, state, known)?;
    let (device, secret) = (&call.request.device, fresh_secret()?);
    services
        .store
        .begin_session_by_passkey(
            (signed.known.user, signed.known.id),
            &signed.credential,
            &secret,
            device,
            call.request.credential.as_ref(),
        )
        .await?
        .ok_or_else(not_accepted)?;
    set_session(call, &secret);
    Ok(landing(next))
}

/// Returns `true` if the request's cookie belongs to a sign-in that is pending a second factor.
pub async fn awaits(call: &Call) -> Result<bool, AppError> {
    let Some(credential) = call.request.credential else { return Ok(false) };
    let mfa = call.request.services.store.mfa(&credential).await?;
    Ok(mfa.is_some_and(|mfa| matches!(mfa.subject, MfaSubject::SignIn(_))))
}

/// State of the second-factor prompt.
pub enum FactorPrompt {
    /// No session and no pending sign-in.
    SignedOut,
    /// No factor is needed any more; redirect to this path.
    Done(String),
    /// A prompt, with the session unless it is a pending sign-in.
    Ask(FactorAsk, Option<Principal>),
}

/// Determines whom the second-factor prompt addresses and why.
pub async fn factor_prompt(call: &Call, next: Option<&ReturnTo>) -> Result<FactorPrompt, AppError> {
    let (store, Some(credential)) = (&call.request.services.store, call.request.credential) else {
        return Ok(FactorPrompt::SignedOut);
    };
    let Some(mut mfa) = store.mfa(&credential).await? else { return Ok(FactorPrompt::SignedOut) };
    let mut methods = factors::methods(&mut mfa).await?;
    methods.passkey &= call.request.services.passkeys.is_some();
    let ask = |why| FactorAsk { why, methods, next: next.map(|n| n.as_str().to_owned()) };
    let waits = matches!(mfa.subject, MfaSubject::SignIn(_));
    let email = mfa.commit().await?.email;
    if waits {
        return Ok(FactorPrompt::Ask(ask(FactorReason::SignIn(email)), None));
    }
    let Some(next) = next else { return Ok(FactorPrompt::Done(Route::home().url())) };
    if let Route::Workspace(slug, page) = Route::parse_url(next.as_str()) {
        let door = store.workspace(&credential, &slug).await?;
        if !matches!(door, Door::Gone(_)) {
            return at_workspace(door, &page, next, ask).await;
        }
    }
    let mut tx = person(call).await?;
    if gives_seats(next) {
        let proven = factors::has_verified(&mut tx).await?;
        let principal = tx.commit().await?;
        return Ok(if proven {
            FactorPrompt::Done(next.as_str().to_owned())
        } else {
            FactorPrompt::Ask(ask(FactorReason::Seats), Some(principal))
        });
    }
    let standing = factors::standing(&mut tx).await?;
    let principal = tx.commit().await?;
    Ok(match standing {
        FactorStanding::Stale => FactorPrompt::Ask(ask(FactorReason::Change), Some(principal)),
        FactorStanding::None | FactorStanding::Fresh => FactorPrompt::Done(next.as_str().to_owned()),
    })
}

/// Returns `true` if memberships are granted at this URL: by accepting an invite, joining, restoring a deleted
/// workspace, or managing an organization.
fn gives_seats(next: &ReturnTo) -> bool {
    let route = Route::parse_url(next.as_str());
    matches!(route, Route::Organization(..) | Route::Home { .. } | Route::Invite(_) | Route::Workspace(..))
}

/// Builds the second-factor prompt before a workspace page.
async fn at_workspace(
    door: Door<WorkspaceTx<Read>>,
    page: &Page,
    next: &ReturnTo,
    ask: impl Fn(FactorReason) -> FactorAsk,
) -> Result<FactorPrompt, AppError> {
    Ok(match door {
        Door::Factor(demand) => FactorPrompt::Ask(ask(FactorReason::Workspace(demand.name)), Some(demand.principal)),
        Door::Open(mut tx) if *page == Page::Settings(SettingsPage::Security) => {
            let proven = security::has_verified(&mut tx).await?;
            let tenant = tx.commit().await?;
            if proven {
                FactorPrompt::Done(next.as_str().to_owned())
            } else {
                FactorPrompt::Ask(ask(FactorReason::Demanding(tenant.workspace.name)), Some(tenant.principal))
            }
        }
        _ => FactorPrompt::Done(next.as_str().to_owned()),
    })
}

/// Returns the URL of the second-factor prompt that leads back to a workspace page.
pub(crate) fn detour(slug: &model::Slug, page: &Page) -> String {
    Route::Factor { next: ReturnTo::parse(&page.url(slug)) }.url()
}
