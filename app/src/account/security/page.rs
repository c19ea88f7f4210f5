//! Security page.

use super::{
    load_security, passkeys::Passkeys, renew_recovery_codes, set_factor_asked, state::SecurityState,
    totp::AuthenticatorApp,
};
use crate::{
    account::AccountShell,
    boot::AccountData,
    browser,
    layout::copy_button,
    reactive,
    routes::{AccountPage, ReturnTo, Route},
    session::use_session,
    ui::{Icon, Pending},
};
use leptos::{ev::SubmitEvent, prelude::*};
use model::factor::{FactorAsked, FactorStanding, FactorState, RECOVERY_CODES};

/// Security page at `/account/security`.
#[component]
pub fn SecurityPage() -> impl IntoView {
    let session = use_session();
    let data = match session.take_account_data() {
        Some(AccountData::Security(data)) => Some(*data),
        _ => None,
    };
    let loaded = data.is_some();
    let returned = session.take_returned().unwrap_or_default();
    let here = match session.navigator.route_now() {
        route @ Route::Security { .. } => route,
        _ => Route::Security { next: None },
    };
    let next = match &here {
        Route::Security { next } => next.clone(),
        _ => None,
    };
    let security = SecurityState {
        session,
        data: RwSignal::new(data),
        errors: RwSignal::new(returned.errors),
        pending: Pending::new(returned.message),
        here: StoredValue::new(here),
    };
    reactive::effect(move || {
        if !loaded {
            security.run(load_security());
        }
    });
    let state = Memo::new(move |_| security.data.with(|data| data.as_ref().map(|data| data.state.clone())));
    let codes = Memo::new(move |_| security.data.with(|d| d.as_ref().map(|d| d.codes.clone()).unwrap_or_default()));
    view! {
        <AccountShell page=AccountPage::Security lead="Two-factor authentication protects your account even if someone learns your password. Some workspaces require it.">
            <div class="security">
                {security.pending.banner()}
                {move || codes.with(|codes| (!codes.is_empty()).then(|| view! { <NewCodes codes=codes.clone() next=next.clone()/> }))}
                {move || state.get().map(|state| view! {
                    {(state.standing == FactorStanding::Stale).then(|| view! { <Confirm security/> })}
                    <AuthenticatorApp security state=state.clone()/>
                    <Passkeys security state=state.clone()/>
                    {state.is_on().then(|| view! { <RecoveryCodes security state=state.clone()/> <FactorPolicy security state/> })}
                })}
            </div>
        </AccountShell>
    }
}

/// Banner that asks for a second factor. Any change requires a recently verified one.
#[component]
fn Confirm(security: SecurityState) -> impl IntoView {
    let next = ReturnTo::parse(&security.here());
    view! {
        <div class="banner" role="status">
            <Icon name="shield"/>
            <p>"Confirm it’s you to make changes here."</p>
            <a class="btn small" href=Route::Factor { next }.url() data-testid="confirm">"Confirm it’s you"</a>
        </div>
    }
}

/// Newly generated recovery codes, to copy or download. They are shown only once.
#[component]
fn NewCodes(codes: Vec<String>, next: Option<ReturnTo>) -> impl IntoView {
    let text = codes.join("\n");
    let file = format!("data:text/plain;charset=utf-8,Stile%20recovery%20codes%0A%0A{}%0A", codes.join("%0A"));
    view! {
        <section class="secret" role="status" data-testid="new-codes">
            <p><b>"Save these recovery codes now."</b>" You won’t be able to see them again. Each code works once if you lose your phone or passkeys."</p>
            <ol class="codes">{codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view()}</ol>
            <div class="btn-row">
                {copy_button(text, "Copy", "Recovery codes copied")}
                <a class="btn small" href=file download="stile-recovery-codes.txt"><Icon name="download"/>"Download"</a>
                {next.map(|next| view! { <a class="btn small primary" href=next.as_str().to_owned() rel="external">"Continue"</a> })}
            </div>
        </section>
    }
}

#[component]
fn RecoveryCodes(security: SecurityState, state: FactorState) -> impl IntoView {
    let left = state.recovery_left;
    let renew = move |event: SubmitEvent| {
        event.prevent_default();
        security.run(renew_recovery_codes());
    };
    view! {
        <section class="block" aria-labelledby="recovery">
            <h2 id="recovery">"Recovery codes"</h2>
            <p>{format!("{left} of {RECOVERY_CODES} codes left. New codes replace the old ones.")}</p>
            <form method="post" action=security.here() on:submit=renew>
                <input type="hidden" name="action" value="renew"/>
                <button class="btn" type="submit">"Create new recovery codes"</button>
            </form>
        </section>
    }
}

#[component]
fn FactorPolicy(security: SecurityState, state: FactorState) -> impl IntoView {
    let choose = move |event: SubmitEvent| {
        event.prevent_default();
        let values = browser::form_values(&event);
        let chosen = values.iter().find(|(name, _)| name == "asked").and_then(|(_, v)| FactorAsked::from_word(v));
        if let Some(asked) = chosen {
            security.run(set_factor_asked(asked));
        }
    };
    view! {
        <section class="block" aria-labelledby="asked">
            <h2 id="asked">"When to ask"</h2>
            <form class="form" method="post" action=security.here() on:submit=choose>
                <input type="hidden" name="action" value="asked"/>
                <fieldset class="choices" aria-labelledby="asked">
                    {FactorAsked::ALL.into_iter().map(|asked| {
                        let (label, hint) = match asked {
                            FactorAsked::SignIn => ("At every sign-in", "You aren’t asked again while you stay signed in."),
                            FactorAsked::Workspace => ("Only when a workspace requires it", "You sign in with only your password. A workspace that requires two-factor authentication asks when you open it."),
                        };
                        view! {
                            <label class="check">
                                <input type="radio" name="asked" value=asked.as_str() checked=state.asked == asked/>
                                <span>{label}<span class="hint">{hint}</span></span>
                            </label>
                        }
                    }).collect_view()}
                </fieldset>
                <div class="btn-row"><button class="btn" type="submit">"Save"</button></div>
            </form>
        </section>
    }
}
