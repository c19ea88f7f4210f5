//! WebAuthn: creates challenges and verifies responses. Challenges and keys are stored by `store`.

use crate::error::AppError;
use model::{FieldErrors, workspace::Person};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::sync::Arc;
use store::factors::passkeys::KnownPasskey;
use webauthn_rs::prelude::{
    AuthenticationResult, DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyAuthentication,
    PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder,
    WebauthnError,
};

/// WebAuthn relying party. Cheap to clone.
#[derive(Clone)]
pub struct Passkeys(Arc<Webauthn>);

/// Challenge: options for the browser and state for the verification.
pub(crate) struct Challenge {
    /// Options as JSON (WebAuthn level 3, section 5.1.8).
    pub(crate) options: String,
    /// State that the response is verified against.
    pub(crate) state: Value,
}

/// Verified assertion.
pub(crate) struct VerifiedAssertion {
    /// Passkey that signed.
    pub(crate) known: KnownPasskey,
    /// Updated credential, against which the next signature is verified.
    pub(crate) credential: Value,
}

impl Passkeys {
    /// Creates the relying party for pages at `origin`, whose host is the RP id. Returns `None` where browsers don't
    /// support passkeys: if the host is an IP address, and without TLS except on localhost.
    pub fn at(origin: &str) -> Option<Self> {
        let origin = Url::parse(origin).ok()?;
        let host = origin.domain()?.to_owned();
        let secure = origin.scheme() == "https" || host == "localhost" || host.ends_with(".localhost");
        let builder = WebauthnBuilder::new(&host, &origin).ok().filter(|_| secure)?;
        builder.rp_name("Stile").build().ok().map(|w| Self(Arc::new(w)))
    }

    /// Creates a registration challenge for an authenticator that holds none of `held`. Requires a discoverable
    /// credential and user verification, so that the passkey counts as two factors.
    pub(crate) fn start_registration(&self, person: &Person, held: &[KnownPasskey]) -> Result<Challenge, AppError> {
        let held = held.iter().map(|k| Ok(passkey(k)?.cred_id().clone())).collect::<Result<_, AppError>>()?;
        let (options, state) = self
            .0
            .start_passkey_registration(person.id.uuid(), &person.email, &person.name, Some(held))
            .map_err(|error| broken(&error))?;
        let mut options = value(&options)?;
        if let Some(selection) = options.pointer_mut("/publicKey/authenticatorSelection") {
            selection["residentKey"] = json!("required");
            selection["requireResidentKey"] = json!(true);
        }
        Ok(Challenge { options: options.to_string(), state: value(&state)? })
    }

    /// Verifies a registration response. Returns the credential id and the credential for later verification.
    pub(crate) fn finish_registration(&self, answer: &str, state: Value) -> Result<(Vec<u8>, Value), AppError> {
        let answer: RegisterPublicKeyCredential = read(answer)?;
        let state: PasskeyRegistration = kept(state)?;
        let passkey = self.0.finish_passkey_registration(&answer, &state).map_err(|error| refused(&error))?;
        Ok((passkey.cred_id().to_vec(), value(&passkey)?))
    }

    /// Creates a challenge for a signature by one of `held`.
    pub(crate) fn start_verification(&self, held: &[KnownPasskey]) -> Result<Challenge, AppError> {
        let held = held.iter().map(passkey).collect::<Result<Vec<_>, _>>()?;
        let (options, state) = self.0.start_passkey_authentication(&held).map_err(|error| broken(&error))?;
        Ok(Challenge { options: value(&options)?.to_string(), state: value(&state)? })
    }

    /// Verifies a signature by one of `held`.
    pub(crate) fn finish_verification(
        &self,
        answer: &str,
        state: Value,
        held: Vec<KnownPasskey>,
    ) -> Result<VerifiedAssertion, AppError> {
        let answer: PublicKeyCredential = read(answer)?;
        let state: PasskeyAuthentication = kept(state)?;
        let result = self.0.finish_passkey_authentication(&answer, &state).map_err(|error| refused(&error))?;
        for known in held {
            let mut key = passkey(&known)?;
            if key.update_credential(&result).is_some() {
                return Ok(VerifiedAssertion { known, credential: value(&key)? });
            }
        }
        Err(not_accepted())
    }

    /// Creates a challenge for a signature by any passkey of this site.
    pub(crate) fn start_sign_in(&self) -> Result<Challenge, AppError> {
        let (options, state) = self.0.start_discoverable_authentication().map_err(|error| broken(&error))?;
        Ok(Challenge { options: value(&options)?.to_string(), state: value(&state)? })
    }

    /// Parses an assertion. Returns it with the claimed user id and credential id.
    pub(crate) fn identify(&self, answer: &str) -> Result<(PublicKeyCredential, Uuid, Vec<u8>), AppError> {
        let answer: PublicKeyCredential = read(answer)?;
        let (user, key) = self.0.identify_discoverable_authentication(&answer).map_err(|error| refused(&error))?;
        let key = key.to_vec();
        Ok((answer, user, key))
    }

    /// Verifies a claimed assertion against the passkey.
    pub(crate) fn finish_sign_in(
        &self,
        answer: &PublicKeyCredential,
        state: Value,
        known: KnownPasskey,
    ) -> Result<VerifiedAssertion, AppError> {
        let state: DiscoverableAuthentication = kept(state)?;
        let mut key = passkey(&known)?;
        #[expect(deprecated, reason = "what replaces it takes a key's internals, which are behind a dangerous feature")]
        let result: AuthenticationResult = self
            .0
            .finish_discoverable_authentication(answer, state, &[DiscoverableKey::from(&key)])
            .map_err(|error| refused(&error))?;
        key.update_credential(&result).ok_or_else(not_accepted)?;
        Ok(VerifiedAssertion { known, credential: value(&key)? })
    }
}

/// Returns the error for every response that fails verification.
pub(crate) fn not_accepted() -> AppError {
    AppError::Invalid(FieldErrors::one("passkey", "That passkey wasn’t accepted. Try again, or use another method."))
}

fn refused(error: &WebauthnError) -> AppError {
    tracing::info!(%error, "a passkey was refused");
    not_accepted()
}

fn broken(error: &WebauthnError) -> AppError {
    tracing::error!(%error, "a passkey could not be asked for");
    AppError::Internal
}

fn passkey(known: &KnownPasskey) -> Result<Passkey, AppError> {
    kept(known.credential.clone())
}

fn value(of: &impl Serialize) -> Result<Value, AppError> {
    serde_json::to_value(of).map_err(|error| {
        tracing::error!(%error, "a passkey could not be written down");
        AppError::Internal
    })
}

fn kept<T: DeserializeOwned>(value: Value) -> Result<T, AppError> {
    serde_json::from_value(value).map_err(|error| {
        tracing::error!(%error, "a passkey that was kept can't be read");
        AppError::Internal
    })
}

/// Parses a response of the browser.
fn read<T: DeserializeOwned>(text: &str) -> Result<T, AppError> {
    serde_json::from_str(text).map_err(|_| not_accepted())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_require_a_secure_origin_with_a_host_name() {
        for good in ["https://stile.example", "http://localhost:3000", "https://stile.example:8443"] {
            assert!(Passkeys::at(good).is_some(), "{good}");
        }
        for bad in ["http://stile.example", "http://127.0.0.1:3000", "https://10.0.0.1", "https://[::1]", "nonsense"] {
            assert!(Passkeys::at(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn new_passkeys_are_discoverable_and_require_user_verification() {
        let passkeys = Passkeys::at("https://stile.example").expect("a relying party");
        let person = Person {
            id: model::id::UserId::from_uuid(Uuid::from_u128(7)),
            name: "Ada".to_owned(),
            email: "ada@x.example".to_owned(),
            portrait: None,
        };
        let challenge = passkeys.start_registration(&person, &[]).expect("options");
        let options: Value = serde_json::from_str(&challenge.options).expect("JSON");
        let selection = &options["publicKey"]["authenticatorSelection"];
        assert_eq!(selection["residentKey"], "required");
        assert_eq!(selection["userVerification"], "required");
        assert_eq!(options["publicKey"]["rp"]["id"], "stile.example");
        let sign_in: Value = serde_json::from_str(&passkeys.start_sign_in().expect("options").options).expect("JSON");
        assert_eq!(sign_in["publicKey"]["userVerification"], "required");
    }
}
