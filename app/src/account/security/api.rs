//! Server side of second factors: enrolling, removing and verifying them. Implements the server functions of
//! [`crate::account::security`] and of the second-factor prompt.

use crate::{
    account::{Enrolment, FactorAsk, FactorReason, PasskeyChallenge, QrCode, SecurityData, identity::person},
    error::AppError,
    routes::{Page, ReturnTo, Route, SettingsPage},
    server::{call::Call, limits::Guess, password::PasswordCheck, webauthn::not_accepted},
};
use http::header::SET_COOKIE;
use model::{
    Email, FieldErrors, Line,
    factor::{FactorAsked, FactorCode, FactorStanding, PASSKEY_LIMIT, RecoveryCode},
    id::PasskeyId,
};
use store::{
    door::{Credential, Door, MfaSubject, MfaTx, PersonTx, Principal, Read, WorkspaceTx},
    factors::{
        self, AuthMethod, Reauthenticated, VerificationRefused, challenges,
        passkeys::{self, AddRefused},
        recovery,
        totp::{self, ConfirmRefused, NewSecret},
    },
    secret::Secret,
    security,
};

/// Issuer name shown in authenticator apps.
const ISSUER: &str = "Stile";

fn at(field: &str, message: impl Into<String>) -> AppError {
    AppError::Invalid(FieldErrors::one(field, message))
}

fn wrong_code() -> AppError {
    at("code", "That code is incorrect or was already used. Wait for the next one and try again.")
}

/// Builds the data of the security page, including a newly created secret or recovery codes.
async fn data(
    call: &Call,
    tx: &mut PersonTx,
    new: Option<NewSecret>,
    codes: Vec<RecoveryCode>,
) -> Result<SecurityData, AppError> {
    let email = tx.principal().person.email.clone();
    Ok(SecurityData {
        state: factors::state(tx).await?,
        enrolment: new.map(|secret| enrolment(&email, &secret.base32())),
        codes: codes.iter().map(RecoveryCode::shown).collect(),
        passkeys_work: call.request.services.passkeys.is_some(),
    })
}

/// Builds the enrolment data for an authenticator app, in the `otpauth` key URI format.
fn enrolment(email: &str, secret: &str) -> Enrolment {
    let account: String = email
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b == b'.' || b == b'-' {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect();
    let uri =
        format!("otpauth://totp/{ISSUER}:{account}?secret={secret}&issuer={ISSUER}&algorithm=SHA1&digits=6&period=30");
    let qr = qrcodegen::QrCode::encode_text(&uri, qrcodegen::QrCodeEcc::Medium).ok().map(|code| {
        let (size, mut path) = (code.size(), String::new());
        for (x, y) in (0..size).flat_map(|y| (0..size).map(move |x| (x, y))).filter(|(x, y)| code.get_module(*x, *y)) {
            path.push_str(&format!("M{x} {y}h1v1h-1z"));
        }
        QrCode { size, path }
    });
    let secret = secret.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
    Enrolment { secret, uri, qr }
}

/// Loads the security page.
pub async fn security(call: &Call) -> Result<SecurityData, AppError> {
    let mut tx = person(call).await?;
    let data = data(call, &mut tx, None, Vec::new()).await?;
    tx.commit().await?;
    Ok(data)
}

/// Loads the security page with the pending TOTP enrolment, after a wrong first code.
pub async fn security_again(call: &Call) -> Result<(Principal, SecurityData), AppError> {
    let mut tx = person(call).await?;
    let begun = totp::begun(&mut tx, &call.request.services.seal).await?;
    let data = data(call, &mut tx, begun, Vec::new()).await?;
    Ok((tx.commit().await?, data))
}

/// Authorizes a change of factors (ASVS 7.5.1): by password if there is no factor yet, otherwise by a factor that this
/// session has verified recently.
async fn reauthenticate(call: &Call, password: &str) -> Result<(PersonTx, Reauthenticated), AppError> {
    let mut tx = person(call).await?;
    if factors::standing(&mut tx).await? != FactorStanding::None {
        let reauthenticated = factors::check_reauthenticated(&mut tx, AuthMethod::Factor).await?;
        return Ok((tx, reauthenticated.ok_or(AppError::Factor)?));
    }
    // Password hashing is slow, so no transaction is open meanwhile.
    let principal = tx.commit().await?;
    check_password(call, &principal, password).await?;
    let mut tx = person(call).await?;
    let reauthenticated = factors::check_reauthenticated(&mut tx, AuthMethod::Password).await?;
    Ok((tx, reauthenticated.ok_or(AppError::Factor)?))
}

async fn check_password(call: &Call, principal: &Principal, password: &str) -> Result<(), AppError> {
    if password.is_empty() {
        return Err(at("password", "Enter your password."));
    }
    let services = &call.request.services;
    let email = Email::parse(&principal.person.email).map_err(|_| AppError::Internal)?;
    let guess = Guess::take(call, &email, principal.session).await?;
    let record = services.store.password_of(&email).await?;
    let check = services.passwords.verify(password, record.as_ref().map(|r| r.hash.as_str())).await;
    if guess.settle(call, check).await? != PasswordCheck::Wrong {
        return Ok(());
    }
    Err(at("password", "Incorrect password."))
}

fn fresh_secret() -> Result<Secret, AppError> {
    Secret::generate("").map_err(|_| AppError::Internal)
}

fn set_session(call: &Call, secret: &Secret) {
    call.header(SET_COOKIE, &call.request.cookies.set_session(secret));
}

/// Starts the enrolment of an authenticator app.
pub async fn start_totp(call: &Call, password: &str) -> Result<(Principal, SecurityData), AppError> {
    let (mut tx, reauthenticated) = reauthenticate(call, password).await?;
    let begun = totp::start(&mut tx, &reauthenticated, &call.request.services.seal).await?;
    let data = data(call, &mut tx, begun, Vec::new()).await?;
    Ok((tx.commit().await?, data))
}

/// Enables TOTP with the first code.
pub async fn confirm_totp(call: &Call, code: &str) -> Result<(Principal, SecurityData), AppError> {
    let Ok(FactorCode::Totp(code)) = FactorCode::parse(code) else {
        return Err(at("code", "Enter the 6-digit code from your app."));
    };
    let (mut tx, secret) = (person(call).await?, fresh_secret()?);
    let confirmed = totp::confirm(&mut tx, &call.request.services.seal, &code, &secret).await?;
    let codes = confirmed.map_err(|refused| match refused {
        ConfirmRefused::Wrong => {
            at("code", "That code is incorrect. Check that your phone’s clock is right, and enter the next code.")
        }
        ConfirmRefused::NotBegun => at("code", "Setup took more than 10 minutes. Start again."),
    })?;
    let data = data(call, &mut tx, None, codes).await?;
    let principal = tx.commit().await?;
    set_session(call, &secret);
    Ok((principal, data))
}

/// Disables TOTP, given a code.
pub async fn turn_off_totp(call: &Call, code: &str) -> Result<SecurityData, AppError> {
    let secret = verify_code(call, code).await?;
    let mut tx = reopened(call, &secret).await?;
    let reauthenticated = factors::check_reauthenticated(&mut tx, AuthMethod::Factor).await?.ok_or(AppError::Factor)?;
    totp::turn_off(&mut tx, &reauthenticated).await?;
    let data = data(call, &mut tx, None, Vec::new()).await?;
    tx.commit().await?;
    Ok(data)
}

/// Opens a transaction with the session's rotated secret.
async fn reopened(call: &Call, secret: &Secret) -> Result<PersonTx, AppError> {
    let credential = Credential::Session(secret.hash());
    call.request.services.store.person(&credential).await?.ok_or(AppError::SignedOut)
}

/// Generates new recovery codes.
pub async fn renew_codes(call: &Call) -> Result<(Principal, SecurityData), AppError> {
    let (mut tx, reauthenticated) = reauthenticate_by_factor(call).await?;
    let codes = recovery::renew(&mut tx, &reauthenticated).await?;
    let data = data(call, &mut tx, None, codes).await?;
    Ok((tx.commit().await?, data))
}

async fn reauthenticate_by_factor(call: &Call) -> Result<(PersonTx, Reauthenticated), AppError> {
    let mut tx = person(call).await?;
    let reauthenticated = factors::check_reauthenticated(&mut tx, AuthMethod::Factor).await?.ok_or(AppError::Factor)?;
    Ok((tx, reauthenticated))
}

/// Sets when the person is asked for a second factor.
pub async fn set_asked(call: &Call, asked: FactorAsked) -> Result<SecurityData, AppError> {
    let (mut tx, reauthenticated) = reauthenticate_by_factor(call).await?;
    factors::set_asked(&mut tx, &reauthenticated, asked).await?;
    let data = data(call, &mut tx, None, Vec::new()).await?;
    tx.commit().await?;
    Ok(data)
}

/// Creates a challenge for registering a passkey.
pub async fn begin_passkey(call: &Call, name: &str, password: &str) -> Result<PasskeyChallenge, AppError> {
    let relying_party = call.request.services.passkeys.as_ref().ok_or(AppError::Absent)?;
    passkey_name(name)?;
    let (mut tx, reauthenticated) = reauthenticate(call, password).await?;
    let (held, handle) = (passkeys::own(&mut tx).await?, fresh_secret()?);
    let challenge = relying_party.start_registration(&tx.principal().person, &held)?;
    challenges::keep_registration(&mut tx, &reauthenticated, &handle, &challenge.state).await?;
    tx.commit().await?;
    Ok(PasskeyChallenge { handle: handle.reveal().to_owned(), options: challenge.options })
}

fn passkey_name(name: &str) -> Result<Line, AppError> {
    Line::parse("a name", name, 80).map_err(|message| at("name", message))
}

/// Registers the passkey that the browser created.
pub async fn add_passkey(call: &Call, handle: &str, name: &str, credential: &str) -> Result<SecurityData, AppError> {
    let relying_party = call.request.services.passkeys.as_ref().ok_or(AppError::Absent)?;
    let name = passkey_name(name)?;
    let handle = Secret::presented(handle).ok_or_else(not_accepted)?;
    let mut tx = person(call).await?;
    let (state, reauthenticated) = challenges::take_registration(&mut tx, &handle).await?.ok_or_else(not_accepted)?;
    // Committed first: the challenge is consumed whether or not registration succeeds.
    tx.commit().await?;
    let (id, key) = relying_party.finish_registration(credential, state)?;
    let (mut tx, secret) = (person(call).await?, fresh_secret()?);
    let added = passkeys::add(&mut tx, &reauthenticated, &name, &id, &key, &secret).await.map_err(|error| {
        if error.is_refused_by("passkey_known") {
            at("passkey", "That passkey is already in use.")
        } else {
            AppError::from(error)
        }
    })?;
    let codes = added.map_err(|refused| match refused {
        AddRefused::TooMany => at("name", format!("You already have {PASSKEY_LIMIT} passkeys. Remove one first.")),
        AddRefused::Ended => AppError::SignedOut,
    })?;
    let data = data(call, &mut tx, None, codes).await?;
    tx.commit().await?;
    set_session(call, &secret);
    Ok(data)
}

/// Removes a passkey.
pub async fn remove_passkey(call: &Call, id: PasskeyId) -> Result<SecurityData, AppError> {
    let (mut tx, reauthenticated) = reauthenticate_by_factor(call).await?;
    if !passkeys::remove(&mut tx, &reauthenticated, id).await? {
        return Err(AppError::Absent);
    }
    let data = data(call, &mut tx, None, Vec::new()).await?;
    tx.commit().await?;
    Ok(data)
}

async fn mfa(call: &Call) -> Result<MfaTx, AppError> {
    let mfa = call.request.services.store.mfa(&call.credential()?).await?;
    let mfa = mfa.ok_or(AppError::SignedOut)?;
    call.set_user(mfa.person.id);
    Ok(mfa)
}

/// Verifies a second factor by code. Returns the rotated secret, which has been set as a cookie.
async fn verify_code(call: &Call, code: &str) -> Result<Secret, AppError> {
    let code = FactorCode::parse(code).map_err(|error| at("code", error.to_string()))?;
    let (mfa, secret) = (mfa(call).await?, fresh_secret()?);
    let proven = factors::verify_code(mfa, &call.request.services.seal, &code, &secret).await?;
    proven.map_err(|refused| match refused {
        VerificationRefused::Wrong => wrong_code(),
        VerificationRefused::Wait(seconds) => AppError::Limited(seconds),
        VerificationRefused::Ended => AppError::SignedOut,
    })?;
    set_session(call, &secret);
    Ok(secret)
}

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
