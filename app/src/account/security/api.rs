//! Server side of the security page: enrolling and removing second factors.

use super::verify::{at, fresh_secret, set_session, verify_code};
use crate::{
    account::{Enrolment, PasskeyChallenge, QrCode, SecurityData, identity::person},
    error::AppError,
    server::{call::Call, limits::Guess, password::PasswordCheck, webauthn::not_accepted},
};
use model::{
    Email, Line,
    factor::{FactorAsked, FactorCode, FactorStanding, PASSKEY_LIMIT, RecoveryCode},
    id::PasskeyId,
};
use store::{
    door::{Credential, PersonTx, Principal},
    factors::{
        self, AuthMethod, Reauthenticated, challenges,
        passkeys::{self, AddRefused},
        recovery,
        totp::{self, ConfirmRefused, NewSecret},
    },
    secret::Secret,
};

/// Issuer name shown in authenticator apps.
const ISSUER: &str = "Stile";

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
