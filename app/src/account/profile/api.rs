//! Server side of the profile and preferences pages. Changes that could be used to take over the account require the
//! password again (ASVS 6.2.3, 7.5.1).

use crate::{
    account::{identity, letters},
    error::AppError,
    pictures,
    routes::{LinkToken, Route, Saved, Start},
    server::{
        call::Call,
        form::{Form, Outcome},
    },
};
use http::header::SET_COOKIE;
use model::{
    Email, FieldErrors, Line,
    preferences::{Accents, Landing, PickerOrder, Preferences, Theme},
    profile::{NAME_MAX, Profile},
    token::TokensThen,
};
use serde::Deserialize;
use store::{links, mail::QueueMail as _, profile, secret::Secret, tokens};

/// Loads the profile.
pub async fn load(call: &Call) -> Result<Profile, AppError> {
    let mut tx = identity::person(call).await?;
    let read = profile::read(&mut tx).await?;
    tx.commit().await?;
    Ok(read)
}

/// Changes the person's name. Returns the name as stored.
pub async fn save_name(call: &Call, name: &str) -> Result<String, AppError> {
    let name = Line::parse("your name", name, NAME_MAX)
        .map_err(|message| AppError::Invalid(FieldErrors::one("name", message)))?;
    let mut tx = identity::person(call).await?;
    profile::rename(&mut tx, &name).await?;
    tx.commit().await?;
    Ok(name.into())
}

/// Changes the password. `then` says whether operator tokens are revoked.
pub async fn change_password(call: &Call, current: &str, password: &str, then: TokensThen) -> Result<(), AppError> {
    let services = &call.request.services;
    let email = identity::confirm_password(call, current, "current_password").await?;
    let name = identity::person(call).await?.principal().person.name.clone();
    let password = identity::new_password(password, &name, email.as_str())?;
    let hash = services.passwords.hash(password.reveal()).await?;
    let secret = Secret::generate("").map_err(|_| AppError::Internal)?;
    let mut tx = identity::person(call).await?;
    profile::change_password(&mut tx, &hash, &secret).await?;
    if then == TokensThen::Revoke {
        tokens::revoke_all(&mut tx).await?;
    }
    let reset = services.link(&Route::Start(Start::Reset).url());
    tx.queue(&letters::password_changed(&email, reset)).await?;
    tx.commit().await?;
    call.header(SET_COOKIE, &call.request.cookies.set_session(&secret));
    Ok(())
}

/// Requests a change of address: sends a link to the new address and a notice to the current one. Only the email
/// reveals whether the new address has an account.
pub async fn ask_address(call: &Call, email: &str, password: &str) -> Result<(), AppError> {
    let services = &call.request.services;
    let mut errors = FieldErrors::default();
    let new = errors.take("email", Email::parse(email));
    let Some(new) = new else { return Err(AppError::Invalid(errors)) };
    let old = identity::confirm_password(call, password, "address_password").await?;
    if new == old {
        return Err(AppError::Invalid(FieldErrors::one("email", "That is already your email.")));
    }
    services.rate_limits.mail(call.request.device.ip, &new)?;
    let token = Secret::generate("").map_err(|_| AppError::Internal)?;
    let mut tx = identity::person(call).await?;
    let taken = links::offer_address(&mut tx, &new, &token).await?.map_err(AppError::Limited)?;
    let letter = if taken {
        letters::address_in_use(&new, services.link(&Route::SignIn { next: None, notice: None }.url()))
    } else {
        let path = LinkToken::parse(token.reveal()).map(|token| Route::Start(Start::AddressLink(token)).url());
        letters::confirm_address(&new, old.as_str(), services.link(path.as_deref().unwrap_or("/")))
    };
    tx.queue(&letter).await?;
    let profile = services.link(&Route::Profile { saved: None }.url());
    tx.queue(&letters::address_asked(&old, &new, profile)).await?;
    tx.commit().await?;
    Ok(())
}

/// Cancels the pending change of address.
pub async fn withdraw_address(call: &Call) -> Result<(), AppError> {
    let mut tx = identity::person(call).await?;
    profile::withdraw_address(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Loads the person's preferences.
pub async fn preferences(call: &Call) -> Result<Preferences, AppError> {
    let mut tx = identity::person(call).await?;
    let chosen = profile::preferences(&mut tx).await?;
    tx.commit().await?;
    Ok(chosen)
}

/// Stores the preferences and sets this device's theme and accent cookies.
pub async fn save_preferences(
    call: &Call,
    landing: &str,
    order: &str,
    theme: &str,
    accents: &str,
) -> Result<Preferences, AppError> {
    let chosen = Preferences {
        landing: Landing::from_word(landing).unwrap_or_default(),
        order: PickerOrder::from_word(order).unwrap_or_default(),
        theme: Theme::from_word(theme),
    };
    let mut tx = identity::person(call).await?;
    profile::set_preferences(&mut tx, chosen).await?;
    let principal = tx.commit().await?;
    // The order is part of the cached workspace list.
    call.request.services.store.invalidate_picker(&principal).await;
    if let Some(theme) = chosen.theme {
        call.header(SET_COOKIE, &call.request.cookies.set_theme(theme));
    }
    if let Some(accents) = Accents::from_word(accents) {
        call.header(SET_COOKIE, &call.request.cookies.set_accents(accents));
    }
    Ok(chosen)
}

/// Form actions of the profile page.
#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
enum ProfileForm {
    Name,
    Password,
    Address,
    Picture,
    RemovePicture,
    Withdraw,
}

/// Handles a form POST of the profile page.
pub(crate) async fn submit_profile(call: &Call, form: &Form, file: Option<Vec<u8>>) -> Result<Outcome, AppError> {
    let saved = match form.act()? {
        ProfileForm::Name => save_name(call, form.get("name")).await.map(|_| Saved::Name)?,
        ProfileForm::Password => {
            let then = TokensThen::of_checkbox(form.get("tokens"));
            change_password(call, form.get("current_password"), form.get("password"), then)
                .await
                .map(|()| Saved::Password)?
        }
        ProfileForm::Address => {
            ask_address(call, form.get("email"), form.get("address_password")).await.map(|()| Saved::LinkSent)?
        }
        ProfileForm::Picture => pictures::set_portrait(call, file).await.map(|()| Saved::Portrait)?,
        ProfileForm::RemovePicture => pictures::remove_portrait(call).await.map(|()| Saved::NoPortrait)?,
        ProfileForm::Withdraw => withdraw_address(call).await.map(|()| Saved::Withdrawn)?,
    };
    Ok(Outcome::Go(Route::Profile { saved: Some(saved) }.url()))
}

/// Handles a form POST of the preferences page.
pub(crate) async fn submit_preferences(call: &Call, form: &Form) -> Result<Outcome, AppError> {
    form.expect_action("save")?;
    // A form with a missing or unknown preference is rejected, rather than resetting the preference to its default.
    let mut errors = FieldErrors::default();
    let one_of = |known: bool| known.then_some(()).ok_or("Choose one from the list.");
    errors.take("landing", one_of(Landing::from_word(form.get("landing")).is_some()));
    errors.take("order", one_of(PickerOrder::from_word(form.get("order")).is_some()));
    errors.take("theme", one_of(Theme::from_word(form.get("theme")).is_some()));
    errors.take("accents", one_of(Accents::from_word(form.get("accents")).is_some()));
    if !errors.0.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    save_preferences(call, form.get("landing"), form.get("order"), form.get("theme"), form.get("accents")).await?;
    Ok(Outcome::Go(Route::Preferences { saved: Some(Saved::Preferences) }.url()))
}
