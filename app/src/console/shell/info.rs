//! Workspace data shown by the shell.

use crate::ui::WorkspaceAvatar;
use model::{
    Slug, WorkspaceRole, capability::CapabilitySet, picker::Picker, picture::Brand, seat::Seat, workspace::Entry,
};

/// Workspace data shown by the shell: from the entry, or from the user's workspace list while the workspace is loading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellInfo {
    /// Slug of the workspace.
    pub slug: Slug,
    /// Name of the workspace.
    pub name: String,
    /// Name of its organization.
    pub organization: String,
    /// Role of the user, or `None` if it is unknown.
    pub role: Option<WorkspaceRole>,
    /// Capabilities of the seat.
    pub may: CapabilitySet,
    /// Explanation of why the user has the seat.
    pub why: String,
    /// Colour and logo.
    pub brand: Brand,
}

impl ShellInfo {
    /// Creates the data of a workspace that was entered.
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

    /// Creates the data of a workspace that is loading, from the user's workspace list.
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

    /// Returns the workspace's icon.
    pub fn avatar(&self) -> WorkspaceAvatar {
        WorkspaceAvatar::of(&self.name, &self.slug, &self.brand)
    }

    fn of(slug: Slug, name: String, organization: String, seat: Seat, brand: Brand) -> Self {
        let why = seat.explain(&organization);
        Self { slug, name, organization, role: Some(seat.role()), may: seat.capabilities(), why, brand }
    }
}
