//! Sign-in page. Works without JavaScript: the form POSTs to the page's own URL.

use super::{begin_passkey_sign_in, sign_in, sign_in_by_passkey};
use crate::{
    boot::Returned,
    browser::{self, PasskeyFailed},
    error::AppError,
    reactive,
    routes::{ReturnTo, Route, SignInNotice, Start},
    session::use_session,
    ui::{Banner, Icon, Mark, Tone},
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use model::FieldErrors;

/// Sign-in page at `/sign-in`, and at `/` for signed-out visitors.
#[component]
pub fn SignInPage() -> impl IntoView {
    let session = use_session();
    let (next, notice) = match session.navigator.route_now() {
        Route::SignIn { next, notice } => (next, notice),
        _ => (None, None),
    };
    let returned = RwSignal::new(session.take_returned().unwrap_or_default());
    // The return path is in the URL at first, and in the form values after a failed attempt.
    let asked = returned.with_untracked(|r| r.value("next").and_then(ReturnTo::parse));
    let next = next.or(asked);
    let sign_up = Route::Start(Start::SignUp { next: next.clone() }).url();
    let next = next.map(|n| n.as_str().to_owned()).unwrap_or_default();
    let busy = RwSignal::new(false);
    reactive::effect(move || session.finish_sign_out());
    let email = returned.with_untracked(|r| r.value("email").unwrap_or_default().to_owned());
    let error_of = move |field: &'static str| move || returned.with(|r| r.errors.of(field).map(str::to_owned));

    // Changed fields are no longer marked as invalid.
    let clear_errors = move |event: leptos::ev::Event| {
        let name = browser::event_name(&event);
        if returned.with_untracked(|r| !r.errors.0.is_empty() || !r.message.is_empty()) {
            returned.update(|r| {
                r.errors.clear(&name);
                r.message.clear();
            });
        }
    };
    let target = next.clone();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let values = browser::form_values(&event);
        let value = |name: &str| values.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
        let (email, password, next) = (value("email"), value("password"), target.clone());
        busy.set(true);
        spawn_local(async move {
            match sign_in(email, password, next).await {
                // Loads a new document, so that no data of a previous user is left in memory.
                Ok(path) => browser::load_document(&Route::arrival(&path)),
                Err(error) => {
                    busy.set(false);
                    let message = if error.fields().0.is_empty() { error.message() } else { String::new() };
                    // The response doesn't reveal which of the two is wrong. The password must be entered again.
                    let errors = match error {
                        AppError::Credentials => FieldErrors::one("password", ""),
                        error => error.fields(),
                    };
                    returned.set(Returned { errors, message, ..Returned::default() });
                    browser::next_frame(|| browser::select(".auth [aria-invalid=true], .auth input[name=password]"));
                }
            }
        });
    };

    let passkey_target = next.clone();
    let by_passkey = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let next = passkey_target.clone();
        let failed = move |message: String| {
            busy.set(false);
            returned.set(Returned { message, ..Returned::default() });
        };
        spawn_local(async move {
            let challenge = match begin_passkey_sign_in().await {
                Ok(challenge) => challenge,
                Err(AppError::Absent) => return failed(PasskeyFailed::Elsewhere.message().to_owned()),
                Err(error) => return failed(error.message()),
            };
            let credential = match browser::sign_with_passkey(&challenge.options).await {
                Ok(credential) => credential,
                Err(error) => return failed(error.message().to_owned()),
            };
            match sign_in_by_passkey(challenge.handle, credential, next).await {
                Ok(path) => browser::load_document(&Route::arrival(&path)),
                Err(error) => {
                    let fields = error.fields();
                    failed(fields.of("passkey").map_or_else(|| error.message(), str::to_owned));
                }
            }
        });
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
                    let message = returned.with(|r| r.message.clone());
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
                    <button class="btn primary wide" type="submit" aria-busy=move || busy.get().then_some("true")>"Sign in"</button>
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
