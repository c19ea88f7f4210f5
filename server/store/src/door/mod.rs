//! Doors: the authorized entry points to the database. Other crates can't begin a transaction in any other way.
//!
//! - [`PersonTx`]: account data of one person (`stile.user_id`).
//! - [`WorkspaceTx`]: one workspace, requires a current seat (`stile.workspace_id`).
//! - [`OrganizationTx`]: management of one organization (`stile.organization_id`).
//! - [`MfaTx`]: second-factor verification, for a session or a pending sign-in.
//! - [`crate::identity`] and other modules in `account`: the few statements that run before sign-in.
//!
//! Each door reads session, person and seat from the database, in the transaction that it begins. Authorization data is
//! never cached (docs/SECURITY.md, I-3 and I-4).

mod costly;
mod mfa;
mod organization;
mod person;
mod tx;
mod workspace;
mod write_locks;

pub use mfa::{MfaSubject, MfaTx};
pub use organization::OrganizationTx;
pub use person::{PersonTx, Principal};
pub(crate) use tx::attempting;
pub use tx::discarding_writes;
pub(crate) use workspace::Access;
pub use workspace::{Can, Demand, Denied, Door, KeyAccess, Mode, Read, Snapshot, Tenant, Visit, WorkspaceTx, Write};

use crate::secret::SecretHash;
use model::id::{UserId, WorkspaceId};
use std::net::IpAddr;

/// Client that a sign-in came from.
#[derive(Debug, Clone, Default)]
pub struct Device {
    /// IP address, if known.
    pub ip: Option<IpAddr>,
    /// `User-Agent` header, truncated to 400 characters.
    pub user_agent: String,
}

/// Credential that authenticates a request.
#[derive(Debug, Clone, Copy)]
pub enum Credential {
    /// Hash of the session cookie's secret.
    Session(SecretHash),
    /// Hash of an operator token.
    Token(SecretHash),
    /// Hash of an API key of a workspace. It opens that workspace only, and nothing of its owner's account.
    Key(SecretHash),
}

impl Credential {
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Session(_) => "session",
            Self::Token(_) => "token",
            Self::Key(_) => "key",
        }
    }

    pub(crate) const fn secret(&self) -> SecretHash {
        match self {
            Self::Session(hash) | Self::Token(hash) | Self::Key(hash) => *hash,
        }
    }

    pub(crate) fn hash(&self) -> &[u8] {
        match self {
            Self::Session(hash) | Self::Token(hash) | Self::Key(hash) => hash.bytes(),
        }
    }
}

/// Expected person and workspace of a write, as stated in its grant. A write acquires the locks of both before it reads
/// anything, so that it either commits before a revocation returns or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteTarget {
    /// The person who writes.
    pub user: UserId,
    /// The workspace that the page was rendered for.
    pub workspace: WorkspaceId,
}
