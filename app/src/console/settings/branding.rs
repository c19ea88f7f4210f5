//! Branding: the workspace's colour and logo, which identify it at a glance, also in another browser tab.

use super::save_hue;
use crate::{
    boot::Returned,
    console::{
        form::{FormPage, SectionForm},
        scope::Scope,
    },
    error::AppError,
    routes::{Page, SettingsPage},
    ui::{Banner, FieldMessage, PictureForms, Tone, WorkspaceAvatar, WsIcon, clears_error},
};
use leptos::prelude::*;
use model::{
    picture::{Brand, Hue, HueInput},
    workspace::WorkspaceProfile,
};

pub fn view(scope: Scope) -> AnyView {
    let Some(entered) = scope.entry.get_untracked() else { return ().into_any() };
    let here = scope.url(&Page::Settings(SettingsPage::Branding));
    let grant = entered.grant;
    let workspace = entered.workspace;
    let returned = scope.session.take_returned().unwrap_or_default();
    let action = returned.value("action").unwrap_or_default().to_owned();
    let (of_colour, of_logo, message) = match action.as_str() {
        "hue" => (returned, Returned::default(), String::new()),
        "logo" => (Returned::default(), returned, String::new()),
        // Any other form, such as the one that removes the logo.
        _ => (Returned::default(), Returned::default(), returned.message),
    };
    view! {
        {(!message.is_empty()).then(|| view! { <Banner tone=Tone::Bad message/> })}
        {colour(scope, &workspace, of_colour)}
        {logo(&workspace, here, grant, of_logo)}
    }
    .into_any()
}

fn colour(scope: Scope, workspace: &WorkspaceProfile, returned: Returned) -> AnyView {
    let form = FormPage::with(scope, returned, move |input: HueInput| async move {
        let hue = input.parse().map_err(AppError::Invalid)?;
        scope.suppressing_events(scope.ask(async |slug, grant| save_hue(slug, grant, hue).await)).await?;
        let profile = scope.entry.with_untracked(|entry| entry.as_ref().map(|entry| entry.workspace.clone()));
        if let Some(profile) = profile {
            scope.update_profile(WorkspaceProfile { brand: Brand { hue, ..profile.brand.clone() }, ..profile });
        }
        Ok((Page::Settings(SettingsPage::Branding), "Colour saved".to_owned()))
    });
    let errors = form.state.errors;
    let chosen = match form.typed("hue").map(|hue| HueInput { hue }.parse()) {
        Some(Ok(chosen)) => chosen,
        Some(Err(_)) | None => workspace.brand.hue,
    };
    let own = workspace.brand.automatic;
    let dot = |value: String, hue: u8, label: String, checked: bool, extra: &'static str| {
        let title = label.clone();
        view! {
            <label class=format!("swatch {extra}") data-hue=hue title=title>
                <input type="radio" name="hue" value=value aria-label=label checked=checked/>
                <span aria-hidden="true">{(extra == "own").then_some("A")}</span>
            </label>
        }
    };
    view! {
        <SectionForm page=form action="hue" button="Save colour">
            <fieldset class="swatches" role="radiogroup" on:change=clears_error(errors, "hue")
                aria-invalid=move || errors.with(|e| e.of("hue").map(|_| "true")) aria-describedby="hue-error">
                <legend>"Colour"</legend>
                <p class="hint">"Shown in the sidebar, switcher and browser tab. We adjust it for light and dark."</p>
                <div class="swatch-row">
                    {dot(String::new(), own, "Automatic".to_owned(), chosen.is_none(), "own")}
                    {Hue::all().map(|hue| dot(
                        hue.index().to_string(),
                        hue.index(),
                        format!("{}, {}°", hue.word(), u16::from(hue.index()) * 10),
                        chosen == Some(hue),
                        "",
                    )).collect_view()}
                </div>
                <div class="field"><FieldMessage name="hue" errors/></div>
            </fieldset>
        </SectionForm>
    }
    .into_any()
}

/// Renders the logo forms. The browser submits them itself, with the file, and the response is a document.
fn logo(workspace: &WorkspaceProfile, here: String, grant: String, returned: Returned) -> AnyView {
    let errors = RwSignal::new(returned.errors);
    let avatar = WorkspaceAvatar::of(&workspace.name, &workspace.slug, &workspace.brand);
    let now = view! { <WsIcon avatar large=true/> }.into_any();
    let has_one = workspace.brand.logo.is_some();
    let message = Some(returned.message).filter(|message| !message.is_empty());
    view! {
        <section class="block" aria-labelledby="logo-title">
            <h3 id="logo-title">"Logo"</h3>
            {message.map(|message| view! { <Banner tone=Tone::Bad message/> })}
            <PictureForms now has_one what="logo" action="logo" at=here grant errors/>
        </section>
    }
    .into_any()
}
