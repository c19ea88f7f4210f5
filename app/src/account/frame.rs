//! Layout of the account pages: a bar with the logo and the profile menu, which the console's top bar also uses.

use crate::{
    boot::Theme,
    console::Palette,
    routes::{AccountPage, Page, Route},
    session::use_session,
    ui::{Avatar, Icon, Mark},
};
use leptos::{ev::SubmitEvent, prelude::*};

/// Account bar with the page content below it.
#[component]
pub fn AccountFrame(
    /// Page content.
    children: Children,
) -> impl IntoView {
    let session = use_session();
    view! {
        <div class="account">
            <header class="account-bar">
                <a class="home" href=Route::home().url()><Mark/>"Stile"</a>
                {session.person.with_untracked(Option::is_some).then(|| view! { <ProfileMenu named=true/> })}
            </header>
            {children()}
            {session.person.with_untracked(Option::is_some).then(|| view! { <Palette info=Signal::stored(None) page=Signal::stored(Page::Overview)/> })}
        </div>
    }
}

/// Profile button with a menu to switch workspaces, manage tokens, set the theme and sign out. Opens without
/// JavaScript.
#[component]
pub fn ProfileMenu(
    /// Shows the person's name beside the avatar.
    #[prop(optional)]
    named: bool,
) -> impl IntoView {
    let session = use_session();
    let person = session.person.get_untracked();
    let avatar = person.clone().map(|p| view! { <Avatar id=p.id name=p.name portrait=p.portrait/> });
    let (name, email) = person.map(|p| (p.name, p.email)).unwrap_or_default();
    let sign_out = move |event: SubmitEvent| {
        event.prevent_default();
        session.sign_out();
    };
    view! {
        <button class="profile-button" type="button" popovertarget="profile-menu" data-testid="profile-menu" title=name.clone()>
            {avatar}
            <span class="visually-hidden">{format!("Profile: {name}")}</span>
            {named.then(|| view! { <span class="who" aria-hidden="true">{name.clone()}</span><Icon name="chevron-down"/> })}
        </button>
        <div class="menu profile-menu" popover="auto" id="profile-menu" role="dialog" aria-label="Profile">
            <div class="menu-head"><b>{name.clone()}</b><span>{email}</span></div>
            <hr/>
            <a class="menu-item" href=Route::home().url() data-testid="switch-workspace"><Icon name="switch"/>"Switch workspace"</a>
            <a class="menu-item" href=AccountPage::Profile.path()><Icon name="user"/>"Profile"</a>
            <a class="menu-item" href=AccountPage::Preferences.path()><Icon name="settings"/>"Preferences"</a>
            <a class="menu-item" href=AccountPage::Sessions.path()><Icon name="monitor"/>"Sessions"</a>
            <a class="menu-item" href=AccountPage::Security.path()><Icon name="shield"/>"Security"</a>
            <a class="menu-item" href=AccountPage::Tokens.path()><Icon name="key"/>"Tokens"</a>
            <hr/>
            <div class="menu-segments" data-script>
                <span id="theme-label">"Theme"</span>
                <div class="segments" role="radiogroup" aria-labelledby="theme-label">
                    {Theme::ALL.iter().copied().map(|theme| {
                        let (label, icon) = match theme {
                            Theme::System => ("System", "monitor"),
                            Theme::Light => ("Light", "sun"),
                            Theme::Dark => ("Dark", "moon"),
                        };
                        view! {
                            <label title=label>
                                <input type="radio" name="theme" value=theme.as_str() aria-label=label
                                    checked=session.theme.get_untracked() == theme
                                    prop:checked=move || session.theme.get() == theme
                                    on:change=move |_| session.choose_theme(theme)/>
                                <Icon name=icon/>
                            </label>
                        }
                    }).collect_view()}
                </div>
            </div>
            <hr data-script/>
            <form method="post" action="/sign-out" on:submit=sign_out>
                <input type="hidden" name="action" value="sign-out"/>
                <button class="menu-item" data-testid="sign-out"><Icon name="sign-out"/>"Sign out"</button>
            </form>
        </div>
    }
}
