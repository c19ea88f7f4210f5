//! Workspace plane: the part of the application below `/{slug}`, which shows one workspace. Contains the scope, which
//! holds the state of the workspace, the shell, and a module for each record type.

mod access;
mod access_lost;
#[cfg(feature = "ssr")]
pub(crate) mod api;
mod arrival;
mod cells;
mod current_workspace;
mod customers;
mod data;
mod detail;
mod dispose;
mod form;
#[cfg(feature = "ssr")]
pub(crate) mod handlers;
mod host;
mod invoices;
mod list;
mod overview;
mod pages;
mod palette;
mod plane;
mod prefetch;
mod products;
mod rate_plans;
mod record_action;
mod requests;
mod scope;
mod server_fns;
pub(crate) mod settings;
mod shell;
mod status;
mod switcher;
mod usage;
mod visit;

pub use access_lost::AccessLost;
pub use data::{AuditView, Entered, PageData, Scoped, VisitData};
pub use host::visit_placeholder;
pub use pages::{WorkspaceRoutes, draw, is_in_main_bundle};
pub use palette::Palette;
pub use prefetch::Prefetcher;
pub use scope::Scope;
pub use server_fns::*;
pub use settings::{audit_table, check_slug, delete_workspace, save_general};
pub use shell::ShellInfo;
pub use visit::Visit;
