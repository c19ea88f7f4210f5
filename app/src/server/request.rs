//! A request, and what it is served with.

use super::{
    cookies::{Cookies, KnownDevices},
    grant::GrantKey,
    pace::Paces,
    password::Passwords,
    webauthn::Passkeys,
};
use model::preferences::{Accents, Theme};
use std::sync::Arc;
use store::{Store, device::DeviceKey, door::Credential, identity::Device, seal::SealKey, secret::Secret};

/// What requests are served with: one for all of them.
pub struct Services {
    /// The database, behind its doors.
    pub store: Store,
    /// Signs grants.
    pub grants: GrantKey,
    /// Hashes passwords.
    pub passwords: Passwords,
    /// Signs the names of devices from which accounts have signed in.
    pub devices: DeviceKey,
    /// Seals the secrets of authenticator apps.
    pub seal: SealKey,
    /// The relying party of passkeys; absent where browsers have none.
    pub passkeys: Option<Passkeys>,
    /// Slows down what sends mails or looks things up.
    pub paces: Paces,
    /// Where the page's files are.
    pub assets: AssetUrls,
    /// The origin that people use, without a slash at its end.
    pub origin: Arc<str>,
}

impl Services {
    /// The absolute address of a path, for a mail: always on the configured origin, whatever host a request named
    /// (docs/SECURITY.md, I-19).
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

/// Paths of the page's files, under an address that changes with their content.
#[derive(Debug, Clone, Default)]
pub struct AssetUrls {
    /// The style sheet.
    pub css: String,
    /// The style sheet of print, forced colours and short screens.
    pub modes: String,
    /// The glue between page and wasm.
    pub js: String,
    /// The program.
    pub wasm: String,
    /// What it does not carry at first.
    pub pages: String,
    /// What starts it.
    pub boot: String,
    /// The font.
    pub font: String,
}

/// One request.
#[derive(Clone)]
pub struct RequestContext {
    /// What it is served with.
    pub services: Arc<Services>,
    /// What it presents to say who it is.
    pub credential: Option<Credential>,
    /// The session's secret, if it came in a cookie of the former name.
    pub former: Option<Secret>,
    /// The names of cookies at the origin of the request.
    pub cookies: Cookies,
    /// Whether a person or a prefetch asked for it.
    pub purpose: Purpose,
    /// The kind of client that sent it.
    pub client: Client,
    /// Where it comes from.
    pub device: Device,
    /// The accounts that its device has signed in to before, as its cookies say.
    pub known_devices: KnownDevices,
    /// Its id, for the log and for people who report something.
    pub request_id: String,
    /// The nonce of its content security policy.
    pub nonce: Option<String>,
    /// The device's theme.
    pub theme: Theme,
    /// How the device tells workspaces apart.
    pub accents: Accents,
}

/// The kind of client that sent a request, by the answers that it accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// A browser that navigates to a page.
    Browser,
    /// A script or another program.
    Program,
}

/// Whether a request is a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A person asked for it.
    Visit,
    /// A browser prefetched it, or it is a HEAD request. Nothing is written.
    Ahead,
}
