//! Results of opening a workspace.

use crate::door::person::Principal;
use model::Slug;

/// Result of opening a workspace.
pub enum Door<T> {
    /// The transaction.
    Open(T),
    /// The workspace has a new slug, and the person has a seat in it.
    Moved(Slug),
    /// The person has a seat, but the workspace requires a second factor that this session has not verified. An
    /// operator token can't verify one, because it does not prove that a person is present.
    Factor(Demand),
    /// The workspace was deleted, and the person had a seat in it.
    Gone(Principal),
    /// The workspace does not exist or the person has no seat in it. The two cases are indistinguishable.
    Absent(Principal),
    /// The credential is not valid.
    SignedOut,
    /// The page that writes was rendered for another workspace or person than the request addresses. Nothing was
    /// written.
    Mismatch,
}

/// Workspace that requires a second factor from a person who has a seat in it.
#[derive(Debug, Clone)]
pub struct Demand {
    /// The person.
    pub principal: Principal,
    /// Name of the workspace.
    pub name: String,
}
