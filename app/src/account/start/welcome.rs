//! Page at `/welcome`, which creates the first organization with its first workspace. The slug is proposed from the
//! name and checked while typing. Without JavaScript it may be left empty; the server then proposes one.

use super::{found_organization, look_up_slug};
use crate::{
    account::{AccountFrame, form::AccountForm},
    browser, reactive,
    routes::{Route, Start},
    session::use_session,
    ui::{FormMessage, Icon, Mark, SubmitButton, TextField, clear_error},
};
use leptos::{prelude::*, task::spawn_local};
use model::{Slug, profile::SlugCheck, text::isolated};

/// Debounce delay before a slug is checked, in milliseconds.
const PAUSE_MILLIS: u32 = 250;

/// Form to create the first organization and workspace.
#[component]
pub(super) fn WelcomePage(host: String) -> impl IntoView {
    let session = use_session();
    let form = AccountForm::open();
    let typed = |name: &str| form.typed(name).unwrap_or_default();
    let first_name = session.person.with_untracked(|p| {
        p.as_ref().and_then(|p| p.name.split_whitespace().next().map(str::to_owned)).unwrap_or_default()
    });
    let organization = typed("organization");
    let organization_name = RwSignal::new(organization.clone());
    let name = RwSignal::new(typed("name"));
    let slug = RwSignal::new(typed("slug"));
    // A proposal does not overwrite a value that the person entered.
    let own_name = StoredValue::new(!name.with_untracked(String::is_empty));
    let own_slug = StoredValue::new(!slug.with_untracked(String::is_empty));
    let check = RwSignal::new(None::<SlugCheck>);
    browser::follow("name", move || name.get());
    browser::follow("slug", move || slug.get());

    let proposed = move |of: fn(&str, &str) -> String| {
        organization_name.with_untracked(|organization| name.with_untracked(|name| of(organization, name)))
    };
    let propose = move || {
        if !own_slug.get_value() {
            slug.set(proposed(Slug::proposed_alone));
        }
    };
    let organization_typed = move |event| {
        let text = browser::event_value(&event);
        organization_name.set(text.clone());
        if !own_name.get_value() {
            name.set(text);
        }
        propose();
    };
    let name_typed = move |event| {
        let text = browser::event_value(&event);
        own_name.set_value(!text.is_empty());
        name.set(text);
        propose();
    };
    let slug_typed = move |event| {
        let text = browser::event_value(&event);
        own_slug.set_value(!text.is_empty());
        slug.set(text);
    };
    let errors = form.state.errors;
    let last = StoredValue::new(slug.get_untracked());
    reactive::effect(move || {
        let text = slug.get();
        check.set(None);
        // Applies also if the slug changes with the name.
        if last.with_value(|last| *last != text) {
            last.set_value(text.clone());
            clear_error(errors, "slug");
        }
        if text.is_empty() {
            return;
        }
        if let Err(error) = Slug::parse(&text) {
            check.set(Some(SlugCheck::Not { reason: error.to_string(), instead: None }));
            return;
        }
        browser::after(PAUSE_MILLIS, move || {
            let still = move |text: &str| slug.try_with_untracked(|now| now == text).unwrap_or(false);
            if still(&text) {
                spawn_local(async move {
                    // If the check fails, the slug is validated on submit.
                    let Ok(answer) = look_up_slug(text.clone()).await else { return };
                    if !still(&text) {
                        return;
                    }
                    // If the proposal is taken, the next one is tried: both names, then with a number.
                    if let SlugCheck::Not { instead, .. } = &answer
                        && own_slug.try_get_value() == Some(false)
                    {
                        let together = proposed(Slug::proposed);
                        let next =
                            if together.is_empty() || together == text { instead.clone() } else { Some(together) };
                        if let Some(next) = next {
                            slug.set(next);
                            return;
                        }
                    }
                    check.set(Some(answer));
                });
            }
        });
    });

    let submit = form.submit(move |values| {
        let (organization, name, slug) = (values.get("organization"), values.get("name"), values.get("slug"));
        async move {
            let path = found_organization(organization, name, slug).await?;
            browser::load_document(&path);
            Ok(())
        }
    });
    let take = move |instead: String| {
        own_slug.set_value(true);
        slug.set(instead);
        browser::focus("#slug");
    };
    // An error replaces the result of the check, so only one is shown.
    let wrong = move || errors.with(|e| e.of("slug").map(str::to_owned));
    view! {
        <AccountFrame>
            <main class="auth wide" id="main">
                <header>
                    <Mark/>
                    <div>
                        <h1>{if first_name.is_empty() { "Welcome".to_owned() } else { format!("Welcome, {}", isolated(&first_name)) }}</h1>
                        <p>"An organization has workspaces, each with its own products, customers and invoices. You’ll be the owner of both."</p>
                    </div>
                </header>
                <FormMessage form=form.state/>
                <form class="form" method="post" action=Route::Start(Start::Welcome).url() novalidate on:submit=submit>
                    <input type="hidden" name="action" value="found"/>
                    <div on:input=organization_typed>
                        <TextField name="organization" label="Organization" value=organization errors hint="Your company or team"/>
                    </div>
                    <div on:input=name_typed>
                        <TextField name="name" label="Workspace name" value=name.get_untracked() errors hint="For example Production or Finance"/>
                    </div>
                    <div class="field">
                        <label for="slug">"Workspace URL"</label>
                        <div class="affix">
                            <span>{host}</span>
                            <input class="input mono" id="slug" name="slug" type="text" value=slug.get_untracked() autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="30"
                                on:input=slug_typed
                                aria-invalid=move || (errors.with(|e| e.of("slug").is_some()) || check.with(|c| matches!(c, Some(SlugCheck::Not { .. })))).then_some("true")
                                aria-describedby="slug-error slug-status"/>
                        </div>
                        <p class="error" id="slug-error">
                            {move || wrong().map(|message| view! { <Icon name="alert"/><span>{message}</span> })}
                        </p>
                        <p class="slug-status" id="slug-status" role="status">
                            {move || check.get().filter(|_| wrong().is_none()).map(|check| match check {
                                SlugCheck::Free => view! { <span class="free"><Icon name="check"/>"Available"</span> }.into_any(),
                                SlugCheck::Not { reason, instead } => view! {
                                    <span class="taken">{reason}</span>
                                    {instead.map(|instead| {
                                        let offered = instead.clone();
                                        view! { <button class="btn small" type="button" on:click=move |_| take(instead.clone())>{format!("Use {offered}")}</button> }
                                    })}
                                }.into_any(),
                            })}
                        </p>
                        <p class="hint">"Lowercase letters, numbers and hyphens. You can change it later, and old links will redirect."</p>
                    </div>
                    <SubmitButton form=form.state label="Create organization" wide=true/>
                </form>
                <p class="after">"Expecting an invite? "<a class="link" href=Route::home().url()>"Check your workspaces"</a></p>
            </main>
        </AccountFrame>
    }
}
