//! Seats: a user's access to a workspace, direct, inherited or both.

use crate::{
    capability::CapabilitySet,
    role::{OrganizationRole, WorkspaceRole},
};
use serde::{Deserialize, Serialize};

/// Source of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatSource {
    /// The user is a member of the workspace itself.
    Direct,
    /// The user has a role in the organization that owns the workspace.
    Organization,
}

/// A user's access to a workspace. It has at least one source, so a `Seat` value always means access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "SeatParts", try_from = "SeatParts")]
pub struct Seat(Sources);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sources {
    Direct(WorkspaceRole),
    Inherited(OrganizationRole),
    Both(WorkspaceRole, OrganizationRole),
}

#[derive(Serialize, Deserialize)]
struct SeatParts {
    direct: Option<WorkspaceRole>,
    organization: Option<OrganizationRole>,
}

impl Seat {
    /// Combines the two sources of a seat. Returns `None` if there is neither.
    pub const fn resolve(direct: Option<WorkspaceRole>, organization: Option<OrganizationRole>) -> Option<Self> {
        match (direct, organization) {
            (None, None) => None,
            (Some(role), None) => Some(Self(Sources::Direct(role))),
            (None, Some(role)) => Some(Self(Sources::Inherited(role))),
            (Some(direct), Some(organization)) => Some(Self(Sources::Both(direct, organization))),
        }
    }

    /// Returns the role of the direct seat, if any.
    pub const fn direct(self) -> Option<WorkspaceRole> {
        match self.0 {
            Sources::Direct(role) | Sources::Both(role, _) => Some(role),
            Sources::Inherited(_) => None,
        }
    }

    /// Returns the role in the organization, if any.
    pub const fn organization(self) -> Option<OrganizationRole> {
        match self.0 {
            Sources::Inherited(role) | Sources::Both(_, role) => Some(role),
            Sources::Direct(_) => None,
        }
    }

    /// Returns the stronger of the direct and the inherited role, for display.
    pub fn role(self) -> WorkspaceRole {
        match self.0 {
            Sources::Direct(role) => role,
            Sources::Inherited(role) => role.inherited(),
            Sources::Both(direct, organization) => direct.max(organization.inherited()),
        }
    }

    /// Returns the union of the capabilities of both sources. For example, a billing admin who is also an organization
    /// member has the capabilities of both roles.
    pub fn capabilities(self) -> CapabilitySet {
        match self.0 {
            Sources::Direct(role) => role.capabilities(),
            Sources::Inherited(role) => role.inherited().capabilities(),
            Sources::Both(direct, organization) => direct.capabilities().union(organization.inherited().capabilities()),
        }
    }

    /// Returns the sources of the seat, the direct one first.
    pub const fn via(self) -> &'static [SeatSource] {
        match self.0 {
            Sources::Direct(_) => &[SeatSource::Direct],
            Sources::Inherited(_) => &[SeatSource::Organization],
            Sources::Both(..) => &[SeatSource::Direct, SeatSource::Organization],
        }
    }

    /// Describes the role and its source: "Admin, through SmartAI; also a direct Billing admin".
    pub fn explain(self, organization: &str) -> String {
        match self.0 {
            Sources::Direct(role) => format!("{}, direct", role.label()),
            Sources::Inherited(role) => format!("{}, through {organization}", role.inherited().label()),
            Sources::Both(direct, inherited) if direct >= inherited.inherited() => {
                format!("{}, direct; also {} through {organization}", direct.label(), inherited.inherited().label())
            }
            Sources::Both(direct, inherited) => {
                format!("{}, through {organization}; also a direct {}", inherited.inherited().label(), direct.label())
            }
        }
    }
}

impl From<Seat> for SeatParts {
    fn from(seat: Seat) -> Self {
        Self { direct: seat.direct(), organization: seat.organization() }
    }
}

impl TryFrom<SeatParts> for Seat {
    type Error = &'static str;

    fn try_from(parts: SeatParts) -> Result<Self, Self::Error> {
        Self::resolve(parts.direct, parts.organization).ok_or("a seat needs a source")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capability::Capability;
    use proptest::prelude::*;

    /// Expected capabilities by role. The columns are Owner, Admin, Billing admin, Member, Viewer, Guest.
    const TABLE: [(Capability, &str); 9] = [
        (Capability::ReadShared, "xxxxxx"),
        (Capability::ReadAll, "xxxxx-"),
        (Capability::EditContent, "xx-x--"),
        (Capability::RecordUsage, "xx-x--"),
        (Capability::ManageInvoices, "xxx---"),
        (Capability::ManageBilling, "xxx---"),
        (Capability::ManageMembers, "xx----"),
        (Capability::ManageSettings, "xx----"),
        (Capability::OwnWorkspace, "x-----"),
    ];

    fn in_table(role: usize, capability: Capability) -> bool {
        TABLE.iter().any(|(c, row)| *c == capability && row.as_bytes()[role] == b'x')
    }

    proptest! {
        /// Compares with a reference model: a seat is a list of columns, and a capability is granted if any of them has
        /// an `x`.
        #[test]
        fn seats_agree_with_the_reference_table(direct in proptest::option::of(0usize..6), organization in proptest::option::of(0usize..3)) {
            let seat = Seat::resolve(
                direct.map(|i| WorkspaceRole::ALL[i]),
                organization.map(|i| OrganizationRole::ALL[i]),
            );
            let columns: Vec<usize> = direct.into_iter().chain(organization.map(|i| [0, 1, 3][i])).collect();
            prop_assert_eq!(seat.is_some(), !columns.is_empty());
            let Some(seat) = seat else { return Ok(()) };
            prop_assert_eq!(Some(seat.role()), columns.iter().min().map(|i| WorkspaceRole::ALL[*i]));
            prop_assert_eq!(seat.via().len(), columns.len());
            for capability in Capability::ALL {
                prop_assert_eq!(
                    seat.capabilities().has(capability),
                    columns.iter().any(|role| in_table(*role, capability)),
                    "{:?} for {:?}", capability, seat
                );
            }
            let json = serde_json::to_string(&seat).unwrap_or_default();
            prop_assert_eq!(serde_json::from_str::<Seat>(&json).ok(), Some(seat));
        }
    }

    #[test]
    fn explain_names_both_sources() {
        let seat = Seat::resolve(Some(WorkspaceRole::BillingAdmin), Some(OrganizationRole::Admin));
        assert_eq!(
            seat.map(|s| s.explain("SmartAI")).as_deref(),
            Some("Admin, through SmartAI; also a direct Billing admin")
        );
    }

    #[test]
    fn a_seat_without_a_source_does_not_deserialize() {
        assert!(serde_json::from_str::<Seat>("{}").is_err());
    }
}
