//! Organization pages: members, invites, workspaces, domains and audit log.

#[cfg(feature = "ssr")]
pub(crate) mod api;
mod audit;
mod data;
mod page;

pub use audit::OrganizationAuditPage;
pub use data::{OrganizationData, OrganizationView};
pub use page::OrganizationShell;
