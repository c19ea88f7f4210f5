//! Table of the person's own pages, on the server: the data of each, and what its forms do. Their URLs are in
//! `routes::Route`, their titles in `planes` and their views in `views`.

use super::{identity, invite, organization, profile, security, sessions, start};
use crate::{
    boot::{AccountData, Content, InitialState},
    console::settings::api as settings,
    error::AppError,
    routes::{Page, Route},
    server::{
        call::Call,
        form::{Form, Outcome, not_understood, prove_first},
        page::render,
    },
};
use http::StatusCode;
use model::{FieldErrors, Slug, token::TokenLife};
use serde::Deserialize;
use store::seats::Freshness;

/// Loads the data of a page that is shown to its signed-in person only.
///
/// # Errors
/// [`AppError::Absent`] for a route that is no such page, and for an organization that the person may not see.
pub(crate) async fn load(call: &Call, route: &Route) -> Result<Content, AppError> {
    let data = match route {
        Route::Home { refused } => {
            AccountData::Home { refused: *refused, notices: Box::new(invite::api::notices(call).await?) }
        }
        Route::Profile { .. } => AccountData::Profile(profile::api::load(call).await?),
        Route::Preferences { .. } => AccountData::Preferences(profile::api::preferences(call).await?),
        Route::Security { .. } => AccountData::Security(Box::new(security::api::security(call).await?)),
        Route::Sessions => AccountData::Sessions {
            sessions: sessions::api::list(call).await?,
            tokens: sessions::api::token_names(call).await?,
        },
        Route::Tokens => AccountData::Tokens { tokens: identity::tokens(call).await?, created: None },
        Route::Organization(id, page) => {
            AccountData::Organization(Box::new(organization::api::page(call, *id, *page).await?))
        }
        Route::OrganizationAudit(id, query) => {
            let (name, log) = settings::organization_log(call, *id, query).await?.ok_or(AppError::Absent)?;
            AccountData::OrganizationAudit { name, log: Box::new(log) }
        }
        Route::NewWorkspace => return Ok(Content::NewWorkspace),
        _ => return Err(AppError::Absent),
    };
    Ok(data.into())
}

/// Handles a form that was posted to one of the person's own pages. Forms of the members page of an organization are
/// handled by `documents`.
///
/// # Errors
/// [`AppError::Invalid`] on `action` if the page has no such form; otherwise those of the action.
pub(crate) async fn submit(call: &Call, route: &Route, form: &mut Form) -> Result<Outcome, AppError> {
    match route {
        Route::SignIn { .. } | Route::Landing => {
            form.expect_action_if_any("sign-in")?;
            let to = identity::sign_in(call, form.get("email"), form.get("password"), form.get("next")).await?;
            Ok(Outcome::Go(call.arrival(to)))
        }
        Route::Start(start) => start::api::submit(call, start, form).await,
        Route::Home { .. } => home(call, form).await,
        Route::Invite(token) => invite::api::submit(call, token, form).await.map(Outcome::Go),
        Route::Profile { .. } => {
            let file = form.1.take();
            profile::api::submit_profile(call, form, file).await
        }
        Route::Preferences { .. } => profile::api::submit_preferences(call, form).await,
        Route::Security { next } => security::forms::submit(call, form, next.clone()).await,
        Route::Factor { next } => {
            form.expect_action("prove")?;
            let next = next.as_ref().map_or("", crate::routes::ReturnTo::as_str);
            security::prompt::prove(call, form.get("code"), next).await.map(Outcome::Go)
        }
        Route::Sessions => sessions::api::submit(call, form).await,
        Route::Tokens => token(call, form).await,
        Route::NewWorkspace => {
            form.expect_action("create")?;
            let slug = settings::create_workspace(call, &form.read()).await?;
            Ok(Outcome::Go(Page::Overview.url(&slug)))
        }
        // These pages have no forms.
        Route::OrganizationAudit(..) | Route::AuditExport(..) | Route::InvoiceFile(..) => Err(not_understood()),
        Route::Organization(..) | Route::Workspace(..) | Route::Unknown => Err(AppError::Absent),
    }
}

/// Form actions of the picker.
#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
enum HomeForm {
    RestoreWorkspace { slug: String },
    Accept { id: String },
    Decline { id: String },
    Join { id: String },
}

async fn home(call: &Call, form: &Form) -> Result<Outcome, AppError> {
    use invite::api::OfferForm as Offer;
    let here = Route::home();
    let (offer, id) = match form.act()? {
        HomeForm::RestoreWorkspace { slug } => return restore(call, &slug, &here).await,
        HomeForm::Accept { id } => (Offer::Accept, id),
        HomeForm::Decline { id } => (Offer::Decline, id),
        HomeForm::Join { id } => (Offer::Join, id),
    };
    match invite::api::from_picker(call, offer, &id).await {
        Ok(path) => Ok(Outcome::Go(path)),
        Err(AppError::Factor) => Ok(prove_first(&here)),
        Err(error) => Err(error),
    }
}

/// Restores a workspace. `here` is the page that contains the form.
pub(crate) async fn restore(call: &Call, slug: &str, here: &Route) -> Result<Outcome, AppError> {
    let slug = Slug::parse(slug).map_err(|_| AppError::Absent)?;
    match settings::restore_workspace(call, &slug).await {
        Ok(()) => Ok(Outcome::Go(Page::Overview.url(&slug))),
        Err(AppError::Factor) => Ok(prove_first(here)),
        Err(error) => Err(error),
    }
}

/// Form actions of the tokens page.
#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
enum TokenForm {
    Create {
        #[serde(default)]
        name: String,
        #[serde(default)]
        life: String,
        #[serde(default)]
        password: String,
    },
    Revoke {
        id: String,
    },
}

async fn token(call: &Call, form: &Form) -> Result<Outcome, AppError> {
    let (name, life, password) = match form.act()? {
        TokenForm::Create { name, life, password } => (name, life, password),
        TokenForm::Revoke { id } => {
            identity::revoke_token(call, id.parse().map_err(|_| AppError::Absent)?).await?;
            return Ok(Outcome::Go(Route::Tokens.url()));
        }
    };
    let life = if life.is_empty() { Some(TokenLife::default()) } else { TokenLife::from_word(&life) };
    let life = life.ok_or_else(|| AppError::Invalid(FieldErrors::one("life", "Choose when it expires.")))?;
    // The new token is shown once, in this response: it is not stored and must not be in a URL.
    let made = identity::create_token(call, &name, life, &password).await?;
    let services = &call.request.services;
    let found = services.store.picker(&call.credential()?, Freshness::Recent).await?;
    let (principal, _) = found.ok_or(AppError::SignedOut)?;
    let boot = InitialState {
        now: Some(principal.now),
        person: Some(principal.person),
        picker: None,
        picker_is_whole: false,
        theme: call.request.theme,
        content: AccountData::Tokens { tokens: made.tokens, created: Some(made.secret) }.into(),
        returned: None,
    };
    Ok(Outcome::Show(render(boot, Route::Tokens, StatusCode::OK)))
}
