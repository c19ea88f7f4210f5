//! GET: from an address to its document. Who may see what is decided here, before anything is rendered.

use super::{
    Call, Purpose, RequestContext, broken,
    console::{arrive, look},
    factors::{self, Asking as AskingFactor},
    identity, invite, organization, profile,
    shell::{render, rendered},
    start,
};
use crate::{
    boot::{AccountData, Asking, Boot, Content, PICKER_ROWS_IN_DOCUMENT, Returned, Theme},
    console::PageData,
    error::{AppError, Refusal},
    packed::Packed,
    routes::{Page, ReturnTo, Route, SettingsPage, SignInNotice},
};
use axum::body::Body;
use http::{HeaderValue, Response, StatusCode, Uri, header};
use model::{
    Slug,
    id::WorkspaceId,
    invite::InviteState,
    picker::{Picker, PickerOrganization, PickerWorkspace},
    settings::DeletedWorkspace,
};
use store::{
    door::{Door, Live, Mode, WorkspaceTx, keeping_nothing},
    seats::Freshness,
};
use time::OffsetDateTime;

/// Answers a GET with a document or a redirect.
pub async fn document(context: RequestContext, uri: &Uri) -> Response<Body> {
    let answer = page(Call::new(context.clone()), uri, None);
    let response = match context.purpose {
        Purpose::Visit => answer.await,
        Purpose::Ahead => keeping_nothing(answer).await,
    };
    rendered(&context, response).await
}

/// The same with a form that came back, and before it is rendered.
pub(super) async fn page(call: Call, uri: &Uri, returned: Option<Returned>) -> Response<Body> {
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

/// The 503 page: says that nothing is lost, and nothing else.
pub async fn unavailable(context: &RequestContext) -> Response<Body> {
    rendered(context, unavailable_page(context)).await
}

fn unavailable_page(context: &RequestContext) -> Response<Body> {
    render(bare(context.theme, Content::Unavailable, None), Route::Unknown, StatusCode::SERVICE_UNAVAILABLE)
}

pub(super) fn bare(theme: Theme, content: impl Into<Content>, returned: Option<Returned>) -> Boot {
    Boot {
        person: None,
        picker: None,
        picker_is_whole: true,
        theme,
        now: None,
        content: content.into(),
        returned: returned.map(Packed::new),
    }
}

/// Redirects to a path of this console. A path that a browser could read as another host leads to the start.
pub(super) fn redirect(status: StatusCode, to: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    if let Ok(location) = HeaderValue::from_str(if is_local(to) { to } else { "/" }) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// Whether no browser reads the path as `//host`. Browsers treat backslashes as slashes and skip tabs.
fn is_local(path: &str) -> bool {
    let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    plain && path.starts_with('/') && !path.starts_with("//")
}

async fn answer(call: &Call, uri: &Uri, returned: Option<Returned>) -> Result<Response<Body>, AppError> {
    let context = &call.request;
    let route = Route::parse(uri.path(), uri.query().unwrap_or_default());
    // Only people who may know of the workspace are redirected to its spelling. A returned form stays, with its input.
    if returned.is_none()
        && !matches!(route, Route::Workspace(..) | Route::AuditExport(..))
        && let Some(one) = route.respelled(uri.path())
    {
        return Ok(respelled(uri, &one));
    }
    match route.clone() {
        Route::Workspace(slug, page) => workspace(call, uri, &route, slug, page, returned).await,
        // Whoever has just left stays out, even if the server could not be told.
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
        Route::Home { refused } => match signed_in(call, Freshness::Now).await? {
            // Loading the picker is its refresh when there is no script.
            Some(person) => {
                let notices = Box::new(invite::notices(call).await?);
                Ok(person.render(context, route, AccountData::Home { refused, notices }, returned, StatusCode::OK))
            }
            None => Ok(to_sign_in(uri)),
        },
        Route::Tokens => match signed_in(call, Freshness::Recent).await? {
            Some(person) => {
                let content = AccountData::Tokens { tokens: identity::tokens(call).await?, created: None };
                Ok(person.render(context, route, content, returned, StatusCode::OK))
            }
            None => Ok(to_sign_in(uri)),
        },
        Route::Start(start) => start::page(call, uri, &start, returned).await,
        Route::Profile { .. } => match signed_in(call, Freshness::Recent).await? {
            Some(person) => {
                let content = AccountData::Profile(profile::load(call).await?);
                Ok(person.render(context, route, content, returned, StatusCode::OK))
            }
            None => Ok(to_sign_in(uri)),
        },
        Route::Invite(token) => {
            let found = invite::look(call, &token).await?;
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
        Route::Organization(id, page) => match signed_in(call, Freshness::Recent).await? {
            Some(person) => match organization::page(call, id, page).await {
                Ok(view) => {
                    let content = AccountData::Organization(Box::new(view));
                    Ok(person.render(context, route, content, returned, StatusCode::OK))
                }
                Err(AppError::Absent) => {
                    Ok(person.absent(context, Route::Unknown, Content::Absent, StatusCode::NOT_FOUND))
                }
                Err(error) => Err(error),
            },
            None => Ok(to_sign_in(uri)),
        },
        Route::Sessions => match signed_in(call, Freshness::Recent).await? {
            Some(person) => {
                let sessions = super::sessions::list(call).await?;
                let content = AccountData::Sessions { sessions, tokens: super::sessions::token_names(call).await? };
                Ok(person.render(context, route, content, returned, StatusCode::OK))
            }
            None => Ok(to_sign_in(uri)),
        },
        Route::Security { .. } => match signed_in(call, Freshness::Recent).await? {
            Some(person) => {
                let content = AccountData::Security(Box::new(factors::security(call).await?));
                Ok(person.render(context, route, content, returned, StatusCode::OK))
            }
            None => Ok(to_sign_in(uri)),
        },
        Route::Preferences { .. } => match signed_in(call, Freshness::Recent).await? {
            Some(person) => {
                let content = AccountData::Preferences(profile::preferences(call).await?);
                Ok(person.render(context, route, content, returned, StatusCode::OK))
            }
            None => Ok(to_sign_in(uri)),
        },
        Route::NewWorkspace => match signed_in(call, Freshness::Recent).await? {
            Some(person) => Ok(person.render(context, route, Content::NewWorkspace, returned, StatusCode::OK)),
            None => Ok(to_sign_in(uri)),
        },
        Route::OrganizationAudit(organization, query) => {
            let log = super::settings::organization_log(call, organization, &query).await?;
            let Some(person) = signed_in(call, Freshness::Recent).await? else { return Ok(to_sign_in(uri)) };
            match log {
                Some((name, log)) => {
                    let content = AccountData::OrganizationAudit { name, log: Box::new(log) };
                    Ok(person.render(context, route, content, None, StatusCode::OK))
                }
                None => Ok(person.absent(context, route, Content::Absent, StatusCode::NOT_FOUND)),
            }
        }
        Route::AuditExport(slug, query) => match super::settings::export(call, &slug, &query).await {
            Ok(file) => Ok(match route.respelled(uri.path()) {
                Some(one) => respelled(uri, &one),
                None => file,
            }),
            // The page of the log says why not.
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
        Route::Factor { next } => match factors::asking(call, next.as_ref()).await? {
            AskingFactor::SignedOut => Ok(redirect(StatusCode::SEE_OTHER, &Route::SignIn { next, notice: None }.url())),
            AskingFactor::Done(path) => Ok(redirect(StatusCode::SEE_OTHER, &path)),
            AskingFactor::Ask(ask, live) => {
                let boot = Boot {
                    now: live.as_ref().map(|live| live.now),
                    person: live.map(|live| live.person),
                    picker_is_whole: false,
                    ..bare(context.theme, AccountData::Factor(ask), returned)
                };
                let status = if boot.returned.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
                Ok(render(boot, route, status))
            }
        },
        Route::Unknown => match signed_in(call, Freshness::Recent).await? {
            Some(person) => Ok(person.absent(context, route, Content::Absent, StatusCode::NOT_FOUND)),
            None => Ok(to_sign_in(uri)),
        },
    }
}

fn sign_in(context: &RequestContext, route: Route, returned: Option<Returned>) -> Response<Body> {
    let status = if returned.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    render(bare(context.theme, Content::SignIn, returned), route, status)
}

/// To sign-in, and back to exactly this address.
pub(super) fn to_sign_in(uri: &Uri) -> Response<Body> {
    let next = uri.path_and_query().and_then(|p| ReturnTo::parse(p.as_str()));
    redirect(StatusCode::SEE_OTHER, &Route::SignIn { next, notice: None }.url())
}

/// The last active workspace; the picker for whoever prefers it or has entered none.
fn landing(who: &Who) -> String {
    let last = if who.live.lands_on_picker { None } else { who.picker.default_workspace() };
    match last {
        Some(workspace) => Page::Overview.in_another_workspace(workspace.seat.capabilities()).url(&workspace.slug),
        None => Route::home().url(),
    }
}

/// Who is signed in, with what they can reach.
pub(super) struct Who {
    live: Live,
    picker: Picker,
}

pub(super) async fn signed_in(call: &Call, freshness: Freshness) -> Result<Option<Who>, AppError> {
    let Some(credential) = call.request.credential else { return Ok(None) };
    let store = &call.request.services.store;
    let Some((live, picker)) = store.picker(&credential, freshness).await? else { return Ok(None) };
    call.asked_by(live.person.id);
    Ok(Some(Who { live, picker: Picker::clone(&picker) }))
}

impl Who {
    pub(super) fn render(
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
        let boot = Boot {
            now: Some(self.live.now),
            person: Some(self.live.person),
            picker: Some(picker),
            picker_is_whole: whole,
            theme: context.theme,
            content,
            returned: returned.map(Packed::new),
        };
        render(boot, route, status)
    }

    /// A page that is the same whatever was asked for: of the list of seats it carries the way out and no time.
    fn absent(self, context: &RequestContext, route: Route, content: Content, status: StatusCode) -> Response<Body> {
        let Self { live, picker, .. } = self;
        let boot = Boot {
            person: Some(live.person),
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

/// Of the workspaces that the person can restore, the one that was asked for.
fn restorable(picker: &Picker, route: &Route, content: &Content) -> Vec<DeletedWorkspace> {
    match (route, content) {
        (Route::Workspace(slug, _), Content::Gone) => {
            picker.deleted.iter().filter(|d| d.slug == *slug).cloned().collect()
        }
        _ => Vec::new(),
    }
}

/// The list with nothing but the person's default workspace in it.
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

/// The most recent rows of a long list; the browser asks for the rest.
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

/// The answer to asking for a seat, the same whether there is anything at the address.
pub(super) async fn asked(call: &Call, uri: &Uri, asking: Asking) -> Result<Response<Body>, AppError> {
    let Some(person) = signed_in(call, Freshness::Recent).await? else { return Ok(to_sign_in(uri)) };
    let status = match asking {
        Asking::Noted => StatusCode::OK,
        Asking::Limited => StatusCode::TOO_MANY_REQUESTS,
    };
    Ok(person.absent(&call.request, Route::Unknown, Content::Asked(asking), status))
}

/// A deep link: one request checks the seat, records the visit and reads the page, as a switch does. `route` is the
/// requested address: `page`, or a file that `page` answers for.
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
    let asked = Asked { slug: &slug, page: &page, respelled: one.as_deref(), returned: returned.as_ref() };
    let entered = match context.purpose {
        // The person of a returned form had entered before.
        Purpose::Visit if returned.is_none() => {
            let door = store.workspace_visit(&credential, &slug).await?;
            match opened(call, uri, &asked, door).await? {
                Ok(tx) => arrive(call, tx, &page).await?,
                Err(instead) => return Ok(instead),
            }
        }
        Purpose::Visit | Purpose::Ahead => {
            let door = store.workspace(&credential, &slug).await?;
            match opened(call, uri, &asked, door).await? {
                Ok(tx) => look(call, tx, &page).await?,
                Err(instead) => return Ok(instead),
            }
        }
    };
    let status = match entered.data {
        PageData::Missing => StatusCode::NOT_FOUND,
        PageData::Denied(_) => StatusCode::FORBIDDEN,
        _ => StatusCode::OK,
    };
    let Some(who) = signed_in(call, Freshness::Recent).await? else { return Ok(to_sign_in(uri)) };
    let content = Content::Workspace { entry: Box::new(entered.entry), data: Box::new(entered.data) };
    Ok(who.render(context, Route::Workspace(slug, page), content, returned, status))
}

/// The page of a workspace that an address names.
struct Asked<'a> {
    slug: &'a Slug,
    page: &'a Page,
    /// The canonical spelling, if the address has another one.
    respelled: Option<&'a str>,
    /// The form to return. It keeps its address.
    returned: Option<&'a Returned>,
}

/// The transaction behind a workspace's door, or the answer if it stays closed.
async fn opened<M: Mode>(
    call: &Call,
    uri: &Uri,
    asked: &Asked<'_>,
    door: Door<WorkspaceTx<M>>,
) -> Result<Result<WorkspaceTx<M>, Response<Body>>, AppError> {
    let Asked { slug, page, respelled: one, returned } = *asked;
    let (content, status) = match door {
        Door::Open(tx) => {
            if let (Some(one), None) = (one, returned) {
                tx.commit().await?;
                return Ok(Err(respelled(uri, one)));
            }
            call.served_by(tx.id());
            // The overview is the entry page. A role that may not see it is led to the first page that it allows. Other
            // pages that are not allowed answer with the reason, at their own address.
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
    let Some(who) = signed_in(call, Freshness::Recent).await? else { return Ok(Err(to_sign_in(uri))) };
    Ok(Err(who.absent(&call.request, Route::Workspace(slug.clone(), page.clone()), content, status)))
}

/// The same address under the workspace's new slug, path and query kept.
fn moved(uri: &Uri, from: &Slug, to: &Slug, one: Option<&str>) -> Response<Body> {
    let path = one.unwrap_or_else(|| uri.path());
    let rest = path.strip_prefix('/').and_then(|p| p.strip_prefix(from.as_str())).unwrap_or_default();
    respelled(uri, &format!("/{to}{rest}"))
}

/// Redirects to another path and keeps the query.
fn respelled(uri: &Uri, path: &str) -> Response<Body> {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    redirect(StatusCode::MOVED_PERMANENTLY, &format!("{path}{query}"))
}

/// Sends whoever could not enter back to the picker, with the reason.
pub(super) fn back_to_picker(refusal: Refusal) -> Response<Body> {
    redirect(StatusCode::SEE_OTHER, &Route::Home { refused: Some(refusal) }.url())
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
