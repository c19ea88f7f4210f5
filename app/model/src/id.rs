//! Ids as types: a customer's id can't be passed where a workspace's is wanted.
//!
//! All are UUIDv7 (RFC 9562), so they sort by creation; they are names, never secrets (ASVS 11.5.1).

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that is known to be one of these.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID itself, for a query's parameter.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// A person.
    UserId,
    /// A sign-in on one device.
    SessionId,
    /// An organization.
    OrganizationId,
    /// A workspace: the tenant.
    WorkspaceId,
    /// An operator token.
    TokenId,
    /// A passkey.
    PasskeyId,
    /// A product of one workspace.
    ProductId,
    /// A rate plan of one workspace.
    RatePlanId,
    /// A customer of one workspace.
    CustomerId,
    /// A usage record of one workspace.
    UsageId,
    /// An invoice of one workspace.
    InvoiceId,
    /// An invite to a workspace or an organization.
    InviteId,
    /// Somebody's request for a seat.
    RequestId,
}
