//! Capabilities: what a seat lets a person do.

use crate::role::WorkspaceRole;
use serde::{Deserialize, Serialize};

/// One thing that a seat may allow in one workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// Read customers, and their usage and invoices: all with [`Capability::ReadAll`], else only those shared.
    ReadShared,
    /// Read all products, rate plans, customers, usage and invoices.
    ReadAll,
    /// Create and edit products, rate plans and customers; record usage.
    EditContent,
    /// Issue, void and mark invoices paid.
    ManageInvoices,
    /// The workspace's own plan, payment method and quotas.
    ManageBilling,
    /// Members, invites, auto-join.
    ManageMembers,
    /// General, branding, integrations, API keys, security, audit log.
    ManageSettings,
    /// Delete the workspace, transfer its ownership.
    OwnWorkspace,
}

impl Capability {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::ReadShared,
        Self::ReadAll,
        Self::EditContent,
        Self::ManageInvoices,
        Self::ManageBilling,
        Self::ManageMembers,
        Self::ManageSettings,
        Self::OwnWorkspace,
    ];

    /// The roles that have this capability, strongest first: "owners, admins and members".
    pub fn holders(self) -> String {
        let mut said = String::new();
        let mut roles = WorkspaceRole::ALL.iter().filter(|role| role.capabilities().has(self)).peekable();
        while let Some(role) = roles.next() {
            if !said.is_empty() {
                said.push_str(if roles.peek().is_some() { ", " } else { " and " });
            }
            said.push_str(&role.label().to_ascii_lowercase());
            said.push('s');
        }
        said
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
    /// All there are.
    pub const ALL: Self = Self::of(&Capability::ALL);

    /// Whether it holds `capability`. For showing and hiding: a function that needs one takes the marker value that
    /// the door hands out, never this answer.
    pub const fn has(self, capability: Capability) -> bool {
        self.0 & capability.bit() != 0
    }

    /// Both together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn of(capabilities: &[Capability]) -> Self {
        let (mut bits, mut i) = (0, 0);
        while i < capabilities.len() {
            bits |= capabilities[i].bit();
            i += 1;
        }
        Self(bits)
    }
}

impl WorkspaceRole {
    /// The role's row of the table.
    pub const fn capabilities(self) -> CapabilitySet {
        use Capability::*;
        match self {
            Self::Owner => CapabilitySet::of(&Capability::ALL),
            Self::Admin => CapabilitySet::of(&[
                ReadShared, ReadAll, EditContent, ManageInvoices, ManageBilling, ManageMembers, ManageSettings,
            ]),
            Self::BillingAdmin => CapabilitySet::of(&[ReadShared, ReadAll, ManageInvoices, ManageBilling]),
            Self::Member => CapabilitySet::of(&[ReadShared, ReadAll, EditContent]),
            Self::Viewer => CapabilitySet::of(&[ReadShared, ReadAll]),
            Self::Guest => CapabilitySet::of(&[ReadShared]),
        }
    }
}

/// A capability as a type, so that a function can ask for it in its signature.
pub trait CapabilityKind: Send + Sync + 'static {
    /// Which one.
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

kinds!(ReadShared, ReadAll, EditContent, ManageInvoices, ManageBilling, ManageMembers, ManageSettings, OwnWorkspace);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_a_capability_is_said_in_words() {
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
