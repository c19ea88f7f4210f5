//! The doors. What a request does in the database begins at one of these, and other crates can't begin a transaction.
//!
//! - [`PersonTx`]: the account plane, keyed on the person (`stile.user_id`).
//! - [`WorkspaceTx`]: one workspace, entered with a live seat (`stile.workspace_id`).
//! - [`OrganizationTx`]: the management of one organization (`stile.organization_id`).
//! - [`Prover`]: proving a second factor, for a session or for a sign-in that waits for it.
//! - [`crate::identity`] and others of the account plane: the few statements before anyone is signed in.
//!
//! A door reads session, person and seat in the database each time, in the transaction that it opens: nothing that
//! authorizes is ever cached (docs/SECURITY.md, I-3 and I-4).

mod costly;
mod fences;
mod organization;
mod person;
mod prover;
mod tx;
mod workspace;

pub use organization::OrganizationTx;
pub use person::{Live, PersonTx};
pub use prover::{Holder, Prover};
pub use tx::keeping_nothing;
pub(crate) use workspace::Access;
pub use workspace::{Can, Demand, Denied, Door, Mode, Read, Tenant, Visit, WorkspaceTx, Write};

use crate::secret::SecretHash;
use model::id::{UserId, WorkspaceId};

/// What a request presents to say who it is.
#[derive(Debug, Clone, Copy)]
pub enum Credential {
    /// The session cookie's secret.
    Session(SecretHash),
    /// An operator token.
    Token(SecretHash),
}

impl Credential {
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Session(_) => "session",
            Self::Token(_) => "token",
        }
    }

    pub(crate) const fn secret(&self) -> SecretHash {
        match self {
            Self::Session(hash) | Self::Token(hash) => *hash,
        }
    }

    pub(crate) fn hash(&self) -> &[u8] {
        match self {
            Self::Session(hash) | Self::Token(hash) => hash.bytes(),
        }
    }
}

/// Whom and what a write is for, as its grant says. A write takes the locks of both before anything is read, so that
/// it commits before a revocation returns, or never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fence {
    /// The person who writes.
    pub user: UserId,
    /// The workspace that the page was rendered for.
    pub workspace: WorkspaceId,
}
