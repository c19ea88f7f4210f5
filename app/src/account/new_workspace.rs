//! The page at `/new`, which creates a workspace in an organization that the person manages. Works without JavaScript.

use super::{AccountFrame, create_workspace};
use crate::session::Toast;
use crate::{
    browser,
    console::check_slug,
    routes::{Page, Route},
    session::use_session,
    ui::{Empty, FormMessage, FormState, SelectField, SlugField, SubmitButton, TextField},
};
use leptos::{ev::SubmitEvent, prelude::*};
use model::{OrganizationRole, Slug, settings::NewWorkspaceInput, text::isolated};

/// Range of the numbers that are appended to a proposed slug if it is taken.
const FIRST_NUMBER: u32 = 2;
const LAST_NUMBER: u32 = 6;

/// Form to create a workspace.
#[component]
pub fn NewWorkspacePage() -> impl IntoView {
    let session = use_session();
    drop(session.take_content());
    // For a person with very many workspaces the document contains only part of the list.
    let organizations = Memo::new(move |_| {
        session.picker.with(|picker| {
            let managed = |role: Option<OrganizationRole>| role.is_some_and(|r| r >= OrganizationRole::Admin);
            let all = picker.iter().flat_map(|p| p.organizations.iter());
            all.filter(|o| managed(o.role)).map(|o| (o.id.to_string(), o.name.clone())).collect::<Vec<_>>()
        })
    });
    view! {
        <AccountFrame>
            <main class="auth new-workspace" id="main">
                <header><div>
                    <h1>"New workspace"</h1>
                    <p>"Each workspace has its own products, customers and invoices."</p>
                </div></header>
                {move || match organizations.get() {
                    none if none.is_empty() => view! {
                        <Empty icon="building" title="You can’t create workspaces".to_owned() text="Only owners and admins of an organization can create workspaces. Ask one of them to create it or to change your role.".to_owned()>
                            <a class="btn" href=Route::home().url()>"All workspaces"</a>
                        </Empty>
                    }.into_any(),
                    organizations => view! { <Form organizations/> }.into_any(),
                }}
            </main>
        </AccountFrame>
    }
}

#[component]
fn Form(organizations: Vec<(String, String)>) -> impl IntoView {
    let session = use_session();
    let form = FormState::new(session.take_returned().unwrap_or_default());
    let errors = form.errors;
    let value = |name: &str| form.typed(name).unwrap_or_default();
    let (name, slug) = (value("name"), value("slug"));
    let organization = match value("organization") {
        chosen if chosen.is_empty() => organizations.first().map(|(id, _)| id.clone()).unwrap_or_default(),
        chosen => chosen,
    };
    let typed = RwSignal::new(slug.clone());
    // The slug follows the name until the person edits it.
    let own = StoredValue::new(!slug.is_empty());
    let names = organizations.clone();
    // Proposed slug and the last number that was appended to it.
    let tried = StoredValue::new((String::new(), FIRST_NUMBER - 1));
    let propose = move || {
        if own.get_value() {
            return;
        }
        let values = browser::values_of(".new-workspace form");
        let value = |name: &str| values.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).unwrap_or_default();
        let organization = names.iter().find(|(id, _)| id == value("organization")).map(|(_, name)| name.as_str());
        let proposal = Slug::proposed(organization.unwrap_or_default(), value("name"));
        tried.set_value((proposal.clone(), FIRST_NUMBER - 1));
        typed.set(proposal);
    };
    let check = move |slug: Slug| async move {
        let free = check_slug(slug.clone(), None).await?;
        // If the proposed slug is taken, the next number is tried, unless the proposal has changed in the meantime.
        let is_present = typed.try_with_untracked(|typed| *typed == slug.as_str()) == Some(true);
        if !free && is_present && own.try_get_value() == Some(false) {
            let next = tried.try_update_value(|(proposal, number)| {
                *number += 1;
                (*number <= LAST_NUMBER).then(|| Slug::numbered(proposal, *number)).flatten()
            });
            if let Some(next) = next.flatten() {
                typed.set(next.to_string());
            }
        }
        Ok(free)
    };
    browser::follow("slug", move || typed.get());
    let input = move |event: leptos::ev::Event| {
        if browser::event_name(&event) == "slug" {
            own.set_value(!browser::event_value(&event).is_empty());
        } else {
            propose();
        }
    };
    let changed = input.clone();
    let submit = move |event: SubmitEvent| {
        let send = |values: Vec<(String, String)>| {
            let value = |name: &str| values.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
            let (name, slug, organization) = (value("name"), value("slug"), value("organization"));
            let message = format!("{} is ready.", isolated(name.trim()));
            let create = create_workspace(NewWorkspaceInput { name, slug, organization });
            Some(async move { create.await.map(|slug| (slug, message)) })
        };
        let done = move |(slug, message): (Slug, String)| {
            browser::forget_unsaved();
            session.refresh_picker(true);
            session.navigator.push(Route::Workspace(slug, Page::Overview));
            session.toast(Toast::done(message));
        };
        form.submit(&event, send, done, move |error| session.form_error(error));
    };
    view! {
        <form class="form" method="post" action=Route::NewWorkspace.url() novalidate on:submit=submit on:input=input on:change=changed>
            <input type="hidden" name="action" value="create"/>
            <FormMessage form/>
            <SelectField name="organization" label="Organization" value=organization options=organizations errors/>
            <TextField name="name" label="Name" value=name errors/>
            <SlugField label="Workspace URL" value=slug current=String::new() typed errors check/>
            <SubmitButton form label="Create workspace" wide=true/>
        </form>
    }
}
