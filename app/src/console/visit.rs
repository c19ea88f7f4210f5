//! Page that is rebuilt for each visit.

use super::scope::Scope;
use crate::routes::Page;

/// Page that is rebuilt for each visit. Its state, such as typed input and open menus, ends with the visit.
#[derive(Clone, PartialEq)]
pub struct Visit {
    /// Scope of the workspace.
    pub scope: Scope,
    /// Page in the URL.
    pub page: Page,
}
