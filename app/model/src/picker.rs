//! Data of the workspace picker, the switcher and the command palette.
//!
//! The data is for display only and at most 30 seconds old. It contains seats, but it never grants access: only a door
//! (the authorization check of `store`) does (docs/SECURITY.md, I-4).

use crate::{
    id::{OrganizationId, WorkspaceId},
    picture::Brand,
    preferences::PickerOrder,
    role::OrganizationRole,
    seat::Seat,
    settings::DeletedWorkspace,
    slug::Slug,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// Maximum age of the displayed list, in seconds. Older lists are reloaded.
pub const MAX_AGE_SECONDS: i64 = 30;

/// All workspaces to which a user has access, grouped by organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Picker {
    /// Organizations with their workspaces, sorted by [`Picker::arranged`].
    pub organizations: Vec<PickerOrganization>,
    /// Deleted workspaces that the user can restore.
    #[serde(default)]
    pub deleted: Vec<DeletedWorkspace>,
    /// Sort order chosen by the user. `organizations` is already sorted accordingly.
    #[serde(default)]
    pub order: PickerOrder,
    /// Time at which the user last cleared their recent workspaces. Only workspaces opened later count as recent.
    #[serde(default, with = "time::serde::timestamp::milliseconds::option")]
    pub recents_since: Option<OffsetDateTime>,
    /// Seat epoch at which the list was read. The list may be outdated if the current epoch differs.
    #[serde(default)]
    pub epoch: String,
    /// Start time of the query that read the list.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub as_of: OffsetDateTime,
}

/// An organization with its workspaces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PickerOrganization {
    /// Organization ID.
    pub id: OrganizationId,
    /// Organization name.
    pub name: String,
    /// Position among all organizations sorted by name, in the collation of the database.
    #[serde(default)]
    pub place: u32,
    /// The user's role in the organization, if any.
    pub role: Option<OrganizationRole>,
    /// Workspaces of the organization in which the user has a seat.
    pub workspaces: Vec<PickerWorkspace>,
}

/// Pin status of a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pinned {
    /// Pinned to the top of the user's lists.
    Yes,
    /// Not pinned.
    No,
}

/// A workspace in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PickerWorkspace {
    /// Workspace ID.
    pub id: WorkspaceId,
    /// Workspace name.
    pub name: String,
    /// URL slug.
    pub slug: Slug,
    /// The user's seat.
    pub seat: Seat,
    /// Position among all of the user's workspaces sorted by name, in the collation of the database.
    #[serde(default)]
    pub place: u32,
    /// Time at which the user last opened the workspace. `None` if they never did.
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    pub opened: Option<OffsetDateTime>,
    /// `true` if the user has pinned the workspace.
    #[serde(default)]
    pub pinned: bool,
    /// Former slugs, by which the workspace can still be found.
    #[serde(default)]
    pub former: Vec<Slug>,
    /// Accent colour and logo.
    #[serde(default)]
    pub brand: Brand,
    /// Number of pending access requests. 0 if the user may not decide about them.
    #[serde(default)]
    pub waiting: u32,
}

impl PickerWorkspace {
    /// Returns the searchable texts: the name first, then the slug, the organization and the former slugs.
    pub fn texts<'a>(&'a self, organization: &'a str) -> impl Iterator<Item = &'a str> {
        [self.name.as_str(), self.slug.as_str(), organization].into_iter().chain(self.former.iter().map(Slug::as_str))
    }
}

impl Picker {
    /// Returns all workspaces with their organizations, in the stored order.
    pub fn rows(&self) -> impl Iterator<Item = (&PickerOrganization, &PickerWorkspace)> {
        self.organizations.iter().flat_map(|o| o.workspaces.iter().map(move |w| (o, w)))
    }

    /// Returns the number of workspaces.
    pub fn count(&self) -> usize {
        self.organizations.iter().map(|o| o.workspaces.len()).sum()
    }

    /// Returns all workspaces as a flat list in the order chosen by the user: by name, most recently opened first, or
    /// grouped by organization.
    pub fn ordered(&self) -> Vec<(&PickerOrganization, &PickerWorkspace)> {
        let rows: Vec<_> = self.rows().collect();
        self.order_of_rows().into_iter().filter_map(|at| rows.get(at).copied()).collect()
    }

    /// Returns the same order as [`Picker::ordered`], as indices into [`Picker::rows`].
    pub fn order_of_rows(&self) -> Vec<usize> {
        let rows: Vec<_> = self.rows().map(|(_, w)| w).collect();
        let mut order: Vec<usize> = (0..rows.len()).collect();
        match self.order {
            PickerOrder::Organization => {}
            PickerOrder::Recent => order.sort_by_key(|at| std::cmp::Reverse(rows.get(*at).and_then(|w| w.opened))),
            PickerOrder::Name => {
                order.sort_by_key(|at| rows.get(*at).map(|w| (w.place, w.id)));
            }
        }
        order
    }

    /// Returns the pinned workspaces, sorted by name.
    pub fn pinned(&self) -> Vec<(&PickerOrganization, &PickerWorkspace)> {
        let mut rows: Vec<_> = self.rows().filter(|(_, w)| w.pinned).collect();
        rows.sort_by_key(|(_, w)| (w.place, w.id));
        rows
    }

    /// Returns the most recently opened workspaces, latest first and at most `most`. Pinned workspaces, the one with
    /// the slug `current`, and those opened before the user cleared their recent workspaces are left out.
    pub fn recent(&self, current: Option<&Slug>, most: usize) -> Vec<(&PickerOrganization, &PickerWorkspace)> {
        let mut rows: Vec<_> = self
            .rows()
            .filter(|(_, w)| !w.pinned && w.opened.is_some() && w.opened > self.recents_since)
            .filter(|(_, w)| current.is_none_or(|current| w.slug != *current))
            .collect();
        rows.sort_by_key(|(_, w)| std::cmp::Reverse(w.opened));
        rows.truncate(most);
        rows
    }

    /// Returns the workspace with a slug.
    pub fn find(&self, slug: &Slug) -> Option<(&PickerOrganization, &PickerWorkspace)> {
        self.rows().find(|(_, w)| w.slug == *slug)
    }

    /// Sorts the organizations and their workspaces in the given order. Ties are sorted by name.
    #[must_use]
    pub fn arranged(mut self, order: PickerOrder) -> Self {
        self.order = order;
        if order == PickerOrder::Recent {
            let latest = |o: &PickerOrganization| o.workspaces.iter().filter_map(|w| w.opened).max();
            for organization in &mut self.organizations {
                organization.workspaces.sort_by_key(|w| std::cmp::Reverse(w.opened));
            }
            self.organizations.sort_by_key(|o| std::cmp::Reverse(latest(o)));
        }
        self
    }

    /// Returns the default workspace: the one opened last, or the only one.
    pub fn default_workspace(&self) -> Option<&PickerWorkspace> {
        let last = self.rows().filter(|(_, w)| w.opened.is_some()).max_by_key(|(_, w)| w.opened);
        let only = (self.count() == 1).then(|| self.rows().next()).flatten();
        last.or(only).map(|(_, w)| w)
    }

    /// Clears the recent workspaces. The cutoff is the time at which a workspace was last opened, so it does not depend
    /// on the clock of the device.
    pub fn clear_recents(&mut self) {
        self.recents_since = self.rows().filter_map(|(_, w)| w.opened).max();
    }

    /// Pins or unpins a workspace.
    pub fn pin(&mut self, slug: &Slug, pinned: Pinned) {
        let rows = self.organizations.iter_mut().flat_map(|o| o.workspaces.iter_mut());
        rows.filter(|w| w.slug == *slug).for_each(|w| w.pinned = pinned == Pinned::Yes);
    }

    /// Returns `true` if the user is an owner or admin of an organization.
    pub fn manages_one(&self) -> bool {
        self.organizations.iter().any(|o| o.role.is_some_and(|r| r >= OrganizationRole::Admin))
    }

    /// Returns `true` if the list is too old to be displayed at `now`.
    pub fn is_stale(&self, now: OffsetDateTime) -> bool {
        (now - self.as_of).whole_seconds() >= MAX_AGE_SECONDS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::WorkspaceRole;
    use time::Duration;
    use uuid::Uuid;

    #[test]
    fn orders_pinned_and_recent_workspaces_follow_the_preferences() {
        let workspace = |name: &str, opened: Option<i64>| PickerWorkspace {
            id: WorkspaceId::from_uuid(Uuid::nil()),
            name: name.to_owned(),
            slug: Slug::parse(&format!("slug-{name}")).unwrap(),
            seat: Seat::resolve(Some(WorkspaceRole::Member), None).unwrap(),
            place: name.bytes().fold(0, |place, byte| place * 256 + u32::from(byte)),
            opened: opened.map(|s| OffsetDateTime::UNIX_EPOCH + Duration::seconds(s)),
            pinned: false,
            former: Vec::new(),
            brand: Brand::default(),
            waiting: 0,
        };
        let organization = |name: &str, workspaces| PickerOrganization {
            id: OrganizationId::from_uuid(Uuid::nil()),
            name: name.to_owned(),
            place: 0,
            role: None,
            workspaces,
        };
        let picker = Picker {
            organizations: vec![
                organization("a", vec![workspace("a1", None), workspace("a2", None)]),
                organization("b", vec![workspace("b1", Some(1)), workspace("b2", Some(3)), workspace("b3", None)]),
                organization("c", vec![workspace("c1", Some(2))]),
                organization("d", vec![]),
            ],
            deleted: Vec::new(),
            order: PickerOrder::default(),
            recents_since: None,
            epoch: String::new(),
            as_of: OffsetDateTime::UNIX_EPOCH,
        };
        let names = |picker: &Picker| picker.rows().map(|(_, w)| w.name.clone()).collect::<Vec<_>>().join(" ");
        assert_eq!(names(&picker.clone().arranged(PickerOrder::Organization)), names(&picker));
        assert_eq!(names(&picker.clone().arranged(PickerOrder::Recent)), "b2 b1 b3 c1 a1 a2");

        let slug = |name: &str| Slug::parse(&format!("slug-{name}")).unwrap();
        let of = |rows: Vec<(&PickerOrganization, &PickerWorkspace)>| {
            rows.iter().map(|(_, w)| w.name.clone()).collect::<Vec<_>>().join(" ")
        };
        let mut picker = picker;
        for (order, names) in [
            (PickerOrder::Organization, "a1 a2 b1 b2 b3 c1"),
            (PickerOrder::Recent, "b2 c1 b1 a1 a2 b3"),
            (PickerOrder::Name, "a1 a2 b1 b2 b3 c1"),
        ] {
            assert_eq!(of(Picker { order, ..picker.clone() }.ordered()), names, "{order:?}");
        }
        assert_eq!(
            of(picker.recent(Some(&slug("b2")), 9)),
            "c1 b1",
            "the one on screen, or one never entered, is recent"
        );
        assert_eq!(of(picker.recent(None, 2)), "b2 c1");
        picker.pin(&slug("c1"), Pinned::Yes);
        picker.pin(&slug("a2"), Pinned::Yes);
        assert_eq!(of(picker.pinned()), "a2 c1");
        assert_eq!(of(picker.recent(None, 9)), "b2 b1", "what is pinned stands there twice");
        picker.pin(&slug("c1"), Pinned::No);
        picker.recents_since = Some(OffsetDateTime::UNIX_EPOCH + Duration::seconds(2));
        assert_eq!(of(picker.recent(None, 9)), "b2", "what was cleared is recent again");
        picker.clear_recents();
        assert_eq!(of(picker.recent(None, 9)), "", "what was entered last is left");
        assert_eq!(of(picker.pinned()), "a2");
    }
}
