//! Invariants of invites and access requests: an invite gives a seat only to the user whose verified email address it
//! names, only once, and with no higher role than its sender can grant at that moment. A request for access does not
//! reveal whether the workspace exists (docs/SECURITY.md, I-12, I-16).

mod acceptance;
mod domains;
mod helpers;
mod links;
mod organizations;
mod requests;
mod sending;
mod tenants;
