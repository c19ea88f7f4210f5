//! An organization: its members, invites, workspaces, domains and audit log.

#[cfg(feature = "ssr")]
pub(crate) mod api;
mod audit;
mod page;

pub use audit::OrganizationAuditPage;
pub use page::{OrganizationData, OrganizationShell, OrganizationView};
