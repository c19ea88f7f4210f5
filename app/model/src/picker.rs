//! What the picker, the switcher and the palette list.
//!
//! These are answers to "what is there to draw", at most 30 s old. They hold seats to show, but nothing here gives the
//! right to enter: only a door of `store` does (docs/SECURITY.md, I-4).

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

/// Oldest list that may be shown without asking again, in seconds.
pub const MAX_AGE_SECONDS: i64 = 30;

/// Every workspace that a person can reach, under the organizations that own them, both by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Picker {
    /// The organizations.
    pub organizations: Vec<PickerOrganization>,
    /// Workspaces that were deleted and that the person can restore.
    #[serde(default)]
    pub deleted: Vec<DeletedWorkspace>,
    /// In which order the person wants it drawn; the organizations above are in it already.
    #[serde(default)]
    pub order: PickerOrder,
    /// Since when a workspace that was entered counts as recent: when the person cleared them last.
    #[serde(default, with = "time::serde::timestamp::milliseconds::option")]
    pub recents_since: Option<OffsetDateTime>,
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
    /// Its position among all of them by name, in the order of the database.
    #[serde(default)]
    pub place: u32,
    /// The person's role in it, if any.
    pub role: Option<OrganizationRole>,
    /// Its workspaces in which the person has a seat.
    pub workspaces: Vec<PickerWorkspace>,
}

/// Whether a workspace is kept on top of the person's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pinned {
    /// It is.
    Yes,
    /// It is not.
    No,
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
    /// Its position among all of the person's workspaces by name, in the order of the database.
    #[serde(default)]
    pub place: u32,
    /// When the person last entered it.
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    pub opened: Option<OffsetDateTime>,
    /// Whether the person keeps it on top.
    #[serde(default)]
    pub pinned: bool,
    /// Addresses that it had before: they find it, too.
    #[serde(default)]
    pub former: Vec<Slug>,
    /// Its colour and logo.
    #[serde(default)]
    pub brand: Brand,
    /// The number of access requests; 0 if the person may not decide about them.
    #[serde(default)]
    pub waiting: u32,
}

impl PickerWorkspace {
    /// What it is found by: its name first, then its addresses and its organization.
    pub fn texts<'a>(&'a self, organization: &'a str) -> impl Iterator<Item = &'a str> {
        [self.name.as_str(), self.slug.as_str(), organization].into_iter().chain(self.former.iter().map(Slug::as_str))
    }
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

    /// All rows in the order that the person wants, as one list: by name, the one opened last first, or under their
    /// organizations.
    pub fn ordered(&self) -> Vec<(&PickerOrganization, &PickerWorkspace)> {
        let rows: Vec<_> = self.rows().collect();
        self.order_of_rows().into_iter().filter_map(|at| rows.get(at).copied()).collect()
    }

    /// The same as places in [`Picker::rows`].
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

    /// The pinned rows, by name.
    pub fn pinned(&self) -> Vec<(&PickerOrganization, &PickerWorkspace)> {
        let mut rows: Vec<_> = self.rows().filter(|(_, w)| w.pinned).collect();
        rows.sort_by_key(|(_, w)| (w.place, w.id));
        rows
    }

    /// The rows entered last, the latest first: at most `most`, without those pinned, the one at `current`, and what was
    /// entered before the person cleared their recents.
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

    /// The row of a slug.
    pub fn find(&self, slug: &Slug) -> Option<(&PickerOrganization, &PickerWorkspace)> {
        self.rows().find(|(_, w)| w.slug == *slug)
    }

    /// Puts the organizations and their workspaces into the order that the person wants; ties go by name.
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

    /// Where the person lands by default: the workspace entered last, else the only one.
    pub fn default_workspace(&self) -> Option<&PickerWorkspace> {
        let last = self.rows().filter(|(_, w)| w.opened.is_some()).max_by_key(|(_, w)| w.opened);
        let only = (self.count() == 1).then(|| self.rows().next()).flatten();
        last.or(only).map(|(_, w)| w)
    }

    /// Nothing that was entered so far counts as recent any more. Said by when it was entered, whatever a device's clock says.
    pub fn clear_recents(&mut self) {
        self.recents_since = self.rows().filter_map(|(_, w)| w.opened).max();
    }

    /// Pins a workspace or unpins it.
    pub fn pin(&mut self, slug: &Slug, pinned: Pinned) {
        let rows = self.organizations.iter_mut().flat_map(|o| o.workspaces.iter_mut());
        rows.filter(|w| w.slug == *slug).for_each(|w| w.pinned = pinned == Pinned::Yes);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::WorkspaceRole;
    use time::Duration;
    use uuid::Uuid;

    #[test]
    fn the_one_opened_last_comes_first_and_the_rest_stay_by_name() {
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
