//! Server-side implementation of sign-in, sign-out, the workspace list and operator tokens.

use crate::{
    account::CreatedToken,
    error::AppError,
    routes::{ReturnTo, Route},
    server::{
        call::Call,
        limits::{Guess, remember_device},
        password::PasswordCheck,
        request::RequestContext,
    },
};
use http::header::SET_COOKIE;
use model::{
    Email, FieldErrors, Line, Slug,
    factor::FactorStanding,
    id::{TokenId, UserId},
    password::{MAX_BYTES, NewPassword},
    picker::{Picker, Pinned},
    token::{OperatorToken, TOKEN_LIMIT, TokenLife},
};
use store::{
    door::{Credential, PersonTx},
    factors,
    identity::{self, SignInOutcome},
    seats::{self, Freshness},
    secret::Secret,
    tokens,
};

/// Prefix of operator tokens, which makes them recognizable to people and secret scanners.
const TOKEN_PREFIX: &str = "stile_";

/// Signs in with email address and password. Returns the path to redirect to.
pub async fn sign_in(call: &Call, email: &str, password: &str, next: &str) -> Result<String, AppError> {
    let mut errors = FieldErrors::default();
    let address = errors.take("email", Email::parse(email));
    if password.is_empty() {
        errors.take::<(), _>("password", Err("Enter your password."));
    }
    let (Some(email), true) = (address, errors.0.is_empty()) else { return Err(AppError::Invalid(errors)) };
    let user = verify_password(call, &email, password).await?;
    let next = ReturnTo::parse(next);
    Ok(match start_session(call, user).await? {
        Started::Session(_) => next.map_or_else(|| Route::Landing.url(), |next| next.as_str().to_owned()),
        Started::AwaitsFactor => Route::Factor { next }.url(),
    })
}

/// Returns the user with this email address and password. An unknown address and a wrong password give the same error
/// after the same time.
pub(crate) async fn verify_password(call: &Call, email: &Email, password: &str) -> Result<UserId, AppError> {
    let services = &call.request.services;
    let guess = Guess::take(call, email, None).await?;
    let record = services.store.password_of(email).await?;
    let password = if password.len() > MAX_BYTES { "" } else { password };
    let check = services.passwords.verify(password, record.as_ref().map(|r| r.hash.as_str())).await;
    let check = guess.settle(call, check).await?;
    let (Some(record), PasswordCheck::Correct | PasswordCheck::CorrectUnnormalized) = (record, check) else {
        return Err(AppError::Credentials);
    };
    remember_device(call, email)?;
    if check == PasswordCheck::CorrectUnnormalized {
        let hash = services.passwords.hash(password).await?;
        services.store.upgrade_password_hash(&record, &hash).await?;
    }
    Ok(record.user)
}

/// Result of a successful first factor. The cookie is set in both cases.
pub(crate) enum Started {
    /// A session was created; the credential gives access to it.
    Session(Credential),
    /// The sign-in is pending until a second factor is verified.
    AwaitsFactor,
}

/// Creates a session for an authenticated person, or a pending sign-in if a second factor is required. Sets the session
/// cookie and the person's theme cookie.
pub(crate) async fn start_session(call: &Call, user: UserId) -> Result<Started, AppError> {
    let RequestContext { services, device, credential, cookies, .. } = &call.request;
    let secret = Secret::generate("").map_err(|_| AppError::Internal)?;
    let begun = services.store.begin_session(user, &secret, device, credential.as_ref()).await?;
    call.header(SET_COOKIE, &cookies.set_session(&secret));
    if let Some(theme) = services.store.theme_of(user).await? {
        call.header(SET_COOKIE, &cookies.set_theme(theme));
    }
    Ok(match begun {
        SignInOutcome::Session(_) => Started::Session(Credential::Session(secret.hash())),
        SignInOutcome::AwaitsFactor => Started::AwaitsFactor,
    })
}

/// Ends the session. Removes the cookie even if the database fails.
pub async fn sign_out(call: &Call) -> Result<(), AppError> {
    call.clear_session();
    let Some(credential) = call.request.credential else { return Ok(()) };
    let store = &call.request.services.store;
    let Some(mut tx) = store.person(&credential).await? else {
        return store.abandon_sign_in(&credential).await.map_err(AppError::from);
    };
    identity::sign_out(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Pins or unpins a workspace.
pub async fn pin(call: &Call, slug: &Slug, pinned: Pinned) -> Result<(), AppError> {
    let mut tx = person(call).await?;
    if !seats::pin(&mut tx, slug, pinned).await? {
        return Err(AppError::Absent);
    }
    let principal = tx.commit().await?;
    // Pins have no cache epoch, so the cached list is dropped here.
    call.request.services.store.invalidate_picker(&principal).await;
    Ok(())
}

/// Clears the person's recently used workspaces.
pub async fn clear_recents(call: &Call) -> Result<(), AppError> {
    let mut tx = person(call).await?;
    seats::clear_recents(&mut tx).await?;
    let principal = tx.commit().await?;
    // Recent workspaces have no cache epoch, so the cached list is dropped here.
    call.request.services.store.invalidate_picker(&principal).await;
    Ok(())
}

/// Loads the person's workspace list. `past_cache` bypasses the cache.
pub async fn picker(call: &Call, past_cache: bool) -> Result<Picker, AppError> {
    let freshness = if past_cache { Freshness::Now } else { Freshness::Recent };
    let found = call.request.services.store.picker(&call.credential()?, freshness).await?;
    let (principal, picker) = found.ok_or(AppError::SignedOut)?;
    call.set_user(principal.person.id);
    Ok(Picker::clone(&picker))
}

pub(crate) async fn person(call: &Call) -> Result<PersonTx, AppError> {
    let tx = call.request.services.store.person(&call.credential()?).await?.ok_or(AppError::SignedOut)?;
    call.set_user(tx.principal().person.id);
    Ok(tx)
}

/// Lists the active operator tokens.
pub async fn tokens(call: &Call) -> Result<Vec<OperatorToken>, AppError> {
    let mut tx = person(call).await?;
    let list = tokens::list(&mut tx).await?;
    tx.commit().await?;
    Ok(list)
}

/// Creates an operator token. Requires a recently verified second factor or the password: a session alone must not be
/// able to create a credential that outlives it.
pub async fn create_token(call: &Call, name: &str, life: TokenLife, password: &str) -> Result<CreatedToken, AppError> {
    let name =
        Line::parse("a name", name, 80).map_err(|message| AppError::Invalid(FieldErrors::one("name", message)))?;
    let secret = Secret::generate(TOKEN_PREFIX).map_err(|_| AppError::Internal)?;
    let mut tx = person(call).await?;
    if factors::standing(&mut tx).await? != FactorStanding::Fresh {
        // The transaction is closed first, because password hashing is slow.
        tx.commit().await?;
        confirm_password(call, password, "password").await?;
        tx = person(call).await?;
    }
    if !tokens::create(&mut tx, &name, &secret, life).await? {
        let message = format!("You already have {TOKEN_LIMIT} tokens. Revoke one first.");
        return Err(AppError::Invalid(FieldErrors::one("name", message)));
    }
    let list = tokens::list(&mut tx).await?;
    tx.commit().await?;
    Ok(CreatedToken { secret: secret.reveal().to_owned(), tokens: list })
}

/// Revokes an operator token. Returns the remaining ones.
pub async fn revoke_token(call: &Call, id: TokenId) -> Result<Vec<OperatorToken>, AppError> {
    let mut tx = person(call).await?;
    if !tokens::revoke(&mut tx, id).await? {
        return Err(AppError::Absent);
    }
    let list = tokens::list(&mut tx).await?;
    tx.commit().await?;
    Ok(list)
}

/// Verifies the signed-in person's password and returns their email address. A wrong password counts as a guess and is
/// reported on `field`.
pub(crate) async fn confirm_password(call: &Call, password: &str, field: &str) -> Result<Email, AppError> {
    let services = &call.request.services;
    let mut tx = person(call).await?;
    let email = Email::parse(&tx.principal().person.email).map_err(|_| AppError::Internal)?;
    let stored = store::profile::password_hash(&mut tx).await?;
    let session = tx.commit().await?.session;
    let guess = Guess::take(call, &email, session).await?;
    let password = if password.len() > MAX_BYTES { "" } else { password };
    let check = services.passwords.verify(password, Some(&stored)).await;
    if guess.settle(call, check).await? != PasswordCheck::Wrong {
        return Ok(email);
    }
    let message = if password.is_empty() { "Enter your password." } else { "Incorrect password." };
    Err(AppError::Invalid(FieldErrors::one(field, message)))
}

/// Validates a new password. Errors are reported on the field `password`.
pub(crate) fn new_password(password: &str, name: &str, email: &str) -> Result<NewPassword, AppError> {
    NewPassword::parse(password, &[name, email])
        .map_err(|error| AppError::Invalid(FieldErrors::one("password", error.to_string())))
}
