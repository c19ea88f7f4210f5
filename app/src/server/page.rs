//! Page responses: the data of a page and the person it is for. `documents` renders them.

use super::{call::Call, request::RequestContext};
use crate::{
    boot::{AccountData, Content, InitialState, PICKER_ROWS_IN_DOCUMENT, Returned, Theme},
    deferred::Deferred,
    error::AppError,
    routes::{ReturnTo, Route},
};
use axum::body::Body;
use http::{HeaderValue, Response, StatusCode, Uri, header};
use model::{
    id::WorkspaceId,
    picker::{Picker, PickerOrganization, PickerWorkspace},
    settings::DeletedWorkspace,
};
use std::sync::Arc;
use store::{door::Principal, seats::Freshness};
use time::OffsetDateTime;

/// Data of a document, stored in the extensions of a response without a body. `documents::shell` renders it.
#[derive(Clone)]
pub(crate) struct DocumentData {
    pub(crate) boot: Arc<InitialState>,
    pub(crate) route: Route,
}

/// Creates a document response with its status but without its body. `documents::shell` adds the body.
pub(crate) fn render(boot: InitialState, route: Route, status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response.extensions_mut().insert(DocumentData { boot: Arc::new(boot), route });
    response
}

pub(crate) fn bare(theme: Theme, content: impl Into<Content>, returned: Option<Returned>) -> InitialState {
    InitialState {
        person: None,
        picker: None,
        picker_is_whole: true,
        theme,
        now: None,
        content: content.into(),
        returned: returned.map(Deferred::new),
    }
}

/// Redirects to a path of this console. A path that a browser could interpret as another host is replaced by `/`.
pub(crate) fn redirect(status: StatusCode, to: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    if let Ok(location) = HeaderValue::from_str(if is_local(to) { to } else { "/" }) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// Returns `true` if no browser interprets the path as `//host`. Browsers treat backslashes as slashes and skip tabs.
fn is_local(path: &str) -> bool {
    let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    plain && path.starts_with('/') && !path.starts_with("//")
}

/// Redirects to the sign-in page, with this URL as the return path.
pub(crate) fn to_sign_in(uri: &Uri) -> Response<Body> {
    let next = uri.path_and_query().and_then(|p| ReturnTo::parse(p.as_str()));
    redirect(StatusCode::SEE_OTHER, &Route::SignIn { next, notice: None }.url())
}

/// Signed-in person with their workspace list.
pub(crate) struct SignedIn {
    pub(crate) principal: Principal,
    pub(crate) picker: Picker,
}

pub(crate) async fn signed_in(call: &Call, freshness: Freshness) -> Result<Option<SignedIn>, AppError> {
    let Some(credential) = call.request.credential else { return Ok(None) };
    let store = &call.request.services.store;
    let Some((principal, picker)) = store.picker(&credential, freshness).await? else { return Ok(None) };
    call.set_user(principal.person.id);
    Ok(Some(SignedIn { principal, picker: Picker::clone(&picker) }))
}

impl SignedIn {
    pub(crate) fn render(
        self,
        context: &RequestContext,
        route: Route,
        content: impl Into<Content>,
        returned: Option<Returned>,
        status: StatusCode,
    ) -> Response<Body> {
        let content = content.into();
        let lists_all = match &content {
            Content::Account(data) => matches!(data.get(), AccountData::Home { .. }),
            content => matches!(content, Content::NewWorkspace),
        };
        let whole = lists_all || self.picker.count() <= PICKER_ROWS_IN_DOCUMENT;
        let picker = if whole { self.picker } else { shortened(self.picker) };
        let refused = returned.as_ref().is_some_and(Returned::is_refused);
        let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { status };
        let boot = InitialState {
            now: Some(self.principal.now),
            person: Some(self.principal.person),
            picker: Some(picker),
            picker_is_whole: whole,
            theme: context.theme,
            content,
            returned: returned.map(Deferred::new),
        };
        render(boot, route, status)
    }

    /// Renders a page that is independent of the requested URL. Its workspace list contains only the default workspace,
    /// without timestamps.
    pub(crate) fn absent(
        self,
        context: &RequestContext,
        route: Route,
        content: Content,
        status: StatusCode,
    ) -> Response<Body> {
        let Self { principal, picker, .. } = self;
        let boot = InitialState {
            person: Some(principal.person),
            picker: Some(Picker { deleted: restorable(&picker, &route, &content), ..way_out(&picker) }),
            picker_is_whole: false,
            theme: context.theme,
            now: None,
            content,
            returned: None,
        };
        render(boot, route, status)
    }
}

/// Returns the deleted workspace of this URL if the person can restore it.
fn restorable(picker: &Picker, route: &Route, content: &Content) -> Vec<DeletedWorkspace> {
    match (route, content) {
        (Route::Workspace(slug, _), Content::Gone) => {
            picker.deleted.iter().filter(|d| d.slug == *slug).cloned().collect()
        }
        _ => Vec::new(),
    }
}

/// Returns the list reduced to the person's default workspace.
fn way_out(picker: &Picker) -> Picker {
    let default = picker.default_workspace().map(|w| w.id);
    let organizations = picker
        .organizations
        .iter()
        .filter_map(|o| {
            let workspace = o.workspaces.iter().find(|w| Some(w.id) == default)?;
            let workspaces = vec![PickerWorkspace { opened: None, waiting: 0, ..workspace.clone() }];
            Some(PickerOrganization { workspaces, ..o.clone() })
        })
        .collect();
    let (deleted, epoch) = (Vec::new(), String::new());
    Picker {
        organizations,
        deleted,
        order: picker.order,
        recents_since: None,
        epoch,
        as_of: OffsetDateTime::UNIX_EPOCH,
    }
}

/// Returns the most recently opened rows of a long list; the browser loads the rest.
fn shortened(mut picker: Picker) -> Picker {
    let mut times: Vec<_> = picker.rows().map(|(_, w)| (w.opened, w.id)).collect();
    times.sort_by_key(|(opened, _)| std::cmp::Reverse(*opened));
    let kept: std::collections::HashSet<WorkspaceId> =
        times.into_iter().take(PICKER_ROWS_IN_DOCUMENT).map(|(_, id)| id).collect();
    for organization in &mut picker.organizations {
        organization.workspaces.retain(|w| kept.contains(&w.id));
    }
    picker.organizations.retain(|o| !o.workspaces.is_empty());
    picker
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_redirect_leads_to_another_host() {
        for (to, location) in [
            ("/smartai-it/overview?q=//x", "/smartai-it/overview?q=//x"),
            ("//smartai-it/overview", "/"),
            ("/\\evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("\\\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("evil.example", "/"),
            ("", "/"),
        ] {
            let response = redirect(StatusCode::SEE_OTHER, to);
            assert_eq!(response.headers()[header::LOCATION], location, "{to:?}");
        }
    }
}
