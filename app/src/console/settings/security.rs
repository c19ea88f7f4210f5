//! Security requirement of the workspace: a second factor.

use super::demand_factor;
use crate::session::Toast;
use crate::{
    console::{form::grant_field, scope::Scope},
    routes::{Page, ReturnTo, Route, SettingsPage},
    ui::{Icon, Pending, Status, StatusTone},
};
use leptos::{ev::SubmitEvent, prelude::*};
use model::settings::SecuritySettings;

pub fn view(scope: Scope, settings: &SecuritySettings) -> AnyView {
    view! { {demand(scope, settings)} }.into_any()
}

fn demand(scope: Scope, settings: &SecuritySettings) -> AnyView {
    let SecuritySettings { demands_factor: on, proven } = *settings;
    let here = scope.url(&Page::Settings(SettingsPage::Security));
    let pending = Pending::default();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let answer = scope.ask(async move |slug, grant| demand_factor(slug, grant, !on).await);
        let done = move |()| {
            let message = if on {
                "Two-factor authentication is no longer required"
            } else {
                "Two-factor authentication is now required"
            };
            scope.session.toast(Toast::done(message));
            scope.reload();
        };
        pending.run(answer, done, move |error| scope.handle_error(error));
    };
    // The user who enables the requirement must be able to enter again, so they confirm a factor first.
    let first = Route::Factor { next: ReturnTo::parse(&here) }.url();
    view! {
        <section class="block" aria-labelledby="demand" data-testid="demand">
            <h3 id="demand">"Two-factor authentication"</h3>
            <p>"When it’s required, everyone who opens this workspace confirms it’s them with a code from an authenticator app or a passkey, once while they stay signed in. Other workspaces and sign-in aren’t affected. Operator tokens can’t read this workspace, because a token can’t confirm that a person is present."</p>
            <p class="state">{if on {
                view! { <Status tone=StatusTone::Ok label="Required"/> }
            } else {
                view! { <Status tone=StatusTone::Off label="Not required"/> }
            }}</p>
            {if !on && !proven {
                view! {
                    <div class="banner" role="status">
                        <Icon name="shield"/>
                        <p>"Confirm it’s you first, so that you don’t lock yourself out."</p>
                        <a class="btn small" href=first data-testid="prove-first">"Confirm it’s you"</a>
                    </div>
                }
                .into_any()
            } else {
                view! {
                    <form class="form" method="post" action=here on:submit=submit>
                        {grant_field(scope)}
                        <input type="hidden" name="action" value="demand"/>
                        <input type="hidden" name="demand" value=if on { "off" } else { "on" }/>
                        <div class="btn-row"><button class="btn" class:primary=!on type="submit" aria-busy=move || pending.aria_busy()>
                            {if on { "Stop requiring" } else { "Require for everyone" }}
                        </button></div>
                    </form>
                }
                .into_any()
            }}
        </section>
    }
    .into_any()
}
