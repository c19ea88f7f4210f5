//! Server side of sign-up, password reset, change of address and the first workspace.
//!
//! Neither the response nor its timing reveals whether an address has an account: both cases execute the same
//! statements and send one email (docs/SECURITY.md, I-16; ASVS 6.3.8).

use crate::{
    account::{
        Purpose as Of, StartPage,
        identity::{self, Started},
        letters,
    },
    boot::{AccountData, Returned},
    error::AppError,
    routes::{LinkToken, ReturnTo, Route, Saved, SignInNotice, Start},
    server::{
        call::Call,
        form::{Form, Outcome},
        page::{SignedIn, bare, redirect, render, signed_in, to_sign_in},
        rate_limit::{FOUNDED, count_action},
    },
};
use axum::body::Body;
use http::{Response, StatusCode, Uri};
use model::{
    Email, FieldErrors, Line, Slug,
    link::DeadLink,
    password::NewPassword,
    profile::{NAME_MAX, SlugCheck},
    settings::workspace_name,
};
use store::{
    deleted::is_slug_free,
    door::PersonTx,
    links::{self, LinkState, Purpose},
    mail::{MailQuotaCheck, QueueMail as _},
    offers, organizations,
    seats::Freshness,
    secret::Secret,
};

/// Numbers that are appended to a slug that is taken.
const NUMBERS: std::ops::RangeInclusive<u32> = 2..=6;

fn secret(token: &str) -> Result<Secret, AppError> {
    Secret::presented(token).ok_or(AppError::Link(DeadLink::Unknown))
}

fn fresh() -> Result<Secret, AppError> {
    Secret::generate("").map_err(|_| AppError::Internal)
}

fn address(text: &str) -> Result<Email, AppError> {
    Email::parse(text).map_err(|error| AppError::Invalid(FieldErrors::one("email", error.to_string())))
}

/// Sends a sign-up link. Returns the normalized address.
pub async fn ask_sign_up(call: &Call, email: &str, next: &str) -> Result<Email, AppError> {
    let services = &call.request.services;
    let email = address(email)?;
    services.rate_limits.mail(call.request.device.ip, &email)?;
    let token = fresh()?;
    let next = ReturnTo::parse(next);
    let letter = |known: bool| {
        if known {
            let sign_in = Route::SignIn { next: next.clone(), notice: None };
            letters::has_account(
                &email,
                services.link(&sign_in.url()),
                services.link(&Route::Start(Start::Reset).url()),
            )
        } else {
            letters::sign_up(&email, link(call, &token, Start::SignUpLink))
        }
    };
    let next = next.as_ref().map(ReturnTo::as_str);
    sent(services.store.offer_link(Purpose::SignUp, &email, &token, next, letter).await?)?;
    Ok(email)
}

/// Converts the result of queueing an email. An address that has received several such emails within minutes is
/// rate-limited across all servers.
const fn sent(quota: MailQuotaCheck) -> Result<(), AppError> {
    match quota {
        MailQuotaCheck::Counted => Ok(()),
        MailQuotaCheck::Recipient(wait) | MailQuotaCheck::Spent(wait) => Err(AppError::Limited(wait)),
    }
}

/// Returns the absolute URL of an emailed link.
fn link(call: &Call, token: &Secret, start: impl FnOnce(LinkToken) -> Start) -> String {
    let path = LinkToken::parse(token.reveal()).map_or_else(|| "/".to_owned(), |t| Route::Start(start(t)).url());
    call.request.services.link(&path)
}

/// Creates an account from a sign-up link and signs in. Returns the path to redirect to.
pub async fn sign_up(call: &Call, token: &str, name: &str, password: &str) -> Result<String, AppError> {
    let services = &call.request.services;
    let token = secret(token)?;
    let email = match services.store.link(Purpose::SignUp, &token).await? {
        LinkState::Open { email, .. } => email,
        LinkState::Dead(dead) => return Err(AppError::Link(dead)),
    };
    let mut errors = FieldErrors::default();
    let name = errors.take("name", Line::parse("your name", name, NAME_MAX));
    let password =
        errors.take("password", NewPassword::parse(password, &[name.as_deref().unwrap_or_default(), &email]));
    let (Some(name), Some(password)) = (name, password) else { return Err(AppError::Invalid(errors)) };
    let hash = services.passwords.hash(password.reveal()).await?;
    let signed_up = match services.store.sign_up(&token, &name, &hash).await {
        Ok(Ok(signed_up)) => signed_up,
        Ok(Err(dead)) => return Err(AppError::Link(dead)),
        // The address got an account in another way after the email was sent.
        Err(error) if error.is_refused_by("users_email_key") => return Err(AppError::Link(DeadLink::Used)),
        Err(error) => return Err(AppError::from(error)),
    };
    match identity::start_session(call, signed_up.user).await? {
        Started::Session(credential) => landing_after_sign_up(call, &credential, signed_up.next.as_deref()).await,
        Started::AwaitsFactor => Ok(Route::Factor { next: signed_up.next.as_deref().and_then(ReturnTo::parse) }.url()),
    }
}

/// Returns the start path of a new person: the requested path (an invite, say), else the picker if they can already
/// open something (through an invite of their organization or their email domain), else the page to create an
/// organization.
pub(crate) async fn landing_after_sign_up(
    call: &Call,
    credential: &store::door::Credential,
    next: Option<&str>,
) -> Result<String, AppError> {
    if let Some(next) = next.and_then(ReturnTo::parse) {
        return Ok(next.as_str().to_owned());
    }
    let store = &call.request.services.store;
    let found = store.picker(credential, Freshness::Now).await?;
    if found.is_some_and(|(_, picker)| !picker.organizations.is_empty()) {
        return Ok(Route::Landing.url());
    }
    let mut tx = store.person(credential).await?.ok_or(AppError::SignedOut)?;
    let waiting = offers::notices(&mut tx).await?;
    let offered = !waiting.invites.is_empty() || !waiting.joins.is_empty();
    let to = if offered { Route::home() } else { Route::Start(Start::Welcome) };
    Ok(to.url())
}

/// Sends a password reset link. Returns the normalized address.
pub async fn ask_reset(call: &Call, email: &str) -> Result<Email, AppError> {
    let services = &call.request.services;
    let email = address(email)?;
    services.rate_limits.mail(call.request.device.ip, &email)?;
    let token = fresh()?;
    let letter = |known: bool| {
        if known {
            letters::reset(&email, link(call, &token, Start::ResetLink))
        } else {
            letters::no_account(&email, services.link(&Route::Start(Start::SignUp { next: None }).url()))
        }
    };
    sent(services.store.offer_link(Purpose::Reset, &email, &token, None, letter).await?)?;
    Ok(email)
}

/// Sets a new password from a reset link. Returns the path to redirect to. Does not sign in.
pub async fn reset_password(call: &Call, token: &str, password: &str) -> Result<String, AppError> {
    let services = &call.request.services;
    let token = secret(token)?;
    let (email, name) = match services.store.link(Purpose::Reset, &token).await? {
        LinkState::Open { email, name } => (email, name.unwrap_or_default()),
        LinkState::Dead(dead) => return Err(AppError::Link(dead)),
    };
    let password = identity::new_password(password, &name, &email)?;
    let hash = services.passwords.hash(password.reveal()).await?;
    let reset = services.link(&Route::Start(Start::Reset).url());
    let letter = |to: &Email| letters::password_changed(to, reset);
    match services.store.reset_password(&token, &hash, &call.request.device, letter).await? {
        Ok(()) => Ok(Route::SignIn { next: None, notice: Some(SignInNotice::PasswordReset) }.url()),
        Err(dead) => Err(AppError::Link(dead)),
    }
}

/// Changes the account's address to the one that the link was sent to. Returns the path to redirect to.
pub async fn take_address(call: &Call, token: &str) -> Result<String, AppError> {
    let token = secret(token)?;
    let mut tx = identity::person(call).await?;
    match links::take_address(&mut tx, &token).await {
        Ok(Ok((old, new))) => {
            if let Ok(old) = Email::parse(&old) {
                tx.queue(&letters::address_changed(&old, &new)).await?;
            }
            tx.commit().await?;
            Ok(Route::Profile { saved: Some(Saved::Address) }.url())
        }
        Ok(Err(dead)) => Err(AppError::Link(dead)),
        Err(error) if error.is_refused_by("users_email_key") => Err(AppError::Link(DeadLink::Used)),
        Err(error) => Err(AppError::from(error)),
    }
}

/// Returns the first available slug of those proposed, with a number appended if needed.
pub(crate) async fn first_free(tx: &mut PersonTx, proposed: &[String]) -> Result<Option<Slug>, AppError> {
    let plain = proposed.iter().filter_map(|text| Slug::parse(text).ok());
    let last = proposed.last().map(String::as_str).unwrap_or_default();
    let numbered = NUMBERS.filter_map(|number| Slug::parse(last).ok().and(Slug::numbered(last, number)));
    for slug in plain.chain(numbered) {
        if is_slug_free(tx, &slug).await? {
            return Ok(Some(slug));
        }
    }
    Ok(None)
}

/// Checks if a slug is available. Taken and reserved slugs give the same result.
pub async fn look_up_slug(call: &Call, text: &str) -> Result<SlugCheck, AppError> {
    let mut tx = identity::person(call).await?;
    call.request.services.rate_limits.slugs.take(&tx.principal().person.id)?;
    let reason = match Slug::parse(text) {
        Ok(slug) if is_slug_free(&mut tx, &slug).await? => return Ok(SlugCheck::Free),
        Ok(_) => model::slug::SlugError::Reserved,
        Err(error) => error,
    };
    let mut instead = None;
    if reason == model::slug::SlugError::Reserved {
        for number in NUMBERS {
            if let Some(slug) = Slug::numbered(text, number)
                && is_slug_free(&mut tx, &slug).await?
            {
                instead = Some(slug.to_string());
                break;
            }
        }
    }
    Ok(SlugCheck::Not { reason: reason.to_string(), instead })
}

/// Creates an organization with its first workspace. Returns the path to redirect to.
pub async fn found(call: &Call, organization: &str, name: &str, slug: &str) -> Result<String, AppError> {
    let mut errors = FieldErrors::default();
    let organization = errors.take("organization", Line::parse("a name", organization, 80));
    let name = errors.take("name", workspace_name(name));
    let slug = match (slug.trim(), &organization, &name) {
        ("", Some(organization), Some(name)) => {
            let wanted = [Slug::proposed_alone(organization, name), Slug::proposed(organization, name)];
            let mut tx = identity::person(call).await?;
            call.request.services.rate_limits.slugs.take(&tx.principal().person.id)?;
            let free = first_free(&mut tx, &wanted).await?;
            errors.take("slug", free.ok_or("Enter a URL, like acme-finance."))
        }
        (typed, ..) => errors.take("slug", Slug::parse(typed)),
    };
    let (Some(organization), Some(name), Some(slug)) = (organization, name, slug) else {
        return Err(AppError::Invalid(errors));
    };
    let mut tx = identity::person(call).await?;
    count_action(FOUNDED, &mut tx).await?;
    match organizations::found_with_workspace(&mut tx, &organization, &slug, &name).await {
        Ok(_) => {
            tx.commit().await?;
            Ok(Route::Workspace(slug, crate::routes::Page::Overview).url())
        }
        Err(error) if organizations::is_slug_taken(&error) => {
            Err(AppError::Invalid(FieldErrors::one("slug", model::slug::SlugError::Reserved.to_string())))
        }
        Err(error) => Err(AppError::from(error)),
    }
}

/// Handles a GET, or renders the page with a form that failed validation.
pub(crate) async fn page(
    call: &Call,
    uri: &Uri,
    start: &Start,
    returned: Option<Returned>,
) -> Result<Response<Body>, AppError> {
    let services = &call.request.services;
    match start {
        Start::SignUp { .. } => match signed_in(call, Freshness::Recent).await? {
            Some(_) if returned.is_none() => Ok(redirect(StatusCode::SEE_OTHER, &Route::Landing.url())),
            _ => Ok(show(call, start, StartPage::SignUp { sent_to: None }, returned)),
        },
        Start::Reset => Ok(show(call, start, StartPage::Reset { sent_to: None }, returned)),
        Start::SignUpLink(token) => {
            let state = services.store.link(Purpose::SignUp, &secret(token.as_str())?).await?;
            let page = opened(state, Of::SignUp, |email| StartPage::SignUpForm { email });
            Ok(show(call, start, page, returned))
        }
        Start::ResetLink(token) => {
            let state = services.store.link(Purpose::Reset, &secret(token.as_str())?).await?;
            let page = opened(state, Of::Reset, |email| StartPage::ResetForm { email });
            Ok(show(call, start, page, returned))
        }
        Start::AddressLink(token) => {
            let Some(user) = signed_in(call, Freshness::Recent).await? else { return Ok(to_sign_in(uri)) };
            let mut tx = identity::person(call).await?;
            let state = links::address_link(&mut tx, &secret(token.as_str())?).await?;
            // A link of another person is treated as unknown.
            let state = match state {
                LinkState::Open { name, .. } if name.as_ref() != Some(&tx.principal().person.name) => {
                    LinkState::Dead(DeadLink::Unknown)
                }
                state => state,
            };
            let page = opened(state, Of::Address, |email| StartPage::Address { email });
            Ok(show_to(call, user, start, page, returned))
        }
        Start::Welcome => match signed_in(call, Freshness::Now).await? {
            Some(user) => {
                let host = services.origin.split_once("://").map_or("", |(_, host)| host);
                let page = StartPage::Welcome { host: format!("{host}/") };
                Ok(show_to(call, user, start, page, returned))
            }
            None => Ok(to_sign_in(uri)),
        },
    }
}

fn opened(state: LinkState, of: Of, page: impl FnOnce(String) -> StartPage) -> StartPage {
    match state {
        LinkState::Open { email, .. } => page(email),
        LinkState::Dead(why) => StartPage::Dead { of, why },
    }
}

fn status(page: &StartPage, returned: Option<&Returned>) -> StatusCode {
    match (page, returned) {
        (StartPage::Dead { .. }, _) => StatusCode::GONE,
        (_, Some(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    }
}

/// Renders the page without any data of the signed-in person.
fn show(call: &Call, start: &Start, page: StartPage, returned: Option<Returned>) -> Response<Body> {
    let status = status(&page, returned.as_ref());
    let boot = bare(call.request.theme, AccountData::Start(page), returned);
    render(boot, Route::Start(start.clone()), status)
}

fn show_to(call: &Call, user: SignedIn, start: &Start, page: StartPage, returned: Option<Returned>) -> Response<Body> {
    let status = status(&page, returned.as_ref());
    let mut response =
        user.render(&call.request, Route::Start(start.clone()), AccountData::Start(page), returned, status);
    if status == StatusCode::GONE {
        *response.status_mut() = status;
    }
    response
}

/// Handles a form POST.
pub(crate) async fn submit(call: &Call, start: &Start, form: &Form) -> Result<Outcome, AppError> {
    let sent = |page| Ok(Outcome::Show(show(call, start, page, None)));
    match start {
        Start::SignUp { .. } => {
            form.expect_action_if_any("sign-up")?;
            let email = ask_sign_up(call, form.get("email"), form.get("next")).await?;
            sent(StartPage::SignUp { sent_to: Some(email.to_string()) })
        }
        Start::Reset => {
            form.expect_action_if_any("reset")?;
            let email = ask_reset(call, form.get("email")).await?;
            sent(StartPage::Reset { sent_to: Some(email.to_string()) })
        }
        Start::SignUpLink(token) => {
            form.expect_action("create-account")?;
            let to = sign_up(call, token.as_str(), form.get("name"), form.get("password")).await?;
            Ok(Outcome::Go(call.arrival(to)))
        }
        Start::ResetLink(token) => {
            form.expect_action("set-password")?;
            reset_password(call, token.as_str(), form.get("password")).await.map(Outcome::Go)
        }
        Start::AddressLink(token) => {
            form.expect_action("take-address")?;
            take_address(call, token.as_str()).await.map(Outcome::Go)
        }
        Start::Welcome => {
            form.expect_action("found")?;
            found(call, form.get("organization"), form.get("name"), form.get("slug")).await.map(Outcome::Go)
        }
    }
}
