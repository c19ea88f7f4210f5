//! Roles of users in workspaces and organizations.

use serde::{Deserialize, Serialize};

macro_rules! roles {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal, $label:literal;)* }) => {
        $(#[$doc])*
        ///
        /// Ordered by strength: the strongest role is the greatest.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// All roles, strongest first.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the snake_case name used in the database and in JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Returns the display name.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// Parses a stored name. Returns `None` if it is unknown.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                (*other as u8).cmp(&(*self as u8))
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }
    };
}

roles! {
    /// Role of a direct seat in a workspace.
    WorkspaceRole {
        /// Has all permissions, including deletion and transfer of the workspace.
        Owner = "owner", "Owner";
        /// Has all permissions except deletion and transfer of the workspace.
        Admin = "admin", "Admin";
        /// Reads everything and manages the plan, payment and invoices.
        BillingAdmin = "billing_admin", "Billing admin";
        /// Reads and edits the content.
        Member = "member", "Member";
        /// Reads the content.
        Viewer = "viewer", "Viewer";
        /// Reads the records shared with them.
        Guest = "guest", "Guest";
    }
}

roles! {
    /// Role in an organization, inherited by every workspace that the organization owns.
    OrganizationRole {
        /// Owner of every workspace of the organization.
        Owner = "owner", "Org owner";
        /// Admin of every workspace of the organization.
        Admin = "admin", "Org admin";
        /// Member of every workspace of the organization.
        Member = "member", "Org member";
    }
}

impl OrganizationRole {
    /// Returns the role that this role confers in each of the organization's workspaces.
    pub const fn inherited(self) -> WorkspaceRole {
        match self {
            Self::Owner => WorkspaceRole::Owner,
            Self::Admin => WorkspaceRole::Admin,
            Self::Member => WorkspaceRole::Member,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_ordered_by_strength_and_round_trip() {
        assert!(WorkspaceRole::Owner > WorkspaceRole::Admin && WorkspaceRole::Viewer > WorkspaceRole::Guest);
        assert!(WorkspaceRole::ALL.is_sorted_by(|a, b| a > b));
        for role in WorkspaceRole::ALL {
            assert_eq!(WorkspaceRole::from_word(role.as_str()), Some(*role));
            assert_eq!(serde_json::to_string(role).ok(), Some(format!("\"{}\"", role.as_str())));
        }
    }
}
