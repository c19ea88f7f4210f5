//! Serialized data of the security page and of the second-factor prompt.

use model::factor::{FactorMethods, FactorState};
use serde::{Deserialize, Serialize};

/// Data of the security page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SecurityData {
    /// The person's enrolled factors.
    pub state: FactorState,
    /// Pending TOTP enrolment.
    pub enrolment: Option<Enrolment>,
    /// Newly generated recovery codes. Shown once.
    pub codes: Vec<String>,
    /// `true` if passkeys are available at the console's origin.
    pub passkeys_work: bool,
}

/// Enrolment data for an authenticator app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// Secret for manual entry.
    pub secret: String,
    /// The secret as an `otpauth` URI.
    pub uri: String,
    /// The URI as a QR code.
    pub qr: Option<QrCode>,
}

/// QR code as a single SVG path of unit squares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrCode {
    /// Modules per side.
    pub size: i32,
    /// SVG path data of the dark modules.
    pub path: String,
}

/// WebAuthn challenge for the browser.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PasskeyChallenge {
    /// Identifies the challenge when the response is submitted.
    pub handle: String,
    /// WebAuthn options as JSON.
    pub options: String,
}

/// Reason for asking for a second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorReason {
    /// Second step of the sign-in with this email address.
    SignIn(String),
    /// The workspace of this name requires a second factor.
    Workspace(String),
    /// The person is about to require a second factor in their workspace of this name.
    Demanding(String),
    /// The person's factors are about to be changed.
    Change,
    /// Memberships are about to be granted, changed or restored where a workspace requires a second factor.
    Seats,
}

/// Data of the second-factor prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorAsk {
    /// Reason for the prompt.
    pub why: FactorReason,
    /// Available methods.
    pub methods: FactorMethods,
    /// Path to redirect to afterwards.
    pub next: Option<String>,
}
