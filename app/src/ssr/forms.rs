//! POST without JavaScript: forms post to the address of their own page. On success a redirect; otherwise the page
//! again, with what was typed and what was wrong with it.

use super::{
    Call, RequestContext, access, console,
    document::{asked, back_to_picker, page, redirect},
    factors, identity, invite, pictures, profile, seats, sessions, settings,
    shell::render,
    start,
};
use crate::{
    account::SecurityData,
    boot::{AccountData, Boot, Returned},
    error::AppError,
    packed::Packed,
    routes::{Page, ReturnTo, Route, SettingsPage, SignInNotice},
};
use axum::body::Body;
use http::{HeaderValue, Response, StatusCode, Uri, header};
use model::{
    FieldErrors, Slug,
    catalog::Lifecycle,
    factor::FactorAsked,
    id::OrganizationId,
    invite::to_correct,
    members::{Deed, Done},
    picture::Hue,
};
use serde::de::DeserializeOwned;
use store::{door::Live, seats::Freshness};

/// What came in with a POST of a page's form.
#[derive(Debug, Default)]
pub struct Posted {
    /// The controls' values by name.
    pub fields: Vec<(String, String)>,
    /// The file, if the form has one.
    pub file: Option<Vec<u8>>,
}

/// What a form posted.
pub(super) struct Form(Vec<(String, String)>, Option<Vec<u8>>);

impl Form {
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
    }

    /// The form as the type that its server function takes; unknown controls are ignored.
    fn read<T: DeserializeOwned + Default>(&self) -> T {
        let text = serde_urlencoded::to_string(&self.0).unwrap_or_default();
        serde_urlencoded::from_str(&text).unwrap_or_default()
    }

    /// What comes back into its fields. Secrets don't.
    fn returned(self, error: &AppError, uri: &Uri) -> Returned {
        // A product has a code, too, and that one is no secret.
        let has_factors = uri.path().starts_with("/account/");
        let secret = |name: &str| {
            matches!(name, "password" | "current_password" | "address_password" | "grant")
                || (has_factors && name == "code")
        };
        let values = self.0.into_iter().filter(|(name, _)| !secret(name)).collect();
        // What is wrong is said once: at its field where it has one.
        let (errors, message) = match error {
            AppError::Credentials => (FieldErrors::one("password", ""), error.message()),
            error => match error.fields() {
                none if none.0.is_empty() => (none, error.message()),
                fields => (fields, String::new()),
            },
        };
        Returned { values, errors, message, results: Vec::new() }
    }
}

/// Answers a POST of a page's form.
pub async fn submit(context: RequestContext, uri: &Uri, posted: Posted) -> Response<Body> {
    let call = Call::new(context);
    let mut form = Form(posted.fields, posted.file);
    let outcome = if uri.path() == "/sign-out" {
        identity::sign_out(&call).await.map(|()| Outcome::Go("/sign-in?notice=signed-out".to_owned()))
    } else {
        match Route::parse(uri.path(), uri.query().unwrap_or_default()) {
            Route::SignIn { .. } | Route::Landing => {
                identity::sign_in(&call, form.get("email"), form.get("password"), form.get("next"))
                    .await
                    .map(Outcome::Go)
            }
            Route::Tokens => token(&call, &form).await,
            Route::Start(start) => start::submit(&call, &start, &form).await,
            Route::Profile { .. } => {
                let file = form.1.take();
                profile::submit_profile(&call, &form, file).await
            }
            Route::Preferences { .. } => profile::submit_preferences(&call, &form).await,
            Route::Workspace(..) | Route::Organization(..) | Route::Unknown
                if form.get("action") == "request_access" =>
            {
                request_access(&call, uri).await
            }
            Route::Workspace(slug, page) if seats::is_here(&page) => members(&call, uri, &slug, &form).await,
            Route::Security { next } => security(&call, &form, next).await,
            Route::Factor { next } => {
                let next = next.as_ref().map_or("", ReturnTo::as_str);
                factors::prove(&call, form.get("code"), next).await.map(Outcome::Go)
            }
            Route::Workspace(slug, page) => {
                let file = form.1.take();
                workspace(&call, &slug, &page, &form, file).await
            }
            Route::Organization(id, _) => organization(&call, uri, id, &form).await,
            Route::Invite(token) => {
                let wish =
                    invite::Wish { action: form.get("action"), name: form.get("name"), password: form.get("password") };
                invite::act(&call, &token, &wish).await.map(Outcome::Go)
            }
            Route::Sessions => session(&call, &form).await,
            Route::NewWorkspace => {
                settings::create_workspace(&call, &form.read()).await.map(|slug| Outcome::Go(Page::Overview.url(&slug)))
            }
            Route::Home { .. } if form.get("action") == "restore-workspace" => restore(&call, &form).await,
            Route::Home { .. } => invite::from_picker(&call, form.get("action"), form.get("id")).await.map(Outcome::Go),
            Route::OrganizationAudit(..) | Route::AuditExport(..) | Route::Unknown => Err(AppError::Absent),
        }
    };
    let mut response = match outcome {
        Ok(Outcome::Go(path)) => redirect(StatusCode::SEE_OTHER, &path),
        Ok(Outcome::Show(response)) => response,
        Err(AppError::SignedOut) => {
            let next = ReturnTo::parse(uri.path());
            let to = Route::SignIn { next, notice: Some(SignInNotice::Elsewhere) };
            redirect(StatusCode::SEE_OTHER, &to.url())
        }
        Err(AppError::Refused(refusal)) => back_to_picker(refusal),
        // The page answers for itself: 404, 410, 301, a link that does not work.
        Err(AppError::Absent | AppError::Gone | AppError::Moved(_) | AppError::Link(_)) => {
            page(call.clone(), uri, None).await
        }
        Err(error) => {
            let mut response = page(call.clone(), uri, Some(form.returned(&error, uri))).await;
            if response.status() == StatusCode::UNPROCESSABLE_ENTITY {
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
    response
}

pub(super) enum Outcome {
    Go(String),
    Show(Response<Body>),
}

async fn token(call: &Call, form: &Form) -> Result<Outcome, AppError> {
    if form.get("action") == "revoke" {
        let id = form.get("id").parse().map_err(|_| AppError::Absent)?;
        identity::revoke_token(call, id).await?;
        return Ok(Outcome::Go(Route::Tokens.url()));
    }
    // The new token is shown in the answer itself, once: it is kept nowhere and stands in no address.
    let made = identity::create_token(call, form.get("name")).await?;
    let services = &call.request.services;
    let found = services.store.picker(&call.credential()?, Freshness::Recent).await.map_err(super::fault)?;
    let (live, _) = found.ok_or(AppError::SignedOut)?;
    let boot = Boot {
        now: Some(live.now),
        person: Some(live.person),
        picker: None,
        picker_is_whole: false,
        theme: call.request.theme,
        content: AccountData::Tokens { tokens: made.tokens, created: Some(made.secret) }.into(),
        returned: None,
    };
    Ok(Outcome::Show(render(&call.request, boot, Route::Tokens, StatusCode::OK)))
}

async fn request_access(call: &Call, uri: &Uri) -> Result<Outcome, AppError> {
    match access::request(call, uri).await? {
        Some(asking) => asked(call, uri, asking).await.map(Outcome::Show),
        None => Ok(Outcome::Go(uri.path().to_owned())),
    }
}

/// The forms of a workspace's members.
async fn members(call: &Call, uri: &Uri, slug: &Slug, form: &Form) -> Result<Outcome, AppError> {
    let deed = Deed::read(&form.0).map_err(AppError::Invalid)?;
    let done = seats::act(call, slug, form.get("grant"), &deed).await?;
    told(call, uri, done).await
}

/// The forms of an organization.
async fn organization(call: &Call, uri: &Uri, id: OrganizationId, form: &Form) -> Result<Outcome, AppError> {
    let deed = Deed::read(&form.0).map_err(AppError::Invalid)?;
    let done = super::organization::act(call, id, &deed).await?;
    told(call, uri, done).await
}

/// The page again. What became of each address is shown in the answer itself: the links in it are shown once.
async fn told(call: &Call, uri: &Uri, done: Done) -> Result<Outcome, AppError> {
    if done.left {
        return Ok(Outcome::Go(Route::home().url()));
    }
    if done.results.is_empty() {
        return Ok(Outcome::Go(uri.path().to_owned()));
    }
    // The field keeps what is to be corrected, and nothing else.
    let values = vec![("emails".to_owned(), to_correct(&done.results))];
    let returned = Returned { values, results: done.results, ..Returned::default() };
    Ok(Outcome::Show(page(call.clone(), uri, Some(returned)).await))
}

async fn session(call: &Call, form: &Form) -> Result<Outcome, AppError> {
    match form.get("action") {
        "end" => drop(sessions::end(call, form.get("id").parse().map_err(|_| AppError::Absent)?).await?),
        "end-others" => drop(sessions::end_others(call).await?),
        "sign-out-everywhere" => {
            sessions::end_all(call).await?;
            return Ok(Outcome::Go("/sign-in?notice=signed-out".to_owned()));
        }
        _ => return Err(AppError::Absent),
    }
    Ok(Outcome::Go(Route::Sessions.url()))
}

async fn restore(call: &Call, form: &Form) -> Result<Outcome, AppError> {
    let slug = Slug::parse(form.get("slug")).map_err(|_| AppError::Absent)?;
    settings::restore_workspace(call, &slug).await?;
    Ok(Outcome::Go(Page::Overview.url(&slug)))
}

/// What is shown once (secrets, recovery codes) stands in the answer itself; everything else leads back to the page.
async fn security(call: &Call, form: &Form, next: Option<ReturnTo>) -> Result<Outcome, AppError> {
    let here = Route::Security { next };
    let outcome = match form.get("action") {
        "start" => factors::start_totp(call, form.get("password")).await.map(Some),
        "confirm" => match factors::confirm_totp(call, form.get("code")).await {
            Err(error @ AppError::Invalid(_)) => {
                let (live, data) = factors::security_again(call).await?;
                let returned = Returned { errors: error.fields(), ..Returned::default() };
                return Ok(show(call, here, live, data, Some(returned)));
            }
            outcome => outcome.map(Some),
        },
        "renew" => factors::renew_codes(call).await.map(Some),
        "off" => factors::turn_off_totp(call, form.get("code")).await.map(|_| None),
        "asked" => {
            let asked = FactorAsked::from_word(form.get("asked")).ok_or(AppError::Absent)?;
            factors::set_asked(call, asked).await.map(|_| None)
        }
        "remove" => {
            let id = form.get("id").parse().map_err(|_| AppError::Absent)?;
            factors::remove_passkey(call, id).await.map(|_| None)
        }
        _ => return Err(AppError::Absent),
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
    let boot = Boot {
        now: Some(live.now),
        person: Some(live.person),
        picker: None,
        picker_is_whole: false,
        theme: call.request.theme,
        content: AccountData::Security(Box::new(data)).into(),
        returned: returned.map(Packed::new),
    };
    Outcome::Show(render(&call.request, boot, route, status))
}

async fn workspace(
    call: &Call,
    slug: &Slug,
    page: &Page,
    form: &Form,
    file: Option<Vec<u8>>,
) -> Result<Outcome, AppError> {
    if form.get("action") == "restore-workspace" {
        return restore(call, form).await;
    }
    let grant = form.get("grant");
    let status = match form.get("action") {
        "archive" => Lifecycle::Archived,
        _ => Lifecycle::Active,
    };
    let to = match page {
        Page::NewCustomer => Page::Customer(console::save_customer(call, slug, grant, None, &form.read()).await?),
        Page::EditCustomer(id) => {
            Page::Customer(console::save_customer(call, slug, grant, Some(*id), &form.read()).await?)
        }
        Page::Customer(id) => {
            console::set_customer_status(call, slug, grant, *id, status).await?;
            page.clone()
        }
        Page::NewProduct => Page::Product(console::save_product(call, slug, grant, None, &form.read()).await?),
        Page::EditProduct(id) => {
            Page::Product(console::save_product(call, slug, grant, Some(*id), &form.read()).await?)
        }
        Page::Product(id) => {
            console::set_product_status(call, slug, grant, *id, status).await?;
            page.clone()
        }
        Page::Settings(SettingsPage::General) => {
            let saved = settings::save_general(call, slug, grant, &form.read()).await?;
            return Ok(Outcome::Go(page.url(&saved.slug)));
        }
        Page::Settings(SettingsPage::Branding) => {
            match form.get("action") {
                "hue" => pictures::set_hue(call, slug, grant, hue(form.get("hue"))?).await?,
                "logo" => pictures::set_logo(call, slug, grant, file).await?,
                "remove-logo" => pictures::remove_logo(call, slug, grant).await?,
                _ => return Err(AppError::Absent),
            }
            page.clone()
        }
        Page::Settings(SettingsPage::Security) if form.get("action") == "demand" => {
            settings::demand_factor(call, slug, grant, form.get("demand") == "on").await?;
            page.clone()
        }
        Page::Settings(SettingsPage::Danger) if form.get("action") == "delete" => {
            settings::delete_workspace(call, slug, grant, form.get("slug")).await?;
            return Ok(Outcome::Go(Route::home().url()));
        }
        _ => return Err(AppError::Absent),
    };
    Ok(Outcome::Go(to.url(slug)))
}

/// The colour that a form names; nothing leaves it to the name.
fn hue(text: &str) -> Result<Option<Hue>, AppError> {
    if text.is_empty() {
        return Ok(None);
    }
    let hue = text.parse::<u8>().ok().and_then(|index| Hue::try_from(index).ok());
    hue.map(Some).ok_or_else(|| AppError::Invalid(FieldErrors::one("hue", "Choose one of the colours.")))
}
