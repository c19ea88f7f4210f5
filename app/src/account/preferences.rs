//! Preferences at `/account/preferences`: start page, picker order and theme. Works without JavaScript.

use super::{
    form::AccountForm,
    nav::{AccountShell, SavedNote},
    profile::{load_preferences, save_preferences},
};
use crate::session::Toast;
use crate::{
    boot::AccountData,
    browser,
    error::AppError,
    reactive,
    routes::{AccountPage, Route, Saved},
    session::use_session,
    ui::{Banner, FormMessage, SubmitButton, Tone},
};
use leptos::{prelude::*, task::spawn_local};
use model::preferences::{Accents, Landing, PickerOrder, Preferences, Theme};

/// Preferences form.
#[component]
pub fn PreferencesPage() -> impl IntoView {
    let session = use_session();
    let loaded = match session.take_account_data() {
        Some(AccountData::Preferences(chosen)) => Some(chosen),
        _ => None,
    };
    let saved = match session.navigator.route_now() {
        Route::Preferences { saved } => saved,
        _ => None,
    };
    let chosen = RwSignal::new(loaded);
    let failed = RwSignal::new(None::<AppError>);
    reactive::effect(move || {
        if chosen.with_untracked(Option::is_none) {
            spawn_local(async move {
                match load_preferences().await {
                    Ok(read) => chosen.set(Some(read)),
                    Err(AppError::SignedOut) => session.sign_in_again(),
                    Err(error) => failed.set(Some(error)),
                }
            });
        }
    });
    view! {
        <AccountShell page=AccountPage::Preferences lead="Your preferences apply on all your devices.">
            <SavedNote saved/>
            {move || failed.get().map(|error| view! { <Banner tone=Tone::Bad message=error.message()/> })}
            {move || chosen.get().map(choices)}
        </AccountShell>
    }
}

fn choices(chosen: Preferences) -> AnyView {
    let session = use_session();
    let form = AccountForm::open();
    let submit = form.submit(move |values| async move {
        let (landing, order, theme) = (values.get("landing"), values.get("order"), values.get("theme"));
        let accents = values.get("accents");
        // The response sets the cookies.
        let chosen = Accents::from_word(&accents).unwrap_or_default();
        let saved = save_preferences(landing, order, theme, accents).await?;
        browser::set_root_attribute("data-accent", chosen.attribute());
        session.choose_theme(saved.theme.unwrap_or_default());
        session.refresh_picker(true);
        session.toast(Toast::done(Saved::Preferences.message()));
        Ok(())
    });
    let options = |all: &[(&'static str, &'static str)], now: &'static str| {
        all.iter().map(|(word, label)| (*word, *label, *word == now)).collect::<Vec<_>>()
    };
    let landing: Vec<_> = Landing::ALL.iter().map(|l| (l.as_str(), l.label())).collect();
    let order: Vec<_> = PickerOrder::ALL.iter().map(|o| (o.as_str(), o.label())).collect();
    let theme: Vec<_> = Theme::ALL.iter().map(|t| (t.as_str(), t.label())).collect();
    let accents: Vec<_> = Accents::ALL.iter().map(|a| (a.as_str(), a.label())).collect();
    let theme_now = chosen.theme.unwrap_or(session.theme.get_untracked());
    view! {
        <FormMessage form=form.state/>
        <form method="post" action=AccountPage::Preferences.path() on:submit=submit>
            <input type="hidden" name="action" value="save"/>
            <Choice name="landing" title="After sign-in, open" options=options(&landing, chosen.landing.as_str())/>
            <Choice name="order" title="Sort workspaces" options=options(&order, chosen.order.as_str())/>
            <Choice name="theme" title="Theme" options=options(&theme, theme_now.as_str())/>
            <Choice name="accents" title="Distinguish workspaces on this device" options=options(&accents, accents_now().as_str())/>
            <SubmitButton form=form.state label="Save preferences"/>
        </form>
    }
    .into_any()
}

/// Returns this device's current workspace accent setting, read from the document.
fn accents_now() -> Accents {
    use_context().or_else(|| Accents::from_word(&browser::root_attribute("data-accent")?)).unwrap_or_default()
}

#[component]
fn Choice(name: &'static str, title: &'static str, options: Vec<(&'static str, &'static str, bool)>) -> impl IntoView {
    view! {
        <fieldset class="block choice">
            <legend class="visually-hidden">{title}</legend>
            <h2 aria-hidden="true">{title}</h2>
            {options.into_iter().map(|(word, label, checked)| view! {
                <label class="check"><input type="radio" name=name value=word checked=checked/><span>{label}</span></label>
            }).collect_view()}
        </fieldset>
    }
}
