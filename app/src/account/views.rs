//! Views of the account pages. They are in a lazily loaded chunk.

use super::{
    AccountPlane, FactorPage, InvitePage, NewWorkspacePage, OrganizationAuditPage, OrganizationShell, PickerPage,
    PreferencesPage, ProfilePage, SecurityPage, SessionsPage, SignInPage, StartView, TokensPage,
};
use crate::layout::AccessRequested;
use leptos::prelude::*;

/// Renders the page.
pub fn draw(plane: AccountPlane) -> AnyView {
    match plane {
        AccountPlane::Home => view! { <PickerPage/> }.into_any(),
        AccountPlane::SignIn => view! { <SignInPage/> }.into_any(),
        AccountPlane::Start => view! { <StartView/> }.into_any(),
        AccountPlane::Profile => view! { <ProfilePage/> }.into_any(),
        AccountPlane::Preferences => view! { <PreferencesPage/> }.into_any(),
        AccountPlane::Tokens => view! { <TokensPage/> }.into_any(),
        AccountPlane::Invite(token) => view! { <InvitePage token/> }.into_any(),
        AccountPlane::Organization(id, page) => view! { <OrganizationShell id page/> }.into_any(),
        AccountPlane::OrganizationAudit => view! { <OrganizationAuditPage/> }.into_any(),
        AccountPlane::AccessRequested(outcome) => view! { <AccessRequested outcome/> }.into_any(),
        AccountPlane::Sessions => view! { <SessionsPage/> }.into_any(),
        AccountPlane::NewWorkspace => view! { <NewWorkspacePage/> }.into_any(),
        AccountPlane::Security => view! { <SecurityPage/> }.into_any(),
        AccountPlane::Factor => view! { <FactorPage/> }.into_any(),
    }
}
