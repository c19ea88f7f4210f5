//! A workspace as the console knows it once a person has entered.

use crate::{
    capability::Capability,
    id::{OrganizationId, UserId, WorkspaceId},
    picture::{Brand, PictureName},
    seat::Seat,
    slug::Slug,
};
use serde::{Deserialize, Serialize};

/// What the chrome shows of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceProfile {
    /// Its id.
    pub id: WorkspaceId,
    /// Its address.
    pub slug: Slug,
    /// Its name.
    pub name: String,
    /// The organization that owns it.
    pub organization_id: OrganizationId,
    /// That organization's name.
    pub organization: String,
    /// Its colour and logo.
    #[serde(default)]
    pub brand: Brand,
}

/// A person's presence in one workspace, as proven when it was entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The workspace.
    pub workspace: WorkspaceProfile,
    /// The seat at that moment: for showing and hiding only, the server looks again at each request.
    pub seat: Seat,
    /// The grant: names this workspace, this person and this session on each request of the tab that holds it.
    pub grant: String,
}

impl Entry {
    /// Whether the seat showed `capability` when the workspace was entered.
    pub fn may(&self, capability: Capability) -> bool {
        self.seat.capabilities().has(capability)
    }
}

/// The person who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their portrait.
    #[serde(default)]
    pub portrait: Option<PictureName>,
}
