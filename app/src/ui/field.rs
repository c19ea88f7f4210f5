//! Form controls: label, control, hint, error. Names are plain, so a form works without JavaScript.

use super::{Icon, mends};
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

#[component]
fn Notes(name: &'static str, hint: Option<&'static str>, errors: RwSignal<FieldErrors>) -> impl IntoView {
    view! {
        <p class="error" id=format!("{name}-error")>
            {move || errors.with(|e| e.of(name).map(|message| view! { <Icon name="alert"/><span>{message.to_owned()}</span> }))}
        </p>
        {hint.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> })}
    }
}

/// A line of text.
#[component]
pub fn TextField(
    /// The control's name; errors are found by it.
    name: &'static str,
    /// Its label.
    label: &'static str,
    /// What stands in it at first.
    value: String,
    /// The form's errors.
    errors: RwSignal<FieldErrors>,
    /// `type`, `text` if not given.
    #[prop(default = "text")]
    kind: &'static str,
    /// A sentence below it.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// May stay empty.
    #[prop(optional)]
    optional: bool,
    /// Set in mono: codes and keys.
    #[prop(optional)]
    mono: bool,
) -> impl IntoView {
    view! {
        <div class="field">
            <Label name label optional/>
            <input class=if mono { "input mono" } else { "input" } id=name name=name type=kind value=value autocomplete="off" dir=if mono { "ltr" } else { "auto" } on:input=mends(errors, name)
                aria-invalid=move || errors.with(|e| e.of(name).map(|_| "true")) aria-describedby=described(name, hint.is_some())/>
            <Notes name hint errors/>
        </div>
    }
}

/// An e-mail address, of a person who signs in or up.
#[component]
pub fn EmailField(
    /// What stands in it at first.
    value: String,
    /// The form's errors.
    errors: RwSignal<FieldErrors>,
    /// Its label.
    #[prop(default = "Email")]
    label: &'static str,
    /// The control's name.
    #[prop(default = "email")]
    name: &'static str,
    /// What a password manager is to do: `username`, or `email` where it is not what one signs in with.
    #[prop(default = "username")]
    autocomplete: &'static str,
) -> impl IntoView {
    view! {
        <div class="field">
            <Label name label optional=false/>
            <input class="input" id=name name=name type="email" value=value autocomplete=autocomplete autocapitalize="off" spellcheck="false" on:input=mends(errors, name)
                aria-invalid=move || errors.with(|e| e.of(name).map(|_| "true")) aria-describedby=described(name, false)/>
            <Notes name hint=None errors/>
        </div>
    }
}

/// Several lines of text. The text is escaped here and set as inner HTML, because Leptos does not escape the children
/// of a textarea when it renders on the server (docs/SECURITY.md, F-2).
#[component]
pub fn TextAreaField(
    /// The control's name.
    name: &'static str,
    /// Its label.
    label: &'static str,
    /// What stands in it at first.
    value: String,
    /// The form's errors.
    errors: RwSignal<FieldErrors>,
) -> impl IntoView {
    let escaped = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    // In a document the parser drops a line break right behind the tag, so one is given to be dropped.
    let escaped = if cfg!(feature = "ssr") { format!("\n{escaped}") } else { escaped };
    view! {
        <div class="field">
            <Label name label optional=true/>
            <textarea class="input" dir="auto" id=name name=name rows="3" inner_html=escaped on:input=mends(errors, name)
                aria-invalid=move || errors.with(|e| e.of(name).map(|_| "true")) aria-describedby=described(name, false)></textarea>
            <Notes name hint=None errors/>
        </div>
    }
}

/// A choice of one.
#[component]
pub fn SelectField(
    /// The control's name.
    name: &'static str,
    /// Its label.
    label: &'static str,
    /// The value chosen at first.
    value: String,
    /// Values and what they are called.
    options: Vec<(String, String)>,
    /// The form's errors.
    errors: RwSignal<FieldErrors>,
    /// May stay empty.
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
                <select class="input" id=name name=name on:change=mends(errors, name) aria-invalid=move || errors.with(|e| e.of(name).map(|_| "true")) aria-describedby=described(name, false)>
                    {options}
                </select>
                <Icon name="chevron-down"/>
            </span>
            <Notes name hint=None errors/>
        </div>
    }
}

/// A picture from the device. The form around it is sent as `multipart/form-data`.
#[component]
pub fn FileField(
    /// The control's name; errors are found by it.
    name: &'static str,
    /// Its label.
    label: &'static str,
    /// The form's errors.
    errors: RwSignal<FieldErrors>,
    /// A sentence below it.
    hint: &'static str,
) -> impl IntoView {
    // Told before anything is sent; without JavaScript the server says it.
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

/// A picture as it is now, and the forms that replace it and take it away. The browser sends them by itself, with the
/// file, and the answer is a page: an action named `action`, and one named `remove-` and that.
#[component]
pub fn PictureForms(
    /// The picture, or what stands in its place.
    now: AnyView,
    /// Whether there is one to take away.
    has_one: bool,
    /// What it is called.
    what: &'static str,
    /// What its form does, as the server knows it.
    action: &'static str,
    /// The address of the page.
    at: String,
    /// The grant of a workspace's page.
    #[prop(optional)]
    grant: Option<String>,
    /// The form's errors.
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
                <FileField name="picture" label="A picture, square at best" errors hint="PNG, JPEG or WebP, at most 1 MB. Its middle is shown, 144 pixels either way."/>
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
