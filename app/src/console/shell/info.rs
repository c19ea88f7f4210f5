//! What the shell shows of a workspace.

use crate::ui::Face;
use model::{
    Slug, WorkspaceRole, capability::CapabilitySet, picker::Picker, picture::Brand, seat::Seat, workspace::Entry,
};

/// What the shell shows of a workspace: from the entry, or, while that is awaited, from the list of seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellInfo {
    /// Its address.
    pub slug: Slug,
    /// Its name.
    pub name: String,
    /// Its organization's name.
    pub organization: String,
    /// The person's role.
    pub role: Option<WorkspaceRole>,
    /// What the seat shows.
    pub may: CapabilitySet,
    /// Why the person has the seat.
    pub why: String,
    /// Its colour and logo.
    pub brand: Brand,
}

impl ShellInfo {
    /// Of a workspace that was entered.
    pub fn entered(entry: &Entry) -> Self {
        let Entry { workspace, seat, .. } = entry;
        Self::of(
            workspace.slug.clone(),
            workspace.name.clone(),
            workspace.organization.clone(),
            *seat,
            workspace.brand.clone(),
        )
    }

    /// Of a workspace that is awaited, as the list of seats has it.
    pub fn listed(slug: Slug, picker: Option<&Picker>) -> Self {
        match picker.and_then(|picker| picker.find(&slug)) {
            Some((organization, workspace)) => Self::of(
                slug,
                workspace.name.clone(),
                organization.name.clone(),
                workspace.seat,
                workspace.brand.clone(),
            ),
            None => Self {
                name: slug.to_string(),
                organization: String::new(),
                role: None,
                may: CapabilitySet::default(),
                why: String::new(),
                brand: Brand::default(),
                slug,
            },
        }
    }

    /// What it is known by at a glance.
    pub fn face(&self) -> Face {
        Face::of(&self.name, &self.slug, &self.brand)
    }

    fn of(slug: Slug, name: String, organization: String, seat: Seat, brand: Brand) -> Self {
        let why = seat.explain(&organization);
        Self { slug, name, organization, role: Some(seat.role()), may: seat.capabilities(), why, brand }
    }
}
