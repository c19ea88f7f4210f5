//! Form POSTs without JavaScript: forms POST to the URL of their own page. The response is a redirect on success,
//! otherwise the page with the entered values and the errors.

use crate::{
    account::{identity, pages as account},
    boot::{Content, Returned},
    console::handlers as console,
    documents::{
        document::{access_requested, back_to_picker, page},
        shell::rendered,
    },
    error::AppError,
    routes::{Page, ReturnTo, Route, SignInNotice},
    seats::{access, api as seats},
    server::{
        call::Call,
        form::{Form, Outcome, Posted, prove_first},
        page::{bare, redirect, render},
        request::RequestContext,
    },
};
use axum::body::Body;
use http::{HeaderValue, Response, StatusCode, Uri, header};
use model::{Slug, id::OrganizationId, invite::to_correct, members::ActionOutcome};
use store::door::discarding_writes;

/// URL of the sign-out forms. It has no page.
const SIGN_OUT: &str = "/sign-out";

/// Handles a form POST of a page.
pub async fn submit(context: RequestContext, uri: &Uri, posted: Posted) -> Response<Body> {
    let call = Call::new(context);
    let mut form = Form(posted.fields, posted.file);
    let outcome = act(&call, uri, &mut form).await;
    respond(call, uri, form, outcome).await
}

/// Returns the response to a form that was handled elsewhere: a redirect to the path, or the page with the error.
pub async fn answer(
    context: RequestContext,
    uri: &Uri,
    posted: Posted,
    result: Result<String, AppError>,
) -> Response<Body> {
    respond(Call::new(context), uri, Form(posted.fields, posted.file), result.map(Outcome::Go)).await
}

async fn respond(call: Call, uri: &Uri, form: Form, outcome: Result<Outcome, AppError>) -> Response<Body> {
    let mut response = match outcome {
        Ok(Outcome::Go(path)) => redirect(StatusCode::SEE_OTHER, &path),
        Ok(Outcome::Show(response)) => response,
        // Rendering the page again does not count as a visit.
        Ok(Outcome::Again(returned)) => {
            let mut response = discarding_writes(page(call.clone(), uri, Some(returned))).await;
            if response.status() == StatusCode::UNPROCESSABLE_ENTITY {
                *response.status_mut() = StatusCode::OK;
            }
            response
        }
        Err(AppError::SignedOut) => {
            let next = ReturnTo::parse(uri.path());
            let to = Route::SignIn { next, notice: Some(SignInNotice::Elsewhere) };
            redirect(StatusCode::SEE_OTHER, &to.url())
        }
        Err(AppError::Refused(refusal)) => back_to_picker(refusal),
        // The page has its own response: 404, 410, 301, or an invalid link. Rendering it does not count as a visit.
        Err(AppError::Absent | AppError::Gone | AppError::Moved(_) | AppError::Link(_)) => {
            discarding_writes(page(call.clone(), uri, None)).await
        }
        Err(error) => {
            let returned = form.returned(&call, &error, uri);
            let mut response = discarding_writes(page(call.clone(), uri, Some(returned))).await;
            // The page redirects or can't be shown, but the form had no effect, which must be reported.
            let nothing = error.fields().of("action").is_some() && call.request.credential.is_some();
            if nothing && (response.status().is_redirection() || uri.path() == SIGN_OUT) {
                let boot = bare(call.request.theme, Content::Absent, None);
                response = render(boot, Route::Unknown, StatusCode::UNPROCESSABLE_ENTITY);
            }
            if response.status().is_success() || response.status() == StatusCode::UNPROCESSABLE_ENTITY {
                *response.status_mut() =
                    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
            }
            if let Some(Ok(value)) = error.retry_after().map(|seconds| HeaderValue::from_str(&seconds.to_string())) {
                response.headers_mut().insert(header::RETRY_AFTER, value);
            }
            response
        }
    };
    call.apply(&mut response);
    rendered(&call.request, response).await
}

async fn act(call: &Call, uri: &Uri, form: &mut Form) -> Result<Outcome, AppError> {
    if uri.path() == SIGN_OUT {
        form.expect_action_if_any("sign-out")?;
        identity::sign_out(call).await?;
        let notice = Some(SignInNotice::SignedOut);
        return Ok(Outcome::Go(Route::SignIn { next: None, notice }.url()));
    }
    let route = Route::parse(uri.path(), uri.query().unwrap_or_default());
    match &route {
        Route::Workspace(..) | Route::Organization(..) | Route::Unknown if form.get("action") == "request_access" => {
            form.expect_action("request_access")?;
            request_access(call, uri).await
        }
        Route::Workspace(slug, page) if seats::is_here(page) => members(call, uri, slug, form).await,
        // The form is on the page of a deleted workspace.
        Route::Workspace(slug, _) if form.get("action") == "restore-workspace" => {
            form.expect_action("restore-workspace")?;
            let here = Route::Workspace(slug.clone(), Page::Overview);
            account::restore(call, form.get("slug"), &here).await
        }
        Route::Workspace(slug, page) => console::submit(call, slug, page, form).await,
        Route::Organization(id, _) => organization(call, uri, &route, *id, form).await,
        route => account::submit(call, route, form).await,
    }
}

async fn request_access(call: &Call, uri: &Uri) -> Result<Outcome, AppError> {
    match access::request(call, uri).await? {
        Some(outcome) => access_requested(call, uri, outcome).await.map(Outcome::Show),
        None => Ok(Outcome::Go(uri.path().to_owned())),
    }
}

/// Handles the forms of a workspace's members page.
async fn members(call: &Call, uri: &Uri, slug: &Slug, form: &Form) -> Result<Outcome, AppError> {
    let action = form.member_action()?;
    let done = seats::act(call, slug, form.get("grant"), &action).await?;
    told(call, uri, done).await
}

/// Handles the forms of the organization pages.
async fn organization(
    call: &Call,
    uri: &Uri,
    here: &Route,
    id: OrganizationId,
    form: &Form,
) -> Result<Outcome, AppError> {
    let action = form.member_action()?;
    match crate::account::organization::api::act(call, id, &action).await {
        Ok(done) => told(call, uri, done).await,
        Err(AppError::Factor) => Ok(prove_first(here)),
        Err(error) => Err(error),
    }
}

/// Returns the page again. The result for each email address is in this response, because its invite links are shown
/// only once.
async fn told(call: &Call, uri: &Uri, done: ActionOutcome) -> Result<Outcome, AppError> {
    if done.left {
        return Ok(Outcome::Go(Route::home().url()));
    }
    if done.results.is_empty() {
        return Ok(Outcome::Go(uri.path().to_owned()));
    }
    // The field keeps only the entries to correct.
    let values = vec![("emails".to_owned(), to_correct(&done.results))];
    let returned = Returned { values, results: done.results, ..Returned::default() };
    Ok(Outcome::Show(page(call.clone(), uri, Some(returned)).await))
}
