//! GET requests: from a URL to its document. Access is decided here, before anything is rendered.

use crate::{
    account::{
        invite::api as invite,
        pages as account,
        security::{prompt as factors, prompt::FactorPrompt},
        start::api as start,
    },
    boot::{AccessRequestOutcome, AccountData, Content, InitialState, Returned},
    console::{
        PageData,
        api::{arrive, load_without_visit},
    },
    documents::shell::rendered,
    error::{AppError, Refusal},
    invoice_files,
    routes::{Page, ReturnTo, Route, SettingsPage, SignInNotice},
    server::{
        broken::broken,
        call::Call,
        page::{SignedIn, bare, redirect, render, signed_in, to_sign_in},
        request::{Purpose, RequestContext},
    },
};
use axum::body::Body;
use http::{Response, StatusCode, Uri};
use model::{Slug, invite::InviteState};
use store::{
    door::{Door, Mode, WorkspaceTx, discarding_writes},
    seats::Freshness,
};

/// Handles a GET request. Returns a document or a redirect.
pub async fn document(context: RequestContext, uri: &Uri) -> Response<Body> {
    let answer = page(Call::new(context.clone()), uri, None);
    let response = match context.purpose {
        Purpose::Visit => answer.await,
        Purpose::Ahead => discarding_writes(answer).await,
    };
    rendered(&context, response).await
}

/// Same as [`document`], with the values of a form that failed validation, and before rendering.
pub(crate) async fn page(call: Call, uri: &Uri, returned: Option<Returned>) -> Response<Body> {
    let mut response = match answer(&call, uri, returned).await {
        Ok(response) => response,
        Err(AppError::Unavailable) => unavailable_page(&call.request),
        // The session ended between two reads of the page.
        Err(AppError::SignedOut) => to_sign_in(uri),
        Err(AppError::Link(_) | AppError::Absent) => {
            let boot = bare(call.request.theme, Content::Absent, None);
            render(boot, Route::Unknown, StatusCode::NOT_FOUND)
        }
        Err(error) => {
            if error != AppError::Internal {
                tracing::error!(code = error.code(), "a page has no answer to this");
            }
            broken(&call.request)
        }
    };
    call.apply(&mut response);
    response
}

/// Returns the 503 page. It contains no data.
pub async fn unavailable(context: &RequestContext) -> Response<Body> {
    rendered(context, unavailable_page(context)).await
}

fn unavailable_page(context: &RequestContext) -> Response<Body> {
    render(bare(context.theme, Content::Unavailable, None), Route::Unknown, StatusCode::SERVICE_UNAVAILABLE)
}

async fn answer(call: &Call, uri: &Uri, returned: Option<Returned>) -> Result<Response<Body>, AppError> {
    let context = &call.request;
    let route = Route::parse(uri.path(), uri.query().unwrap_or_default());
    // Workspace URLs are redirected to their canonical form later, and only for people who may know of the workspace. A
    // returned form stays, with its input.
    if returned.is_none()
        && !matches!(route, Route::Workspace(..) | Route::AuditExport(..) | Route::InvoiceFile(..))
        && let Some(one) = route.respelled(uri.path())
    {
        return Ok(respelled(uri, &one));
    }
    match route.clone() {
        Route::Workspace(slug, page) => workspace(call, uri, &route, slug, page, returned).await,
        // A person who has just signed out sees the sign-in page, even if the server could not be notified.
        Route::SignIn { notice: Some(notice), .. } if notice != SignInNotice::Arriving => {
            Ok(sign_in(context, route, returned))
        }
        // A returned form shows its errors.
        Route::SignIn { .. } | Route::Landing if returned.is_some() => Ok(sign_in(context, route, returned)),
        Route::SignIn { next, .. } => match signed_in(call, Freshness::Recent).await? {
            Some(_) => Ok(redirect(StatusCode::SEE_OTHER, next.as_ref().map_or("/", ReturnTo::as_str))),
            None if factors::awaits(call).await? => Ok(redirect(StatusCode::SEE_OTHER, &Route::Factor { next }.url())),
            None => Ok(sign_in(context, route, returned)),
        },
        Route::Landing => match signed_in(call, Freshness::Now).await? {
            Some(person) => Ok(redirect(StatusCode::SEE_OTHER, &landing(&person))),
            None if factors::awaits(call).await? => {
                Ok(redirect(StatusCode::SEE_OTHER, &Route::Factor { next: None }.url()))
            }
            None => Ok(sign_in(context, route, returned)),
        },
        Route::Start(start) => start::page(call, uri, &start, returned).await,
        Route::Invite(token) => {
            let found = invite::find_invite(call, &token).await?;
            let status = match &found {
                Some((invite, _)) if invite.state == InviteState::Open => StatusCode::OK,
                Some(_) => StatusCode::GONE,
                None => StatusCode::NOT_FOUND,
            };
            let content = AccountData::Invite(found.map(Box::new));
            Ok(match signed_in(call, Freshness::Recent).await? {
                Some(person) => person.render(context, route, content, returned, status),
                None => {
                    let status = if returned.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { status };
                    render(bare(context.theme, content, returned), route, status)
                }
            })
        }
        Route::AuditExport(slug, query) => match crate::console::settings::api::export(call, &slug, &query).await {
            Ok(file) => Ok(match route.respelled(uri.path()) {
                Some(one) => respelled(uri, &one),
                None => file,
            }),
            // The audit log page shows the reason.
            Err(
                AppError::Absent
                | AppError::Gone
                | AppError::Moved(_)
                | AppError::SignedOut
                | AppError::Factor
                | AppError::Denied(_),
            ) => workspace(call, uri, &route, slug, Page::Settings(SettingsPage::Audit(query)), None).await,
            Err(error) => Err(error),
        },
        Route::InvoiceFile(slug, id, file) => match invoice_files::download(call, &slug, id, file).await {
            Ok(file) => Ok(match route.respelled(uri.path()) {
                Some(one) => respelled(uri, &one),
                None => file,
            }),
            // The page of the document shows the reason.
            Err(
                AppError::Absent
                | AppError::Gone
                | AppError::Moved(_)
                | AppError::SignedOut
                | AppError::Factor
                | AppError::Denied(_),
            ) => workspace(call, uri, &route, slug, Page::Invoice(id), None).await,
            Err(error) => Err(error),
        },
        Route::Factor { next } => match factors::factor_prompt(call, next.as_ref()).await? {
            FactorPrompt::SignedOut => Ok(redirect(StatusCode::SEE_OTHER, &Route::SignIn { next, notice: None }.url())),
            FactorPrompt::Done(path) => Ok(redirect(StatusCode::SEE_OTHER, &path)),
            FactorPrompt::Ask(ask, principal) => {
                let boot = InitialState {
                    now: principal.as_ref().map(|principal| principal.now),
                    person: principal.map(|principal| principal.person),
                    picker_is_whole: false,
                    ..bare(context.theme, AccountData::Factor(ask), returned)
                };
                let status = if boot.returned.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
                Ok(render(boot, route, status))
            }
        },
        Route::Home { .. }
        | Route::Profile { .. }
        | Route::Preferences { .. }
        | Route::Security { .. }
        | Route::Sessions
        | Route::Tokens
        | Route::Organization(..)
        | Route::OrganizationAudit(..)
        | Route::NewWorkspace
        | Route::Unknown => {
            // Without JavaScript, loading the picker refreshes it.
            let freshness = if matches!(route, Route::Home { .. }) { Freshness::Now } else { Freshness::Recent };
            let Some(person) = signed_in(call, freshness).await? else { return Ok(to_sign_in(uri)) };
            match account::load(call, &route).await {
                Ok(content) => Ok(person.render(context, route, content, returned, StatusCode::OK)),
                Err(AppError::Absent) => {
                    Ok(person.absent(context, Route::Unknown, Content::Absent, StatusCode::NOT_FOUND))
                }
                Err(error) => Err(error),
            }
        }
    }
}

fn sign_in(context: &RequestContext, route: Route, returned: Option<Returned>) -> Response<Body> {
    let status = if returned.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    render(bare(context.theme, Content::SignIn, returned), route, status)
}

/// Returns the start page: the last active workspace, or the picker if the person prefers it or has entered no
/// workspace.
fn landing(user: &SignedIn) -> String {
    let last = if user.principal.lands_on_picker { None } else { user.picker.default_workspace() };
    match last {
        Some(workspace) => Page::Overview.in_another_workspace(workspace.seat.capabilities()).url(&workspace.slug),
        None => Route::home().url(),
    }
}

/// Returns the response to an access request. The same whether or not the workspace exists.
pub(crate) async fn access_requested(
    call: &Call,
    uri: &Uri,
    outcome: AccessRequestOutcome,
) -> Result<Response<Body>, AppError> {
    let Some(person) = signed_in(call, Freshness::Recent).await? else { return Ok(to_sign_in(uri)) };
    let status = match outcome {
        AccessRequestOutcome::Noted => StatusCode::OK,
        AccessRequestOutcome::Limited => StatusCode::TOO_MANY_REQUESTS,
    };
    Ok(person.absent(&call.request, Route::Unknown, Content::AccessRequested(outcome), status))
}

/// Handles a workspace URL: one transaction checks the membership, records the visit and reads the page, as in a
/// workspace switch. `route` is the requested route: `page`, or a file for which `page` shows errors.
async fn workspace(
    call: &Call,
    uri: &Uri,
    route: &Route,
    slug: Slug,
    page: Page,
    returned: Option<Returned>,
) -> Result<Response<Body>, AppError> {
    let context = &call.request;
    let Some(credential) = context.credential else { return Ok(to_sign_in(uri)) };
    let store = &context.services.store;
    let one = route.respelled(uri.path());
    let request = WorkspaceRequest { slug: &slug, page: &page, respelled: one.as_deref(), returned: returned.as_ref() };
    let entered = match context.purpose {
        // A person who submitted a form has already entered.
        Purpose::Visit if returned.is_none() => {
            let door = store.workspace_visit(&credential, &slug).await?;
            match opened(call, uri, &request, door).await? {
                Ok(tx) => arrive(call, tx, &page).await?,
                Err(instead) => return Ok(instead),
            }
        }
        Purpose::Visit | Purpose::Ahead => {
            let door = store.workspace(&credential, &slug).await?;
            match opened(call, uri, &request, door).await? {
                Ok(tx) => load_without_visit(call, tx, &page).await?,
                Err(instead) => return Ok(instead),
            }
        }
    };
    let status = match entered.data {
        PageData::Missing => StatusCode::NOT_FOUND,
        PageData::Denied(_) => StatusCode::FORBIDDEN,
        _ => StatusCode::OK,
    };
    let Some(user) = signed_in(call, Freshness::Recent).await? else { return Ok(to_sign_in(uri)) };
    let content = Content::Workspace { entry: Box::new(entered.entry), data: Box::new(entered.data) };
    Ok(user.render(context, Route::Workspace(slug, page), content, returned, status))
}

/// Requested page of a workspace.
struct WorkspaceRequest<'a> {
    slug: &'a Slug,
    page: &'a Page,
    /// Canonical path, if the requested one differs.
    respelled: Option<&'a str>,
    /// Form to return. It keeps its URL.
    returned: Option<&'a Returned>,
}

/// Returns the transaction if access is granted, otherwise the response.
async fn opened<M: Mode>(
    call: &Call,
    uri: &Uri,
    request: &WorkspaceRequest<'_>,
    door: Door<WorkspaceTx<M>>,
) -> Result<Result<WorkspaceTx<M>, Response<Body>>, AppError> {
    let WorkspaceRequest { slug, page, respelled: one, returned } = *request;
    let (content, status) = match door {
        Door::Open(tx) => {
            if let (Some(one), None) = (one, returned) {
                tx.commit().await?;
                return Ok(Err(respelled(uri, one)));
            }
            call.set_workspace(tx.id());
            // The overview is the entry page. A role that may not see it is redirected to the first page that it may
            // see. Other pages that are not allowed show the reason, at their own URL.
            let may = tx.tenant().seat.capabilities();
            if *page == Page::Overview && !may.has(page.requires()) {
                let first = page.in_another_workspace(may).url(slug);
                return Ok(Err(redirect(StatusCode::SEE_OTHER, &first)));
            }
            return Ok(Ok(tx));
        }
        Door::SignedOut => return Ok(Err(to_sign_in(uri))),
        Door::Moved(to) => return Ok(Err(moved(uri, slug, &to, one))),
        Door::Factor(_) => return Ok(Err(redirect(StatusCode::SEE_OTHER, &factors::detour(slug, page)))),
        Door::Gone(_) => (Content::Gone, StatusCode::GONE),
        Door::Absent(_) | Door::Mismatch => (Content::Absent, StatusCode::NOT_FOUND),
    };
    let Some(user) = signed_in(call, Freshness::Recent).await? else { return Ok(Err(to_sign_in(uri))) };
    Ok(Err(user.absent(&call.request, Route::Workspace(slug.clone(), page.clone()), content, status)))
}

/// Redirects to the same path and query under the workspace's new slug.
fn moved(uri: &Uri, from: &Slug, to: &Slug, one: Option<&str>) -> Response<Body> {
    let path = one.unwrap_or_else(|| uri.path());
    let rest = path.strip_prefix('/').and_then(|p| p.strip_prefix(from.as_str())).unwrap_or_default();
    respelled(uri, &format!("/{to}{rest}"))
}

/// Redirects to another path with the same query.
fn respelled(uri: &Uri, path: &str) -> Response<Body> {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    redirect(StatusCode::MOVED_PERMANENTLY, &format!("{path}{query}"))
}

/// Redirects to the picker, with the reason why the workspace could not be opened.
pub(crate) fn back_to_picker(refusal: Refusal) -> Response<Body> {
    redirect(StatusCode::SEE_OTHER, &Route::Home { refused: Some(refusal) }.url())
}
