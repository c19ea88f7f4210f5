//! Organizations: creation, members, invites, workspaces.

mod founding;
mod invites;
mod members;
mod profile;
mod workspaces;

pub use super::invites::{LinkTokens, Resent, SendOutcome};
pub use founding::{found, found_with_workspace, is_slug_taken};
pub use invites::{mail_allowance, open_invites, resend_invite, revoke_invite, send_invite};
pub use members::{OrganizationMember, leave, people, quit, remove, set_member, set_role, transfer};
pub use profile::{mine, profile};
pub use workspaces::{create_workspaces, stop_auto_join, workspaces};
