//! What the security page and the page that asks are made of, as it travels.

use model::factor::{FactorMethods, FactorState};
use serde::{Deserialize, Serialize};

/// What the security page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SecurityData {
    /// What the person has set up.
    pub state: FactorState,
    /// The authenticator app that is being set up.
    pub enrolment: Option<Enrolment>,
    /// Recovery codes made just now, shown this once.
    pub codes: Vec<String>,
    /// Whether browsers have passkeys at the console's address.
    pub passkeys_work: bool,
}

/// What an authenticator app is set up with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The secret, for typing.
    pub secret: String,
    /// The same as an address that apps open.
    pub uri: String,
    /// The same as a picture.
    pub qr: Option<QrCode>,
}

/// A QR code as one path of unit squares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrCode {
    /// Squares along a side.
    pub size: i32,
    /// The dark ones.
    pub path: String,
}

/// What a browser is to sign.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PasskeyChallenge {
    /// Says which, when it comes back.
    pub handle: String,
    /// The options, as JSON.
    pub options: String,
}

/// Why a second factor is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorReason {
    /// The password was right; this is the rest of the sign-in of that address.
    SignIn(String),
    /// A workspace of that name demands it of whoever enters.
    Workspace(String),
    /// Their own workspace of that name is to demand one.
    Demanding(String),
    /// The person's factors are to be changed.
    Change,
    /// Seats are to be given, changed or restored where a workspace demands it.
    Seats,
}

/// What the page that asks shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorAsk {
    /// Why.
    pub why: FactorReason,
    /// With what it can be proven.
    pub methods: FactorMethods,
    /// Where to go afterwards.
    pub next: Option<String>,
}
