//! Capabilities: the permissions that a seat grants in a workspace.

use crate::role::WorkspaceRole;
use serde::{Deserialize, Serialize};

/// A permission in one workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// Read customers with their usage and invoices: all of them with [`Capability::ReadAll`], otherwise only the
    /// shared ones.
    ReadShared,
    /// Read all products, rate plans, customers, usage and invoices.
    ReadAll,
    /// Create and edit products, rate plans and customers.
    EditContent,
    /// Record usage events, in person or by an API key.
    RecordUsage,
    /// Issue and void invoices, and mark them as paid.
    ManageInvoices,
    /// Manage the workspace's own plan, payment method and quotas.
    ManageBilling,
    /// Manage members, invites and auto-join.
    ManageMembers,
    /// Manage general settings, branding, integrations, API keys, security and the audit log.
    ManageSettings,
    /// Delete the workspace and transfer its ownership.
    OwnWorkspace,
}

impl Capability {
    /// All capabilities.
    pub const ALL: [Self; 9] = [
        Self::ReadShared,
        Self::ReadAll,
        Self::EditContent,
        Self::RecordUsage,
        Self::ManageInvoices,
        Self::ManageBilling,
        Self::ManageMembers,
        Self::ManageSettings,
        Self::OwnWorkspace,
    ];

    /// Returns the roles that have this capability, strongest first: "owners, admins and members".
    pub fn holders(self) -> String {
        let mut text = String::new();
        let mut roles = WorkspaceRole::ALL.iter().filter(|role| role.capabilities().has(self)).peekable();
        while let Some(role) = roles.next() {
            if !text.is_empty() {
                text.push_str(if roles.peek().is_some() { ", " } else { " and " });
            }
            text.push_str(&role.label().to_ascii_lowercase());
            text.push('s');
        }
        text
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// A set of capabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CapabilitySet(u16);

impl CapabilitySet {
    /// The set of all capabilities.
    pub const ALL: Self = Self::of(&Capability::ALL);

    /// Returns `true` if the set contains `capability`.
    ///
    /// For display only. A function that needs a capability takes the marker value that a door (the authorization check
    /// of `store`) returns, never this result.
    pub const fn has(self, capability: Capability) -> bool {
        self.0 & capability.bit() != 0
    }

    /// Returns the union of both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the capabilities that are in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) const fn of(capabilities: &[Capability]) -> Self {
        let (mut bits, mut i) = (0, 0);
        while i < capabilities.len() {
            bits |= capabilities[i].bit();
            i += 1;
        }
        Self(bits)
    }
}

impl WorkspaceRole {
    /// Returns the capabilities of the role.
    pub const fn capabilities(self) -> CapabilitySet {
        use Capability::*;
        match self {
            Self::Owner => CapabilitySet::of(&Capability::ALL),
            Self::Admin => CapabilitySet::of(&[
                ReadShared, ReadAll, EditContent, RecordUsage, ManageInvoices, ManageBilling, ManageMembers,
                ManageSettings,
            ]),
            Self::BillingAdmin => CapabilitySet::of(&[ReadShared, ReadAll, ManageInvoices, ManageBilling]),
            Self::Member => CapabilitySet::of(&[ReadShared, ReadAll, EditContent, RecordUsage]),
            Self::Viewer => CapabilitySet::of(&[ReadShared, ReadAll]),
            Self::Guest => CapabilitySet::of(&[ReadShared]),
        }
    }
}

/// A capability as a type, for use in function signatures.
pub trait CapabilityKind: Send + Sync + 'static {
    /// The corresponding value.
    const CAPABILITY: Capability;
}

macro_rules! kinds {
    ($($name:ident),*) => {$(
        #[doc = concat!("[`Capability::", stringify!($name), "`] as a type.")]
        #[derive(Debug, Clone, Copy)]
        pub enum $name {}

        impl CapabilityKind for $name {
            const CAPABILITY: Capability = Capability::$name;
        }
    )*};
}

kinds!(
    ReadShared, ReadAll, EditContent, RecordUsage, ManageInvoices, ManageBilling, ManageMembers, ManageSettings,
    OwnWorkspace
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holders_lists_the_roles_with_the_capability() {
        assert_eq!(Capability::OwnWorkspace.holders(), "owners");
        assert_eq!(Capability::ManageSettings.holders(), "owners and admins");
        assert_eq!(Capability::EditContent.holders(), "owners, admins and members");
        assert_eq!(Capability::ManageBilling.holders(), "owners, admins and billing admins");
        for capability in Capability::ALL {
            for role in WorkspaceRole::ALL {
                let named = capability
                    .holders()
                    .split([',', ' '])
                    .any(|word| word == format!("{}s", role.label().to_lowercase()));
                let spaced = role.label().contains(' ');
                assert!(spaced || named == role.capabilities().has(capability), "{capability:?} {role:?}");
            }
        }
    }
}
