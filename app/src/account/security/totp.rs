//! Authenticator app: enabled and disabled with a code.

use super::{
    Enrolment, QrCode, confirm_totp, start_totp,
    state::{Line, SecurityState},
    turn_off_totp,
};
use crate::{browser, layout::copy_button};
use leptos::{ev::SubmitEvent, prelude::*};
use model::{
    factor::{FactorStanding, FactorState},
    moment,
};

/// Returns the value of a form control.
pub(super) fn typed(event: &SubmitEvent, name: &str) -> String {
    let values = browser::form_values(event);
    values.into_iter().find(|(n, _)| n == name).map(|(_, v)| v).unwrap_or_default()
}

#[component]
pub(super) fn AuthenticatorApp(security: SecurityState, state: FactorState) -> impl IntoView {
    let enrolment =
        Memo::new(move |_| security.data.with(|data| data.as_ref().and_then(|data| data.enrolment.clone())));
    view! {
        <section class="block" aria-labelledby="app" data-testid="totp">
            <h2 id="app">"Authenticator app"</h2>
            {move || match (state.totp_since, enrolment.get()) {
                (Some(since), _) => {
                    let since = moment::utc_date(since);
                    view! { <p class="status ok">{format!("Enabled since {since}")}</p> <DisableTotp security/> }.into_any()
                }
                (None, Some(enrolment)) => view! { <SetUp security enrolment/> }.into_any(),
                (None, None) => view! {
                    <p>"An app on your phone shows a 6-digit code that changes every 30 seconds."</p>
                    <EnableTotp security asks_password=state.standing == FactorStanding::None/>
                }.into_any(),
            }}
        </section>
    }
}

#[component]
fn EnableTotp(security: SecurityState, asks_password: bool) -> impl IntoView {
    let start = move |event: SubmitEvent| {
        event.prevent_default();
        security.run(start_totp(typed(&event, "password")));
    };
    view! {
        <form class="inline-form narrow" method="post" action=security.here() novalidate on:submit=start>
            <input type="hidden" name="action" value="start"/>
            {asks_password.then(|| view! {
                <Line security id="app-password" name="password" label="Your password" kind="password" autocomplete="current-password"/>
            })}
            <button class="btn primary" type="submit" aria-busy=move || security.pending.aria_busy()>"Set up authenticator app"</button>
        </form>
    }
}

#[component]
fn SetUp(security: SecurityState, enrolment: Enrolment) -> impl IntoView {
    let Enrolment { secret, uri, qr } = enrolment;
    let confirm = move |event: SubmitEvent| {
        event.prevent_default();
        security.run(confirm_totp(typed(&event, "code")));
    };
    let plain = secret.replace(' ', "");
    view! {
        <div class="enrol">
            {qr.map(|QrCode { size, path }| view! {
                <svg class="qr" viewBox=format!("-4 -4 {0} {0}", size + 8) role="img" aria-label="QR code for your authenticator app">
                    <rect x="-4" y="-4" width=size + 8 height=size + 8 fill="#fff"></rect>
                    <path d=path fill="#000" shape-rendering="crispEdges"></path>
                </svg>
            })}
            <div>
                <ol class="steps">
                    <li>"Scan the code with your app, or "<a href=uri>"open it on this device"</a>". Or enter this key:"
                        <div class="copy-box">
                            <code tabindex="0" data-testid="totp-secret">{secret}</code>
                            {copy_button(plain, "Copy", "Key copied")}
                        </div>
                    </li>
                    <li>"Enter the code from your app."
                        <form class="inline-form" method="post" action=security.here() novalidate on:submit=confirm>
                            <input type="hidden" name="action" value="confirm"/>
                            <Line security id="app-code" name="code" label="Code" autocomplete="one-time-code" numeric=true/>
                            <button class="btn primary" type="submit" aria-busy=move || security.pending.aria_busy()>"Enable"</button>
                        </form>
                    </li>
                </ol>
            </div>
        </div>
    }
}

#[component]
fn DisableTotp(security: SecurityState) -> impl IntoView {
    let off = move |event: SubmitEvent| {
        event.prevent_default();
        security.run(turn_off_totp(typed(&event, "code")));
    };
    view! {
        <form class="inline-form narrow" method="post" action=security.here() novalidate on:submit=off>
            <input type="hidden" name="action" value="off"/>
            <Line security id="off-code" name="code" label="Enter a code to disable the app" autocomplete="one-time-code"/>
            <button class="btn danger" type="submit" aria-busy=move || security.pending.aria_busy()>"Disable"</button>
        </form>
    }
}
