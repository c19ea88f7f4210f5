//! Pages that precede the account: sign-up, password reset, emailed links, and the first organization and workspace.
//! Each is a full document load, so that no data of a previous user is in memory.

mod address;
#[cfg(feature = "ssr")]
pub(crate) mod api;
mod data;
mod reset;
mod server_fns;
mod sign_up;
mod welcome;

pub use data::{Purpose, StartPage};
pub use server_fns::*;

use crate::{
    boot::AccountData,
    browser, reactive,
    routes::{Route, Start},
    session::use_session,
    ui::{Icon, Mark},
};
use leptos::prelude::*;
use model::link::DeadLink;

/// Renders the page that the document contains.
#[component]
pub fn StartView() -> impl IntoView {
    let session = use_session();
    let page = match session.take_account_data() {
        Some(AccountData::Start(page)) => page,
        _ => {
            // The person navigated back here without a document load; only the server knows the current page.
            reactive::effect(browser::reload_document);
            return ().into_any();
        }
    };
    match page {
        StartPage::SignUp { sent_to } => view! { <sign_up::AskPage sent_to/> }.into_any(),
        StartPage::SignUpForm { email } => view! { <sign_up::FormPage email/> }.into_any(),
        StartPage::Reset { sent_to } => view! { <reset::AskPage sent_to/> }.into_any(),
        StartPage::ResetForm { email } => view! { <reset::FormPage email/> }.into_any(),
        StartPage::Address { email } => view! { <address::ConfirmPage email/> }.into_any(),
        StartPage::Welcome { host } => view! { <welcome::WelcomePage host/> }.into_any(),
        StartPage::Dead { of, why } => view! { <DeadPage of why/> }.into_any(),
    }
}

/// Single-column layout with the logo, a title and a lead sentence.
#[component]
fn StartFrame(
    /// Title.
    #[prop(into)]
    title: String,
    /// Lead sentence.
    #[prop(into)]
    lead: String,
    /// Page content.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="account">
            <main class="auth" id="main">
                <header><Mark/><div><h1>{title}</h1><p>{lead}</p></div></header>
                {children()}
            </main>
        </div>
    }
}

/// Notice that an email was sent. The text is the same for every address.
#[component]
fn SentPage(
    /// Email address.
    email: String,
    /// Validity period of the link.
    works_for: &'static str,
    /// Route back to the form.
    again: Route,
) -> impl IntoView {
    view! {
        <div class="account">
            <main class="auth" id="main">
                <header role="status" data-testid="mail-sent">
                    <span class="badge"><Icon name="mail"/></span>
                    <div>
                        <h1>"Check your email"</h1>
                        <p>"We sent a link to "<b>{email}</b>". Open it within "{works_for}", on any device."</p>
                    </div>
                </header>
                <p class="after">"Didn’t get it? Check spam, or "<a class="link" href=again.url()>"use another email"</a>"."</p>
                <p class="after"><a class="link" href=Route::SignIn { next: None, notice: None }.url()>"Back to sign-in"</a></p>
            </main>
        </div>
    }
}

#[component]
fn DeadPage(of: Purpose, why: DeadLink) -> impl IntoView {
    let (next, label) = match of {
        Purpose::SignUp => (Route::Start(Start::SignUp { next: None }), "Get a new link"),
        Purpose::Reset => (Route::Start(Start::Reset), "Get a new link"),
        Purpose::Address => (Route::Profile { saved: None }, "Go to your profile"),
    };
    let hint = match (of, why) {
        (Purpose::SignUp, DeadLink::Used) => "If you already signed up with it, sign in.",
        (Purpose::Reset, DeadLink::Used) => "If you already set a new password with it, sign in.",
        _ => "Request a new one.",
    };
    view! {
        <div class="account">
            <main class="auth" id="main" data-testid="dead-link">
                <header><Mark/><div><h1>"This link no longer works"</h1><p>{why.message()}" "{hint}</p></div></header>
                <div class="btn-row">
                    <a class="btn primary" href=next.url()>{label}</a>
                    <a class="btn" href=Route::SignIn { next: None, notice: None }.url()>"Sign in"</a>
                </div>
            </main>
        </div>
    }
}
