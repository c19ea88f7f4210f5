//! The current workspace and user, as known to the console.

use crate::{
    capability::Capability,
    id::{OrganizationId, UserId, WorkspaceId},
    picture::{Brand, PictureName},
    seat::Seat,
    slug::Slug,
};
use serde::{Deserialize, Serialize};

/// Workspace details shown in the page header and navigation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceProfile {
    /// Workspace ID.
    pub id: WorkspaceId,
    /// URL slug.
    pub slug: Slug,
    /// Display name.
    pub name: String,
    /// ID of the organization that owns the workspace.
    pub organization_id: OrganizationId,
    /// Name of that organization.
    pub organization: String,
    /// Accent colour and logo.
    #[serde(default)]
    pub brand: Brand,
}

/// A user's access to one workspace, verified when the workspace was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The opened workspace.
    pub workspace: WorkspaceProfile,
    /// The user's seat at that time. Use it only to show or hide controls: the server checks the seat again on each
    /// request.
    pub seat: Seat,
    /// Grant token that binds each request of this browser tab to this workspace, user and session.
    pub grant: String,
}

impl Entry {
    /// Returns `true` if the seat had `capability` when the workspace was opened.
    pub fn may(&self, capability: Capability) -> bool {
        self.seat.capabilities().has(capability)
    }
}

/// The signed-in user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// User ID.
    pub id: UserId,
    /// Display name.
    pub name: String,
    /// Email address.
    pub email: String,
    /// Profile picture, if the user uploaded one.
    #[serde(default)]
    pub portrait: Option<PictureName>,
}
