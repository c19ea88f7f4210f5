//! Passkeys: adding with a name, listing, removing.

use super::{
    add_passkey, begin_passkey, remove_passkey,
    state::{Line, SecurityState},
    totp::typed,
};
use crate::{
    browser::{self, PasskeyFailed},
    error::AppError,
    ui::{Ago, Icon},
};
use leptos::{ev::SubmitEvent, prelude::*};
use model::{
    FieldErrors,
    factor::{FactorStanding, FactorState, PasskeyRow},
    moment,
};

/// Returns the error for a passkey operation that failed in the browser. Like those of the server, it is on `passkey`.
pub fn passkey_error(failed: PasskeyFailed) -> AppError {
    AppError::Invalid(FieldErrors::one("passkey", failed.message()))
}

#[component]
pub(super) fn Passkeys(security: SecurityState, state: FactorState) -> impl IntoView {
    let work = security.data.with_untracked(|data| data.as_ref().is_some_and(|data| data.passkeys_work));
    let asks_password = state.standing == FactorStanding::None;
    view! {
        <section class="block" aria-labelledby="passkeys" data-testid="passkeys">
            <h2 id="passkeys">"Passkeys"</h2>
            <p>"A passkey uses your fingerprint, face or a security key. It signs you in without a password and counts as both factors."</p>
            {(!state.passkeys.is_empty()).then(|| table(security, state.passkeys))}
            {if work {
                view! { <Add security asks_password/> }.into_any()
            } else {
                view! { <p class="note">"Passkeys require Stile to be opened at a domain name over HTTPS. Ask the person who hosts it."</p> }.into_any()
            }}
        </section>
    }
}

#[component]
fn Add(security: SecurityState, asks_password: bool) -> impl IntoView {
    let add = move |event: SubmitEvent| {
        event.prevent_default();
        let (name, password) = (typed(&event, "name"), typed(&event, "password"));
        security.run(async move {
            let challenge = begin_passkey(name.clone(), password).await?;
            let credential = browser::create_passkey(&challenge.options).await.map_err(passkey_error)?;
            add_passkey(challenge.handle, name, credential).await
        });
    };
    view! {
        <form class="inline-form" method="post" action=security.here() novalidate data-unguarded on:submit=add data-script>
            // Adding a passkey needs JavaScript, so the server has no action of this name.
            <input type="hidden" name="action" value="add"/>
            <Line security id="passkey-name" name="name" label="Name" placeholder="Laptop"/>
            {asks_password.then(|| view! {
                <Line security id="passkey-password" name="password" label="Your password" kind="password" autocomplete="current-password"/>
            })}
            <button class="btn primary" type="submit" aria-busy=move || security.pending.aria_busy()><Icon name="passkey"/>"Add a passkey"</button>
        </form>
        <p class="note" data-no-script>"To add a passkey, enable JavaScript in this browser."</p>
    }
}

fn table(security: SecurityState, passkeys: Vec<PasskeyRow>) -> AnyView {
    let rows = passkeys
        .into_iter()
        .map(|passkey| {
            let id = passkey.id;
            let remove = move |event: SubmitEvent| {
                event.prevent_default();
                security.run(remove_passkey(id));
            };
            view! {
                <tr data-testid="row">
                    <td class="col-main">{passkey.name.clone()}</td>
                    <td class="col-sm fit">{moment::utc_day(passkey.created_at)}</td>
                    <td class="fit">{match passkey.last_used_at {
                        Some(used) => view! { <Ago at=used now=security.session.now/> }.into_any(),
                        None => "Never".into_any(),
                    }}</td>
                    <td class="num">
                        <form method="post" action=security.here() on:submit=remove>
                            <input type="hidden" name="action" value="remove"/>
                            <input type="hidden" name="id" value=id.to_string()/>
                            <button class="btn quiet small danger" aria-label=format!("Remove {}", passkey.name)>"Remove"</button>
                        </form>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-wrap"><table class="data-table">
            <caption class="visually-hidden">"Passkeys"</caption>
            <thead><tr>
                <th scope="col">"Name"</th><th scope="col" class="col-sm fit">"Added (UTC)"</th><th scope="col" class="fit">"Last used"</th>
                <th scope="col" class="narrow"><span class="visually-hidden">"Actions"</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
    }
    .into_any()
}
