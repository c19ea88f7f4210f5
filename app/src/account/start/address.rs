//! Page at `/account/address/{token}`, opened from the confirmation link of a change of address. Opening it changes
//! nothing; the change is made by its form.

use super::{StartFrame, take_address};
use crate::{
    account::form::AccountForm,
    browser,
    routes::{Route, Start},
    session::use_session,
    ui::{FormMessage, SubmitButton},
};
use leptos::prelude::*;

/// Confirms the change of address.
#[component]
pub(super) fn ConfirmPage(email: String) -> impl IntoView {
    let session = use_session();
    let route = session.navigator.route_now();
    let token = match &route {
        Route::Start(Start::AddressLink(token)) => token.as_str().to_owned(),
        _ => String::new(),
    };
    let old = session.person.with_untracked(|p| p.as_ref().map(|p| p.email.clone()).unwrap_or_default());
    let form = AccountForm::open();
    let submit = form.submit(move |_| {
        let token = token.clone();
        async move {
            let path = take_address(token).await?;
            browser::load_document(&path);
            Ok(())
        }
    });
    view! {
        <StartFrame title="Use this email from now on?" lead=format!("The email of your account will change from {old} to {email}. You’ll sign in with the new one.")>
            <FormMessage form=form.state/>
            <form class="form" method="post" action=route.url() on:submit=submit>
                <input type="hidden" name="action" value="take-address"/>
                <SubmitButton form=form.state label="Use new email" wide=true/>
            </form>
            <p class="after"><a class="link" href=Route::Profile { saved: None }.url()>"Keep current email"</a></p>
        </StartFrame>
    }
}
