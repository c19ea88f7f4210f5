//! Form POSTs without JavaScript: forms POST to the URL of their own page. The response is a redirect on success,
//! otherwise the page with the entered values and the errors.

use crate::{
    account::{
        SecurityData, identity, invite::api as invite, profile::api as profile, security::api as factors,
        sessions::api as sessions, start::api as start,
    },
    boot::{AccountData, Content, InitialState, Returned},
    console::{pages, settings::api as settings},
    documents::{
        document::{asked, back_to_picker, page},
        shell::rendered,
    },
    error::AppError,
    packed::Packed,
    routes::{Page, ReturnTo, Route, SignInNotice},
    seats::{access, api as seats},
    server::{
        call::Call,
        form::{Form, Outcome, Posted, not_understood},
        page::{bare, redirect, render},
        request::RequestContext,
    },
};
use axum::body::Body;
use http::{HeaderValue, Response, StatusCode, Uri, header};
use model::{
    FieldErrors, Slug,
    factor::FactorAsked,
    id::OrganizationId,
    invite::to_correct,
    members::ActionOutcome,
    token::{TokenLife, TokensThen},
};
use store::{
    door::{Live, keeping_nothing},
    seats::Freshness,
};

/// URL of the sign-out forms. It has no page.
const SIGN_OUT: &str = "/sign-out";

/// Handles a form POST of a page.
pub async fn submit(context: RequestContext, uri: &Uri, posted: Posted) -> Response<Body> {
    let call = Call::new(context);
    let mut form = Form(posted.fields, posted.file);
    let mut response = match act(&call, uri, &mut form).await {
        Ok(Outcome::Go(path)) => redirect(StatusCode::SEE_OTHER, &path),
        Ok(Outcome::Show(response)) => response,
        Err(AppError::SignedOut) => {
            let next = ReturnTo::parse(uri.path());
            let to = Route::SignIn { next, notice: Some(SignInNotice::Elsewhere) };
            redirect(StatusCode::SEE_OTHER, &to.url())
        }
        Err(AppError::Refused(refusal)) => back_to_picker(refusal),
        // The page has its own response: 404, 410, 301, or an invalid link. Rendering it does not count as a visit.
        Err(AppError::Absent | AppError::Gone | AppError::Moved(_) | AppError::Link(_)) => {
            keeping_nothing(page(call.clone(), uri, None)).await
        }
        Err(error) => {
            let returned = form.returned(&call, &error, uri);
            let mut response = keeping_nothing(page(call.clone(), uri, Some(returned))).await;
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
        form.says_if_anything("sign-out")?;
        identity::sign_out(call).await?;
        return Ok(Outcome::Go("/sign-in?notice=signed-out".to_owned()));
    }
    let route = Route::parse(uri.path(), uri.query().unwrap_or_default());
    match &route {
        Route::SignIn { .. } | Route::Landing => {
            form.says_if_anything("sign-in")?;
            let to = identity::sign_in(call, form.get("email"), form.get("password"), form.get("next")).await?;
            Ok(Outcome::Go(call.arrival(to)))
        }
        Route::Tokens => token(call, form).await,
        Route::Start(start) => start::submit(call, start, form).await,
        Route::Profile { .. } => {
            let file = form.1.take();
            profile::submit_profile(call, form, file).await
        }
        Route::Preferences { .. } => profile::submit_preferences(call, form).await,
        Route::Workspace(..) | Route::Organization(..) | Route::Unknown if form.get("action") == "request_access" => {
            form.says("request_access")?;
            request_access(call, uri).await
        }
        Route::Workspace(slug, page) if seats::is_here(page) => members(call, uri, slug, form).await,
        Route::Security { next } => security(call, form, next.clone()).await,
        Route::Factor { next } => {
            form.says("prove")?;
            let next = next.as_ref().map_or("", ReturnTo::as_str);
            factors::prove(call, form.get("code"), next).await.map(Outcome::Go)
        }
        Route::Workspace(slug, page) => workspace(call, slug, page, form).await,
        Route::Organization(id, _) => organization(call, uri, &route, *id, form).await,
        Route::Invite(token) => invite::submit(call, token, form).await.map(Outcome::Go),
        Route::Sessions => session(call, form).await,
        Route::NewWorkspace => {
            form.says("create")?;
            let slug = settings::create_workspace(call, &form.read()).await?;
            Ok(Outcome::Go(Page::Overview.url(&slug)))
        }
        Route::Home { .. } => home(call, form).await,
        // These pages have no actions.
        Route::OrganizationAudit(..) | Route::AuditExport(..) => Err(not_understood()),
        Route::Unknown => Err(AppError::Absent),
    }
}

/// Redirects to the second-factor prompt, which returns to `back`.
fn prove_first(back: &Route) -> Outcome {
    Outcome::Go(Route::Factor { next: ReturnTo::parse(&back.url()) }.url())
}

/// Form actions of the picker.
#[derive(Clone, Copy)]
enum HomeForm {
    Restore,
    Offer(invite::OfferForm),
}

async fn home(call: &Call, form: &Form) -> Result<Outcome, AppError> {
    use invite::OfferForm as Offer;
    let does = form.action(&[
        ("restore-workspace", HomeForm::Restore),
        ("accept", HomeForm::Offer(Offer::Accept)),
        ("decline", HomeForm::Offer(Offer::Decline)),
        ("join", HomeForm::Offer(Offer::Join)),
    ])?;
    let done = match does {
        HomeForm::Restore => restore(call, form, &Route::home()).await,
        HomeForm::Offer(offer) => invite::from_picker(call, offer, form.get("id")).await.map(Outcome::Go),
    };
    match done {
        Err(AppError::Factor) => Ok(prove_first(&Route::home())),
        done => done,
    }
}

/// Form actions of the tokens page.
#[derive(Clone, Copy)]
enum TokenForm {
    Create,
    Revoke,
}

async fn token(call: &Call, form: &Form) -> Result<Outcome, AppError> {
    if let TokenForm::Revoke = form.action(&[("create", TokenForm::Create), ("revoke", TokenForm::Revoke)])? {
        let id = form.get("id").parse().map_err(|_| AppError::Absent)?;
        identity::revoke_token(call, id).await?;
        return Ok(Outcome::Go(Route::Tokens.url()));
    }
    let life = match form.get("life") {
        "" => Some(TokenLife::default()),
        word => TokenLife::from_word(word),
    };
    let life = life.ok_or_else(|| AppError::Invalid(FieldErrors::one("life", "Choose when it expires.")))?;
    // The new token is shown once, in this response: it is not stored and must not be in a URL.
    let made = identity::create_token(call, form.get("name"), life, form.get("password")).await?;
    let services = &call.request.services;
    let found = services.store.picker(&call.credential()?, Freshness::Recent).await?;
    let (live, _) = found.ok_or(AppError::SignedOut)?;
    let boot = InitialState {
        now: Some(live.now),
        person: Some(live.person),
        picker: None,
        picker_is_whole: false,
        theme: call.request.theme,
        content: AccountData::Tokens { tokens: made.tokens, created: Some(made.secret) }.into(),
        returned: None,
    };
    Ok(Outcome::Show(render(boot, Route::Tokens, StatusCode::OK)))
}

async fn request_access(call: &Call, uri: &Uri) -> Result<Outcome, AppError> {
    match access::request(call, uri).await? {
        Some(asking) => asked(call, uri, asking).await.map(Outcome::Show),
        None => Ok(Outcome::Go(uri.path().to_owned())),
    }
}

/// Handles the forms of a workspace's members page.
async fn members(call: &Call, uri: &Uri, slug: &Slug, form: &Form) -> Result<Outcome, AppError> {
    let deed = form.deed()?;
    let done = seats::act(call, slug, form.get("grant"), &deed).await?;
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
    let deed = form.deed()?;
    match crate::account::organization::api::act(call, id, &deed).await {
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

/// Form actions of the sessions page.
#[derive(Clone, Copy)]
enum SessionForm {
    End,
    EndOthers,
    SignOutEverywhere,
}

async fn session(call: &Call, form: &Form) -> Result<Outcome, AppError> {
    match form.action(&[
        ("end", SessionForm::End),
        ("end-others", SessionForm::EndOthers),
        ("sign-out-everywhere", SessionForm::SignOutEverywhere),
    ])? {
        SessionForm::End => {
            drop(sessions::end(call, form.get("id").parse().map_err(|_| AppError::Absent)?).await?);
        }
        SessionForm::EndOthers => drop(sessions::end_others(call).await?),
        SessionForm::SignOutEverywhere => {
            sessions::end_all(call, TokensThen::of_checkbox(form.get("tokens"))).await?;
            return Ok(Outcome::Go("/sign-in?notice=signed-out".to_owned()));
        }
    }
    Ok(Outcome::Go(Route::Sessions.url()))
}

/// Restores a workspace. `here` is the page that contains the form.
async fn restore(call: &Call, form: &Form, here: &Route) -> Result<Outcome, AppError> {
    let slug = Slug::parse(form.get("slug")).map_err(|_| AppError::Absent)?;
    match settings::restore_workspace(call, &slug).await {
        Ok(()) => Ok(Outcome::Go(Page::Overview.url(&slug))),
        Err(AppError::Factor) => Ok(prove_first(here)),
        Err(error) => Err(error),
    }
}

/// Form actions of the security page.
#[derive(Clone, Copy)]
enum SecurityForm {
    Start,
    Confirm,
    Renew,
    Off,
    Asked,
    Remove,
}

/// Handles the forms of the security page. Secrets and recovery codes are shown once, in this response; all other
/// actions redirect to the page.
async fn security(call: &Call, form: &Form, next: Option<ReturnTo>) -> Result<Outcome, AppError> {
    let here = Route::Security { next };
    let does = form.action(&[
        ("start", SecurityForm::Start),
        ("confirm", SecurityForm::Confirm),
        ("renew", SecurityForm::Renew),
        ("off", SecurityForm::Off),
        ("asked", SecurityForm::Asked),
        ("remove", SecurityForm::Remove),
    ])?;
    let outcome = match does {
        SecurityForm::Start => factors::start_totp(call, form.get("password")).await.map(Some),
        SecurityForm::Confirm => match factors::confirm_totp(call, form.get("code")).await {
            Err(error @ AppError::Invalid(_)) => {
                let (live, data) = factors::security_again(call).await?;
                let returned = Returned { errors: error.fields(), ..Returned::default() };
                return Ok(show(call, here, live, data, Some(returned)));
            }
            outcome => outcome.map(Some),
        },
        SecurityForm::Renew => factors::renew_codes(call).await.map(Some),
        SecurityForm::Off => factors::turn_off_totp(call, form.get("code")).await.map(|_| None),
        SecurityForm::Asked => {
            let asked = FactorAsked::from_word(form.get("asked")).ok_or_else(not_understood)?;
            factors::set_asked(call, asked).await.map(|_| None)
        }
        SecurityForm::Remove => {
            let id = form.get("id").parse().map_err(|_| AppError::Absent)?;
            factors::remove_passkey(call, id).await.map(|_| None)
        }
    };
    match outcome {
        Ok(Some((live, data))) => Ok(show(call, here, live, data, None)),
        Ok(None) => Ok(Outcome::Go(here.url())),
        Err(AppError::Factor) => Ok(Outcome::Go(Route::Factor { next: ReturnTo::parse(&here.url()) }.url())),
        Err(error) => Err(error),
    }
}

fn show(call: &Call, route: Route, live: Live, data: SecurityData, returned: Option<Returned>) -> Outcome {
    let status = if returned.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let boot = InitialState {
        now: Some(live.now),
        person: Some(live.person),
        picker: None,
        picker_is_whole: false,
        theme: call.request.theme,
        content: AccountData::Security(Box::new(data)).into(),
        returned: returned.map(Packed::new),
    };
    Outcome::Show(render(boot, route, status))
}

async fn workspace(call: &Call, slug: &Slug, page: &Page, form: &mut Form) -> Result<Outcome, AppError> {
    // The form is on the page of a deleted workspace.
    if form.get("action") == "restore-workspace" {
        form.says("restore-workspace")?;
        return restore(call, form, &Route::Workspace(slug.clone(), Page::Overview)).await;
    }
    pages::submit(call, slug, page, form).await
}
