//! What a page of an organization shows.

use model::{
    OrganizationRole,
    members::{Members, OrganizationProfile, OrganizationWorkspace},
};
use serde::{Deserialize, Serialize};

/// What a page of an organization shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrganizationView {
    /// The organization.
    pub profile: OrganizationProfile,
    /// What the page is about.
    pub data: OrganizationData,
}

/// The data of one page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationData {
    /// Members and invites.
    Members(Box<Members<OrganizationRole>>),
    /// Workspaces and the domains that may join them.
    Workspaces(Vec<OrganizationWorkspace>),
    /// All that a member who manages nothing sees: their own role.
    Mine(OrganizationRole),
}
