//! Request context and the services it uses.

use super::{
    cookies::{Cookies, KnownDevices},
    grant::GrantKey,
    password::Passwords,
    rate_limit::RateLimits,
    webauthn::Passkeys,
};
use model::{
    preferences::{Accents, Theme},
    webhook::Schemes,
};
use std::sync::Arc;
use store::{Store, device::DeviceKey, door::Credential, identity::Device, seal::EncryptionKey, secret::Secret};

/// Services shared by all requests.
pub struct Services {
    /// Database access.
    pub store: Store,
    /// Key that signs grants.
    pub grants: GrantKey,
    /// Password hasher.
    pub passwords: Passwords,
    /// Key that signs known-device cookies.
    pub devices: DeviceKey,
    /// Keys that encrypt TOTP secrets and secrets of webhooks.
    pub seal: EncryptionKey,
    /// Relying party of passkeys. `None` if passkeys are not available at the origin.
    pub passkeys: Option<Passkeys>,
    /// Rate limits of emails and lookups.
    pub rate_limits: RateLimits,
    /// Asset URLs.
    pub assets: AssetUrls,
    /// Fonts of PDFs.
    pub fonts: pdf::Fonts,
    /// Schemes that addresses of webhooks may have.
    pub schemes: Schemes,
    /// Public origin, without a trailing slash.
    pub origin: Arc<str>,
}

impl Services {
    /// Returns the absolute URL of a path, for emails. Always at the configured origin, whatever the request's host
    /// (docs/SECURITY.md, I-19).
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

/// Asset URLs, which contain a hash of the content.
#[derive(Debug, Clone, Default)]
pub struct AssetUrls {
    /// Main style sheet.
    pub css: String,
    /// Style sheet for print, forced colors and short screens.
    pub modes: String,
    /// JavaScript glue of the WebAssembly module.
    pub js: String,
    /// WebAssembly module.
    pub wasm: String,
    /// Lazily loaded WebAssembly chunk.
    pub pages: String,
    /// Start script.
    pub boot: String,
    /// Font.
    pub font: String,
}

/// Context of a request.
#[derive(Clone)]
pub struct RequestContext {
    /// Shared services.
    pub services: Arc<Services>,
    /// Credential presented by the request.
    pub credential: Option<Credential>,
    /// Session secret, if it came in a cookie of the former name.
    pub former: Option<Secret>,
    /// Cookie names and attributes at the origin of the request.
    pub cookies: Cookies,
    /// Visit or prefetch.
    pub purpose: Purpose,
    /// Kind of client.
    pub client: Client,
    /// Client device and address.
    pub device: Device,
    /// Accounts that the device has signed in to before, according to its cookies.
    pub known_devices: KnownDevices,
    /// Request id, for the log and for bug reports.
    pub request_id: String,
    /// Nonce of the content security policy.
    pub nonce: Option<String>,
    /// Device's theme.
    pub theme: Theme,
    /// Device's workspace accent setting.
    pub accents: Accents,
}

/// Kind of client, by the content types that it accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// Browser that navigates to a page.
    Browser,
    /// Script or another program.
    Program,
}

/// Purpose of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Visit by a person.
    Visit,
    /// Prefetch or HEAD request. Nothing is written.
    Ahead,
}
