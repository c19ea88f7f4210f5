//! Controls of the editor, with label, error and what the draft changes.

use super::state::Editor;
use crate::ui::Icon;
use leptos::prelude::*;

/// Text field with label.
#[component]
pub fn Cell(
    /// State of the editor.
    editor: Editor,
    /// Control name, which is also its id.
    name: String,
    /// Label.
    #[prop(into)]
    label: String,
    /// Initial value.
    value: String,
    /// Marks the field as optional.
    #[prop(optional)]
    optional: bool,
    /// Hint below the control.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// Text of any kind; a number by default.
    #[prop(optional)]
    text: bool,
) -> impl IntoView {
    let hint = hint.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> });
    view! {
        <div class="field">
            <label for=name.clone()>{label}{optional.then(|| view! { " "<span class="optional">"(optional)"</span> })}</label>
            {input(editor, &name, value, None, text)}
            {notes(editor, &name)}
            {hint}
        </div>
    }
}

/// Select field with label.
#[component]
pub fn Choice(
    /// State of the editor.
    editor: Editor,
    /// Control name, which is also its id.
    name: String,
    /// Label.
    label: &'static str,
    /// Initial value.
    value: String,
    /// Options as pairs of value and label.
    options: Vec<(String, String)>,
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
            <label for=name.clone()>{label}</label>
            <span class="select">
                <select class="input" id=name.clone() name=name.clone() aria-invalid=invalid(editor, &name) aria-describedby=described(&name)>{options}</select>
                <Icon name="chevron-down"/>
            </span>
            {notes(editor, &name)}
        </div>
    }
}

/// Renders the input of a field. `label` is its accessible name if no label belongs to it.
pub fn input(editor: Editor, name: &str, value: String, label: Option<String>, text: bool) -> AnyView {
    let mode = (!text).then_some("decimal");
    view! {
        <input class="input" type="text" id=name.to_owned() name=name.to_owned() value=value inputmode=mode autocomplete="off"
            aria-label=label aria-invalid=invalid(editor, name) aria-describedby=described(name)/>
    }
    .into_any()
}

/// Renders the error of a control, and what the draft changes in it.
pub fn notes(editor: Editor, name: &str) -> AnyView {
    let (of_error, of_mark) = (name.to_owned(), name.to_owned());
    let error = move || {
        editor.form.errors.with(|errors| {
            errors.of(&of_error).map(|message| view! { <Icon name="alert"/><span>{message.to_owned()}</span> })
        })
    };
    let mark = move || editor.marks.with(|marks| marks.of(&of_mark).map(str::to_owned));
    view! {
        <p class="error" id=format!("{name}-error")>{error}</p>
        <p class="was" id=format!("{name}-was")>{mark}</p>
    }
    .into_any()
}

fn described(name: &str) -> String {
    format!("{name}-error {name}-was")
}

fn invalid(editor: Editor, name: &str) -> impl Fn() -> Option<&'static str> + Send + Sync + Clone + use<> {
    let name = name.to_owned();
    move || editor.form.errors.with(|errors| errors.of(&name).map(|_| "true"))
}
