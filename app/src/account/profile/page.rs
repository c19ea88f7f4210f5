//! Profile page at `/account/profile`: name, picture, password and email address. Works without JavaScript; each form
//! submits its name as `action`.

use crate::account::{
    form::{AccountForm, keep_tokens},
    nav::{AccountShell, SavedNote},
    profile::{ask_address, change_password, load_profile, save_name, withdraw_address},
};
use crate::session::Toast;
use crate::{
    boot::{AccountData, Returned},
    browser,
    error::AppError,
    reactive,
    routes::{AccountPage, Route, Saved},
    session::{Session, use_session},
    ui::{Avatar, Banner, EmailField, FormMessage, PasswordField, PictureForms, SubmitButton, TextField, Tone},
};
use leptos::{prelude::*, task::spawn_local};
use model::{profile::Profile, token::TokensThen};

/// Profile page.
#[component]
pub fn ProfilePage() -> impl IntoView {
    let session = use_session();
    let loaded = match session.take_account_data() {
        Some(AccountData::Profile(profile)) => Some(profile),
        _ => None,
    };
    let saved = match session.navigator.route_now() {
        Route::Profile { saved } => saved,
        _ => None,
    };
    let returned = StoredValue::new(session.take_returned().unwrap_or_default());
    let profile = RwSignal::new(loaded);
    let failed = RwSignal::new(None::<AppError>);
    reactive::effect(move || {
        if profile.with_untracked(Option::is_none) {
            spawn_local(async move {
                match load_profile().await {
                    Ok(read) => profile.set(Some(read)),
                    Err(AppError::SignedOut) => session.sign_in_again(),
                    Err(error) => failed.set(Some(error)),
                }
            });
        }
    });
    let known = Memo::new(move |_| profile.with(Option::is_some));
    view! {
        <AccountShell page=AccountPage::Profile lead="Your details in every workspace.">
            <SavedNote saved/>
            {move || failed.get().map(|error| view! { <Banner tone=Tone::Bad message=error.message()/> })}
            {move || known.get().then(|| profile.get_untracked()).flatten().map(|read| returned.with_value(|returned| view! {
                {picture_form(session, returned)}
                {name_form(session, returned, &read)}
                {address_form(session, returned, &read, profile)}
                {password_form(session, returned, &read)}
            }))}
        </AccountShell>
    }
}

/// Picture upload and removal. The browser submits these forms itself, because of the file, and the response is a
/// document.
fn picture_form(session: Session, returned: &Returned) -> AnyView {
    let form = AccountForm::of(returned, "picture");
    let Some(person) = session.person.get_untracked() else { return ().into_any() };
    let has_one = person.portrait.is_some();
    let now = view! { <Avatar id=person.id name=person.name portrait=person.portrait/> }.into_any();
    view! {
        <section class="block" aria-labelledby="picture-title">
            <h2 id="picture-title">"Picture"</h2>
            <p>"Shown in your profile menu and next to your name."</p>
            <FormMessage form=form.state/>
            <PictureForms now has_one what="picture" action="picture" at=AccountPage::Profile.path().to_owned() errors=form.state.errors/>
        </section>
    }
    .into_any()
}

fn name_form(session: Session, returned: &Returned, profile: &Profile) -> AnyView {
    let form = AccountForm::of(returned, "name");
    let value = form.typed("name").unwrap_or_else(|| profile.name.clone());
    let submit = form.submit(move |values| async move {
        let saved = save_name(values.get("name")).await?;
        session.person.update(|person| {
            if let Some(person) = person {
                person.name = saved;
            }
        });
        session.toast(Toast::done(Saved::Name.message()));
        Ok(())
    });
    view! {
        <section class="block" aria-labelledby="name-title">
            <h2 id="name-title">"Name"</h2>
            <form class="inline-form" method="post" action=AccountPage::Profile.path() novalidate on:submit=submit>
                    <input type="hidden" name="action" value="name"/>
                    <TextField name="name" label="Name" value errors=form.state.errors/>
                    <SubmitButton form=form.state label="Save"/>
            </form>
            <FormMessage form=form.state/>
        </section>
    }
    .into_any()
}

fn address_form(session: Session, returned: &Returned, read: &Profile, profile: RwSignal<Option<Profile>>) -> AnyView {
    let form = AccountForm::of(returned, "address");
    let value = form.typed("email").unwrap_or_default();
    let reload = move || async move {
        profile.set(Some(load_profile().await?));
        Ok::<(), AppError>(())
    };
    let submit = form.submit(move |values| async move {
        ask_address(values.get("email"), values.get("address_password")).await?;
        for id in ["email", "address_password"] {
            browser::clear(id);
        }
        session.toast(Toast::done(Saved::LinkSent.message()));
        reload().await
    });
    let withdrawal = AccountForm::of(returned, "withdraw");
    let withdraw = StoredValue::new(withdrawal.submit(move |_| async move {
        withdraw_address().await?;
        session.toast(Toast::done(Saved::Withdrawn.message()));
        reload().await
    }));
    let pending = Memo::new(move |_| profile.with(|p| p.as_ref().and_then(|p| p.pending_email.clone())));
    view! {
        <section class="block" aria-labelledby="address-title">
            <h2 id="address-title">"Email"</h2>
            <p>"You sign in with "<b data-testid="address">{read.email.clone()}</b>". Invites and other emails go there."</p>
            {move || pending.get().map(|email| view! {
                <form class="banner" method="post" action=AccountPage::Profile.path() on:submit=move |event| withdraw.with_value(|w| w(event)) data-testid="pending-address">
                    <input type="hidden" name="action" value="withdraw"/>
                    <p>"Open the link we sent to "<b>{email}</b>"."</p>
                    <button class="btn small" type="submit">"Cancel change"</button>
                </form>
            })}
            <FormMessage form=form.state/>
            <form class="form narrow" method="post" action=AccountPage::Profile.path() novalidate on:submit=submit>
                <input type="hidden" name="action" value="address"/>
                <EmailField name="email" label="New email" value errors=form.state.errors autocomplete="email"/>
                <PasswordField name="address_password" label="Your password" autocomplete="current-password" errors=form.state.errors/>
                <div><SubmitButton form=form.state label="Send confirmation link"/></div>
            </form>
        </section>
    }
    .into_any()
}

fn password_form(session: Session, returned: &Returned, read: &Profile) -> AnyView {
    let form = AccountForm::of(returned, "password");
    let submit = form.submit(move |values| async move {
        let then = TokensThen::of_checkbox(&values.get("tokens"));
        change_password(values.get("current_password"), values.get("password"), then).await?;
        for id in ["current_password", "password"] {
            browser::clear(id);
        }
        session.toast(Toast::done(Saved::Password.message()));
        Ok(())
    });
    view! {
        <section class="block" aria-labelledby="password-title">
            <h2 id="password-title">"Password"</h2>
            <p>"Changing your password signs you out on all other devices."</p>
            <FormMessage form=form.state/>
            <form class="form narrow" method="post" action=AccountPage::Profile.path() novalidate on:submit=submit>
                <input type="hidden" name="action" value="password"/>
                <input class="visually-hidden" type="email" name="username" autocomplete="username" tabindex="-1" aria-hidden="true" readonly value=read.email.clone()/>
                <PasswordField name="current_password" label="Current password" autocomplete="current-password" errors=form.state.errors/>
                <PasswordField name="password" label="New password" autocomplete="new-password" errors=form.state.errors hint="At least 12 characters. A few random words work well."/>
                {keep_tokens(&read.tokens)}
                <div><SubmitButton form=form.state label="Change password"/></div>
            </form>
        </section>
    }
    .into_any()
}
