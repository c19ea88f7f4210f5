//! Typed IDs. A customer ID can't be passed where a workspace ID is expected.
//!
//! All IDs are UUIDv7 (RFC 9562), so they sort by creation time. They identify a record but are not secret (ASVS
//! 11.5.1).

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
            /// Wraps a UUID that is known to identify this type of record.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// Returns the UUID, for example as a query parameter.
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
    /// ID of a user.
    UserId,
    /// ID of a sign-in session.
    SessionId,
    /// ID of an organization.
    OrganizationId,
    /// ID of a workspace, which is the tenant.
    WorkspaceId,
    /// ID of an operator token.
    TokenId,
    /// ID of a passkey.
    PasskeyId,
    /// ID of a product in a workspace.
    ProductId,
    /// ID of a rate plan in a workspace.
    RatePlanId,
    /// ID of a customer of a workspace.
    CustomerId,
    /// ID of a meter in a workspace.
    MeterId,
    /// ID of a subscription of a customer.
    SubscriptionId,
    /// ID of a contact of a customer.
    ContactId,
    /// Key of an event in a workspace, derived from its source and id.
    EventKey,
    /// ID of an API key of a workspace.
    ApiKeyId,
    /// ID of a webhook of a workspace.
    WebhookId,
    /// ID of a delivery to a webhook.
    DeliveryId,
    /// ID of an adjustment of usage.
    AdjustmentId,
    /// ID of an import of usage.
    ImportId,
    /// ID of an invoice or credit note in a workspace.
    InvoiceId,
    /// ID of a payment of an invoice.
    PaymentId,
    /// ID of a tax rate of a workspace.
    TaxRateId,
    /// ID of an invite to a workspace or an organization.
    InviteId,
    /// ID of a request for access to a workspace.
    RequestId,
}
