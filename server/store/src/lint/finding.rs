//! Problem in the catalog, as reported by the lint.

use std::fmt;

/// Problem found in the catalog.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Object concerned: `schema.table`, `schema.function(types)` or a role.
    pub object: String,
    /// Description of the problem and its fix.
    pub fault: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.object, self.fault)
    }
}
