//! Span of the current request, in which a door records the workspace that it opened.
//!
//! A door can't record it in the current span: at the level `debug`, that is the span of the door itself.

use model::id::WorkspaceId;
use std::cell::Cell;
use tracing::{Instrument as _, Span, field};

tokio::task_local! {
    static REQUEST: RequestSpan;
}

struct RequestSpan {
    span: Span,
    /// The workspace that `span` has, so that it is not recorded twice.
    workspace: Cell<Option<WorkspaceId>>,
}

/// Runs `work` in the span of a request. `span` needs an empty field `workspace_id`.
pub async fn in_request_span<T>(span: Span, work: impl Future<Output = T>) -> T {
    let request = RequestSpan { span: span.clone(), workspace: Cell::new(None) };
    REQUEST.scope(request, work.instrument(span)).await
}

/// Records the workspace in the span of the current request, if there is one.
pub(crate) fn record_workspace(id: WorkspaceId) {
    let _ = REQUEST.try_with(|request| {
        if request.workspace.replace(Some(id)) != Some(id) {
            request.span.record("workspace_id", field::display(id));
        }
    });
}
