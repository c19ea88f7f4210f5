//! General settings: name, address, description, time zone.

use super::{check_slug, save_general, why_no_button};
use crate::{
    console::{
        form::{FormPage, SectionForm, grant_field},
        scope::Scope,
    },
    routes::{Page, SettingsPage},
    ui::{Ago, SelectField, SlugField, SlugText, TextAreaField, TextField},
};
use leptos::prelude::*;
use model::{
    Capability, moment,
    settings::{GeneralInput, GeneralSettings, OldSlug},
};

pub fn view(scope: Scope, settings: &GeneralSettings) -> AnyView {
    let input = settings.input.clone();
    let form = FormPage::open(scope, move |values: GeneralInput| async move {
        let save = scope.ask(async |slug, grant| save_general(slug, grant, values.clone()).await);
        let saved = scope.suppressing_events(save).await?;
        scope.update_profile(saved);
        Ok((Page::Settings(SettingsPage::General), "Settings saved".to_owned()))
    });
    let value = |name: &str, stored: &str| form.typed(name).unwrap_or_else(|| stored.to_owned());
    let errors = form.state.errors;
    let mut zones: Vec<_> = settings.zones.iter().map(|zone| (zone.clone(), zone.replace('_', " "))).collect();
    if !settings.zones.contains(&input.time_zone) {
        zones.insert(0, (input.time_zone.clone(), input.time_zone.clone()));
    }
    let (name, slug, description, zone) = (
        value("name", &input.name),
        value("slug", &input.slug),
        value("description", &input.description),
        value("time_zone", &input.time_zone),
    );
    let typed = RwSignal::new(slug.clone());
    let current = input.slug.clone();
    let (of_form, kept) = (current.clone(), current.clone());
    let changes = move || {
        let typed = typed.get();
        (typed.trim() != current && !typed.is_empty()).then(|| {
            let (old, new) = (current.clone(), typed.trim().to_owned());
            view! {
                <div class="banner warn" role="status" data-testid="slug-warning">
                    <div>
                        <p>{format!("Every page moves from /{old} to /{new} for everyone immediately.")}</p>
                        <p>"Old links and JSON API requests redirect to the new URL for everyone with access, and open tabs keep working. No one else can ever use the old URL."</p>
                    </div>
                </div>
            }
        })
    };
    view! {
        <SectionForm page=form action="save" button="Save">
            <TextField name="name" label="Name" value=name errors/>
            <SlugField label="Workspace URL" value=slug current=of_form typed errors
                check=move |slug| { let own = scope.slug(); async move { check_slug(slug, Some(own)).await } }/>
            {changes}
            <TextAreaField name="description" label="Description" value=description errors/>
            <SelectField name="time_zone" label="Time zone" value=zone options=zones errors/>
            <p class="hint">"Used for dates and times in this workspace."</p>
        </SectionForm>
        {old_addresses(scope, &settings.old, &kept)}
        {export(scope)}
    }
    .into_any()
}

/// Renders the form that exports everything. The browser sends it without the program, because the response is a file.
fn export(scope: Scope) -> AnyView {
    let here = scope.url(&Page::Settings(SettingsPage::General));
    let may = move || scope.may(Capability::OwnWorkspace);
    view! {
        <section class="block" aria-labelledby="export-everything">
            <h3 id="export-everything">"Export"</h3>
            <p>"Download everything in this workspace as a ZIP archive: each table as CSV and as JSON Lines, the files, and a manifest with counts and checksums. Secrets are left out. The export is recorded in the audit log."</p>
            <form class="form" method="post" action=here>
                {grant_field(scope)}
                <input type="hidden" name="action" value="export"/>
                <div class="btn-row"><button class="btn" type="submit" disabled=move || !may()>"Export everything"</button></div>
                {move || why_no_button(scope, Capability::OwnWorkspace)}
            </form>
        </section>
    }
    .into_any()
}

/// Renders the workspace's former slugs, which still redirect here.
fn old_addresses(scope: Scope, old: &[OldSlug], current: &str) -> Option<AnyView> {
    let rows = old
        .iter()
        .map(|old| {
            view! {
                <tr data-testid="row">
                    <td class="col-main"><SlugText slug=old.slug.clone()/></td>
                    <td class="fit col-sm">{old.retired_at.map(|at| moment::date(at.date()))}</td>
                    <td class="fit">{match old.last_used_at {
                        Some(at) => view! { <Ago at now=scope.session.now/> }.into_any(),
                        None => "Not since".into_any(),
                    }}</td>
                </tr>
            }
        })
        .collect_view();
    (!old.is_empty()).then(|| {
        view! {
            <section class="block" aria-labelledby="old-addresses">
                <h3 id="old-addresses">"Old URLs"</h3>
                <p class="hint">{format!("Each redirects to /{current} for everyone with access.")}</p>
                <div class="table-wrap"><table class="data-table">
                    <caption class="visually-hidden">"Old URLs"</caption>
                    <thead><tr><th scope="col">"URL"</th><th scope="col" class="fit col-sm">"In use until"</th><th scope="col" class="fit">"Last used"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table></div>
            </section>
        }
        .into_any()
    })
}
