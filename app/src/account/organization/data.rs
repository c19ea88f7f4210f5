//! Data of the organization pages.

use model::{
    OrganizationRole,
    members::{Members, OrganizationProfile, OrganizationWorkspace},
};
use serde::{Deserialize, Serialize};

/// Data of an organization page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrganizationView {
    /// Organization's profile.
    pub profile: OrganizationProfile,
    /// Page-specific data.
    pub data: OrganizationData,
}

/// Page-specific data of an organization page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationData {
    /// Members and invites.
    Members(Box<Members<OrganizationRole>>),
    /// Workspaces and the email domains whose users may join them.
    Workspaces(Vec<OrganizationWorkspace>),
    /// The person's own role; all that a member who doesn't manage the organization can see.
    Mine(OrganizationRole),
}
