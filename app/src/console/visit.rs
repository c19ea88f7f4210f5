//! A page that is built anew for each visit.

use super::scope::Scope;
use crate::routes::Page;

/// A page of one visit: what is typed, opened or chosen in it ends with that.
#[derive(Clone, PartialEq)]
pub struct Visit {
    /// The workspace.
    pub scope: Scope,
    /// The page.
    pub page: Page,
}
