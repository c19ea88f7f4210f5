//! What the picker, the switcher and the palette list.
//!
//! These are answers to "what is there to draw", at most 30 s old (blueprint section 7). They hold seats to show,
//! but nothing here can be turned into the right to enter: that is `store`'s door alone.

use crate::{
    id::{OrganizationId, WorkspaceId},
    role::OrganizationRole,
    seat::Seat,
    settings::DeletedWorkspace,
    slug::Slug,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// Oldest list that may be shown without asking again, in seconds (Aforo seed: "about 30 seconds").
pub const MAX_AGE_SECONDS: i64 = 30;

/// Every workspace that a person can reach, under the organizations that own them, both by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Picker {
    /// The organizations.
    pub organizations: Vec<PickerOrganization>,
    /// Workspaces that were deleted and that the person can restore.
    #[serde(default)]
    pub deleted: Vec<DeletedWorkspace>,
    /// What it was read under: another one means that something in it may have changed since.
    #[serde(default)]
    pub epoch: String,
    /// When the query that read it started.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub as_of: OffsetDateTime,
}

/// One organization's section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PickerOrganization {
    /// Its id.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
    /// The person's role in it, if any.
    pub role: Option<OrganizationRole>,
    /// Its workspaces in which the person has a seat.
    pub workspaces: Vec<PickerWorkspace>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PickerWorkspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Its address.
    pub slug: Slug,
    /// The person's seat.
    pub seat: Seat,
    /// When the person last entered it.
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    pub opened: Option<OffsetDateTime>,
}

impl Picker {
    /// All rows with their organizations, in order.
    pub fn rows(&self) -> impl Iterator<Item = (&PickerOrganization, &PickerWorkspace)> {
        self.organizations.iter().flat_map(|o| o.workspaces.iter().map(move |w| (o, w)))
    }

    /// How many workspaces there are.
    pub fn count(&self) -> usize {
        self.organizations.iter().map(|o| o.workspaces.len()).sum()
    }

    /// The row of a slug.
    pub fn find(&self, slug: &Slug) -> Option<(&PickerOrganization, &PickerWorkspace)> {
        self.rows().find(|(_, w)| w.slug == *slug)
    }

    /// Where the person lands by default: the workspace entered last, else the only one.
    pub fn default_workspace(&self) -> Option<&PickerWorkspace> {
        let last = self.rows().filter(|(_, w)| w.opened.is_some()).max_by_key(|(_, w)| w.opened);
        let only = (self.count() == 1).then(|| self.rows().next()).flatten();
        last.or(only).map(|(_, w)| w)
    }

    /// Whether the person manages an organization: is an owner or admin of it.
    pub fn manages_one(&self) -> bool {
        self.organizations.iter().any(|o| o.role.is_some_and(|r| r >= OrganizationRole::Admin))
    }

    /// Whether it is too old to be shown at `now`.
    pub fn is_stale(&self, now: OffsetDateTime) -> bool {
        (now - self.as_of).whole_seconds() >= MAX_AGE_SECONDS
    }
}
