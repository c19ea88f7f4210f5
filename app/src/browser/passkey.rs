//! WebAuthn calls of the browser. Options and responses are JSON in the format that browsers parse and serialize
//! themselves (WebAuthn level 3, sections 5.1.8 to 5.1.10), so nothing is converted here.

use js_sys::{JSON, Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};

/// Reason why a passkey operation failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyFailed {
    /// The person declined or did not respond in time; browsers don't distinguish the two.
    Declined,
    /// The authenticator already has a passkey of this person.
    Known,
    /// The page's origin is not the one that passkeys are bound to.
    Elsewhere,
    /// The browser doesn't support passkeys.
    Unsupported,
}

impl PasskeyFailed {
    /// Returns the error message with a suggestion.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Declined => "No passkey was used. Try again, or use another method.",
            Self::Known => "This device already has a passkey for your account.",
            Self::Elsewhere => "Passkeys only work at Stile’s own address over HTTPS. Open it there and try again.",
            Self::Unsupported => "This browser doesn’t support passkeys. Update it, or use another method.",
        }
    }
}

/// Creates a passkey on an authenticator that the person chooses. Returns the JSON response for the server.
///
/// # Errors
/// [`PasskeyFailed`] if no passkey was created.
pub async fn create_passkey(options: &str) -> Result<String, PasskeyFailed> {
    ask("create", "parseCreationOptionsFromJSON", options).await
}

/// Signs a challenge with a passkey. Returns the JSON response for the server.
///
/// # Errors
/// [`PasskeyFailed`] if the challenge was not signed.
pub async fn sign_with_passkey(options: &str) -> Result<String, PasskeyFailed> {
    ask("get", "parseRequestOptionsFromJSON", options).await
}

async fn ask(does: &str, reads: &str, options: &str) -> Result<String, PasskeyFailed> {
    let failed = |error: JsValue| {
        let name = Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default();
        match name.as_str() {
            "InvalidStateError" => PasskeyFailed::Known,
            "SecurityError" => PasskeyFailed::Elsewhere,
            "NotAllowedError" | "AbortError" => PasskeyFailed::Declined,
            _ => PasskeyFailed::Unsupported,
        }
    };
    let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).map_err(failed);
    let call = |of: &JsValue, name: &str, arguments: &js_sys::Array| -> Result<JsValue, PasskeyFailed> {
        let function = get(of, name)?.dyn_into::<js_sys::Function>().map_err(|_| PasskeyFailed::Unsupported)?;
        function.apply(of, arguments).map_err(failed)
    };

    let options = JSON::parse(options).map_err(failed)?;
    let window: JsValue = window().into();
    let read = call(&get(&window, "PublicKeyCredential")?, reads, &js_sys::Array::of1(&get(&options, "publicKey")?))?;
    let request = Object::new();
    Reflect::set(&request, &"publicKey".into(), &read).map_err(failed)?;
    let container = get(&get(&window, "navigator")?, "credentials")?;
    let promise = call(&container, does, &js_sys::Array::of1(&request))?;
    let credential = wasm_bindgen_futures::JsFuture::from(promise.unchecked_into::<Promise>()).await.map_err(failed)?;
    let json = call(&credential, "toJSON", &js_sys::Array::new())?;
    JSON::stringify(&json).ok().and_then(|text| text.as_string()).ok_or(PasskeyFailed::Unsupported)
}
