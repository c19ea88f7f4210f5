//! Form controls with label, hint and error. Control names are plain, so forms work without JavaScript.

use super::{Icon, clears_error};
use crate::browser;
use leptos::prelude::*;
use model::{FieldErrors, picture::FILE_MAX};

fn described(name: &str, hint: bool) -> String {
    if hint { format!("{name}-error {name}-hint") } else { format!("{name}-error") }
}

#[component]
fn Label(name: &'static str, label: &'static str, optional: bool) -> impl IntoView {
    view! { <label for=name>{label}{optional.then(|| view! { " "<span class="optional">"(optional)"</span> })}</label> }
}

/// Error message of a control. The control refers to it by `aria-describedby`.
#[component]
pub fn FieldMessage(
    /// Control name, by which its errors are found.
    name: &'static str,
    /// Errors of the form.
    errors: RwSignal<FieldErrors>,
) -> impl IntoView {
    view! {
        <p class="error" id=format!("{name}-error")>
            {move || errors.with(|e| e.of(name).map(|message| view! { <Icon name="alert"/><span>{message.to_owned()}</span> }))}
        </p>
    }
}

#[component]
fn Notes(name: &'static str, hint: Option<&'static str>, errors: RwSignal<FieldErrors>) -> impl IntoView {
    view! {
        <FieldMessage name errors/>
        {hint.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> })}
    }
}

/// Single-line text field.
#[component]
pub fn TextField(
    /// Control name, by which its errors are found.
    name: &'static str,
    /// Label.
    label: &'static str,
    /// Initial value.
    value: String,
    /// Errors of the form.
    errors: RwSignal<FieldErrors>,
    /// Input type; `text` by default.
    #[prop(default = "text")]
    kind: &'static str,
    /// Hint below the control.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// Marks the field as optional.
    #[prop(optional)]
    optional: bool,
    /// Uses a monospace font, for codes and keys.
    #[prop(optional)]
    mono: bool,
) -> impl IntoView {
    view! {
        <div class="field">
            <Label name label optional/>
            <input class=if mono { "input mono" } else { "input" } id=name name=name type=kind value=value autocomplete="off" dir=if mono { "ltr" } else { "auto" } on:input=clears_error(errors, name)
                aria-invalid=move || errors.with(|e| e.of(name).map(|_| "true")) aria-describedby=described(name, hint.is_some())/>
            <Notes name hint errors/>
        </div>
    }
}

/// Email address field of a sign-in or sign-up form.
#[component]
pub fn EmailField(
    /// Initial value.
    value: String,
    /// Errors of the form.
    errors: RwSignal<FieldErrors>,
    /// Label.
    #[prop(default = "Email")]
    label: &'static str,
    /// Control name.
    #[prop(default = "email")]
    name: &'static str,
    /// Autofill hint: `username`, or `email` where the address is not the one to sign in with.
    #[prop(default = "username")]
    autocomplete: &'static str,
) -> impl IntoView {
    view! {
        <div class="field">
            <Label name label optional=false/>
            <input class="input" id=name name=name type="email" value=value autocomplete=autocomplete autocapitalize="off" spellcheck="false" on:input=clears_error(errors, name)
                aria-invalid=move || errors.with(|e| e.of(name).map(|_| "true")) aria-describedby=described(name, false)/>
            <Notes name hint=None errors/>
        </div>
    }
}

/// Multi-line text field. The text is escaped here and set as inner HTML, because Leptos does not escape the children
/// of a textarea when it renders on the server (docs/SECURITY.md, F-2).
#[component]
pub fn TextAreaField(
    /// Control name.
    name: &'static str,
    /// Label.
    label: &'static str,
    /// Initial value.
    value: String,
    /// Errors of the form.
    errors: RwSignal<FieldErrors>,
    /// Hint below the control.
    #[prop(optional)]
    hint: Option<&'static str>,
) -> impl IntoView {
    let escaped = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    // The HTML parser drops a line break directly after the opening tag, so a sacrificial one is added.
    let escaped = if cfg!(feature = "ssr") { format!("\n{escaped}") } else { escaped };
    view! {
        <div class="field">
            <Label name label optional=true/>
            <textarea class="input" dir="auto" id=name name=name rows="3" inner_html=escaped on:input=clears_error(errors, name)
                aria-invalid=move || errors.with(|e| e.of(name).map(|_| "true")) aria-describedby=described(name, hint.is_some())></textarea>
            <Notes name hint errors/>
        </div>
    }
}

/// Select field with a single choice.
#[component]
pub fn SelectField(
    /// Control name.
    name: &'static str,
    /// Label.
    label: &'static str,
    /// Initial value.
    value: String,
    /// Options as pairs of value and label.
    options: Vec<(String, String)>,
    /// Errors of the form.
    errors: RwSignal<FieldErrors>,
    /// Marks the field as optional.
    #[prop(optional)]
    optional: bool,
) -> impl IntoView {
    let options = options
        .into_iter()
        .map(|(key, text)| {
            let selected = key == value;
            view! { <option value=key selected=selected>{text}</option> }
        })
        .collect_view();
    view! {
        <div class="field">
            <Label name label optional/>
            <span class="select">
                <select class="input" id=name name=name on:change=clears_error(errors, name) aria-invalid=move || errors.with(|e| e.of(name).map(|_| "true")) aria-describedby=described(name, false)>
                    {options}
                </select>
                <Icon name="chevron-down"/>
            </span>
            <Notes name hint=None errors/>
        </div>
    }
}

/// Image upload field. The form must be sent as `multipart/form-data`.
#[component]
pub fn FileField(
    /// Control name, by which its errors are found.
    name: &'static str,
    /// Label.
    label: &'static str,
    /// Errors of the form.
    errors: RwSignal<FieldErrors>,
    /// Hint below the control.
    hint: &'static str,
) -> impl IntoView {
    // Checked before the upload; without JavaScript the server reports it.
    let chosen = move |_| {
        errors.set(match browser::file_size(name) {
            Some(size) if size > FILE_MAX as f64 => {
                FieldErrors::one(name, "That file is larger than 1 MB. Choose a smaller one.")
            }
            _ => FieldErrors::default(),
        });
    };
    view! {
        <div class="field">
            <Label name label optional=false/>
            <input class="input file" id=name name=name type="file" accept="image/png,image/jpeg,image/webp" required=true on:change=chosen
                aria-invalid=move || errors.with(|e| e.of(name).map(|_| "true")) aria-describedby=described(name, true)/>
            <Notes name hint=Some(hint) errors/>
        </div>
    }
}

/// Current picture with the forms to replace and remove it. The browser submits these forms itself, because of the
/// file, and the response is a document. The form actions are `action` and `remove-` followed by it.
#[component]
pub fn PictureForms(
    /// Current picture, or its placeholder.
    now: AnyView,
    /// `true` if there is a picture to remove.
    has_one: bool,
    /// Display name of the picture.
    what: &'static str,
    /// Form action that uploads the picture.
    action: &'static str,
    /// URL of the page.
    at: String,
    /// Grant of a workspace page (`server::grant`).
    #[prop(optional)]
    grant: Option<String>,
    /// Errors of the form.
    errors: RwSignal<FieldErrors>,
) -> impl IntoView {
    let there = at.clone();
    let granted = move || grant.clone().map(|grant| view! { <input type="hidden" name="grant" value=grant/> });
    view! {
        <div class="picture-line">
            <span class="picture-now">{now}</span>
            <form class="form" method="post" action=at enctype="multipart/form-data">
                {granted()}
                <input type="hidden" name="action" value=action/>
                <FileField name="picture" label="Square image" errors hint="PNG, JPEG or WebP, at most 1 MB. Cropped to 144 × 144 px."/>
                <div class="btn-row"><button class="btn" type="submit">{format!("{} {what}", if has_one { "Replace" } else { "Upload" })}</button></div>
            </form>
        </div>
        {has_one.then(|| view! {
            <form method="post" action=there>
                {granted()}
                <input type="hidden" name="action" value=format!("remove-{action}")/>
                <button class="btn quiet" type="submit">{format!("Remove {what}")}</button>
            </form>
        })}
    }
}
