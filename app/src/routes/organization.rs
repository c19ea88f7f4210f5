//! Pages under `/org/{id}/`.

use model::id::OrganizationId;

/// Page of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrganizationPage {
    /// `/members`, and `/org/{id}` itself.
    Members,
    /// `/invites`.
    Invites,
    /// `/workspaces`.
    Workspaces,
    /// `/domains`.
    Domains,
}

impl OrganizationPage {
    /// All pages, in the order of the navigation.
    pub const ALL: [Self; 4] = [Self::Members, Self::Invites, Self::Workspaces, Self::Domains];

    /// Parses the path below the id.
    pub(super) fn parse(rest: &str) -> Option<Self> {
        if rest.is_empty() {
            return Some(Self::Members);
        }
        Self::ALL.into_iter().find(|page| page.path() == rest)
    }

    /// Returns the path segment.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Members => "members",
            Self::Invites => "invites",
            Self::Workspaces => "workspaces",
            Self::Domains => "domains",
        }
    }

    /// Returns the title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Members => "Members",
            Self::Invites => "Invites",
            Self::Workspaces => "Workspaces",
            Self::Domains => "Domains",
        }
    }

    /// Returns the icon name.
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Members => "customers",
            Self::Invites => "user",
            Self::Workspaces => "building",
            Self::Domains => "key",
        }
    }

    pub(super) fn url(self, id: OrganizationId) -> String {
        format!("/org/{id}/{}", self.path())
    }
}
