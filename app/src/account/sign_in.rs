//! Sign-in page. Works without JavaScript: the form POSTs to the page's own URL.

use super::{begin_passkey_sign_in, security::passkey_error, sign_in, sign_in_by_passkey};
use crate::{
    browser::{self, PasskeyFailed},
    error::AppError,
    reactive,
    routes::{ReturnTo, Route, SignInNotice, Start},
    session::use_session,
    ui::{Banner, Icon, Mark, Pending, Tone, clear_error},
};
use leptos::{ev::SubmitEvent, prelude::*};
use model::FieldErrors;

/// Sign-in page at `/sign-in`, and at `/` for signed-out visitors.
#[component]
pub fn SignInPage() -> impl IntoView {
    let session = use_session();
    let (next, notice) = match session.navigator.route_now() {
        Route::SignIn { next, notice } => (next, notice),
        _ => (None, None),
    };
    let returned = session.take_returned().unwrap_or_default();
    // The return path is in the URL at first, and in the form values after a failed attempt.
    let asked = returned.value("next").and_then(ReturnTo::parse);
    let next = next.or(asked);
    let sign_up = Route::Start(Start::SignUp { next: next.clone() }).url();
    let next = next.map(|n| n.as_str().to_owned()).unwrap_or_default();
    reactive::effect(move || session.finish_sign_out());
    let email = returned.value("email").unwrap_or_default().to_owned();
    let (errors, pending) = (RwSignal::new(returned.errors), Pending::new(returned.message));
    let error_of = move |field: &'static str| move || errors.with(|e| e.of(field).map(str::to_owned));
    let is_field = |name: &str| matches!(name, "email" | "password");

    // Changed fields are no longer marked as invalid.
    let clear_errors = move |event: leptos::ev::Event| {
        clear_error(errors, &browser::event_name(&event));
        pending.clear_message();
    };
    // Loads a new document, so that no data of a previous user is left in memory.
    let arrive = |path: String| browser::load_document(&Route::arrival(&path));
    let target = next.clone();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let values = browser::form_values(&event);
        let value = |name: &str| values.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
        let stopped = move |error: AppError| {
            pending.message.set(error.form_message(is_field));
            // The response doesn't reveal which of the two is wrong. The password must be entered again.
            errors.set(match error {
                AppError::Credentials => FieldErrors::one("password", ""),
                error => error.fields(),
            });
            browser::next_frame(|| browser::select(".auth [aria-invalid=true], .auth input[name=password]"));
        };
        pending.run_and_leave(sign_in(value("email"), value("password"), target.clone()), arrive, stopped);
    };

    let passkey_target = next.clone();
    let by_passkey = move |_| {
        let next = passkey_target.clone();
        let answer = async move {
            let challenge = begin_passkey_sign_in().await.map_err(|error| match error {
                AppError::Absent => passkey_error(PasskeyFailed::Elsewhere),
                error => error,
            })?;
            let credential = browser::sign_with_passkey(&challenge.options).await.map_err(passkey_error)?;
            sign_in_by_passkey(challenge.handle, credential, next).await
        };
        let stopped = move |error: AppError| {
            pending.message.set(error.form_message(is_field));
            errors.set(FieldErrors::default());
        };
        pending.run_and_leave(answer, arrive, stopped);
    };

    view! {
        <div class="account">
            <main class="auth" id="main">
                <header>
                    <Mark/>
                    <div>
                        <h1>"Sign in to Stile"</h1>
                        <p>"One sign-in, every workspace you belong to."</p>
                    </div>
                </header>
                {move || {
                    let message = pending.message.get();
                    match (message.is_empty(), notice) {
                        (false, _) => view! { <Banner tone=Tone::Bad message/> }.into_any(),
                        (true, Some(notice @ SignInNotice::Arriving)) => view! { <Banner tone=Tone::Bad message=notice.message().to_owned()/> }.into_any(),
                        (true, Some(notice)) => view! { <Banner tone=Tone::Quiet message=notice.message().to_owned()/> }.into_any(),
                        (true, None) => ().into_any(),
                    }
                }}
                <form class="form" method="post" action=Route::SignIn { next: None, notice: None }.url() novalidate data-unguarded on:submit=submit on:input=clear_errors>
                    <input type="hidden" name="action" value="sign-in"/>
                    <input type="hidden" name="next" value=next/>
                    <CredentialField name="email" label="Email" kind="email" autocomplete="username" value=email error=Signal::derive(error_of("email"))/>
                    <CredentialField name="password" label="Password" kind="password" autocomplete="current-password" value=String::new() error=Signal::derive(error_of("password"))/>
                    <button class="btn primary wide" type="submit" aria-busy=move || pending.aria_busy()>"Sign in"</button>
                    <button class="btn wide" type="button" data-script data-testid="passkey-sign-in" on:click=by_passkey><Icon name="passkey"/>"Sign in with a passkey"</button>
                </form>
                <p class="after ends">
                    <span>"New here? "<a class="link" href=sign_up>"Create an account"</a></span>
                    <a class="link" href=Route::Start(Start::Reset).url()>"Forgot your password?"</a>
                </p>
            </main>
        </div>
    }
}

#[component]
fn CredentialField(
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
    value: String,
    error: Signal<Option<String>>,
) -> impl IntoView {
    let error_id = format!("{name}-error");
    let described = error_id.clone();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input class="input" id=name name=name type=kind value=value autocomplete=autocomplete required autofocus=error.with_untracked(Option::is_some)
                aria-invalid=move || error.with(|e| e.is_some().then_some("true"))
                aria-describedby=move || error.with(|e| e.is_some().then(|| described.clone()))/>
            {move || error.get().filter(|message| !message.is_empty()).map(|message| view! { <p class="error" id=error_id.clone()><Icon name="alert"/>{message}</p> })}
        </div>
    }
}
