//! Editor of a rate plan's draft: the charges as a form on the left, and what they cost on the right.
//!
//! The form is the only state that a person types into. After each input it is read as a whole, by the same code as a
//! posted form on the server, and everything that follows from it is computed anew. When charges or tiers are added,
//! removed or moved, the controls are built anew from the input, so that their names always have the numbers of their
//! positions.
//!
//! Without JavaScript, each button submits the form. The server then returns it with the change.

mod charge;
mod field;
mod marks;
mod preview;
mod state;

use self::{
    charge::charge,
    field::Cell,
    state::{Editor, FORM, STRUCTURE},
};
use super::{
    change::{ADD_CHARGE, Change},
    words,
};
use crate::{
    browser,
    console::{form::grant_field, scope::Scope},
    routes::Page,
    ui::{ErrorSummary, FieldMessage, Icon, TextAreaField, whole_text},
};
use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    prelude::*,
};
use model::{
    id::ProductId,
    meter::Meter,
    rate_plan::{RatePlanDetail, Version},
};

/// Renders the editor. `plan` shows the draft, and `published` is the latest published version.
pub fn editor(
    scope: Scope,
    plan: &RatePlanDetail,
    published: Option<&Version>,
    meters: &[Meter],
    products: &[(ProductId, String)],
) -> AnyView {
    let Some(draft) = plan.shown.as_ref() else { return ().into_any() };
    let editor = Editor::open(scope, plan, draft, published, meters, products);
    let here = scope.url(&Page::EditDraft(editor.id));
    let back = scope.url(&Page::RatePlan(editor.id));
    let title = format!("Version {} of {}", draft.number, plan.row.name);
    let compared = published.map(|version| {
        format!(
            "Draft. Changes against version {0} are marked. Subscribers stay on version {0} until you move them.",
            version.number
        )
    });
    let compared =
        compared.unwrap_or_else(|| "Draft. Nobody can subscribe to the plan before you publish it.".to_owned());
    let (minimum, note) = editor.input.with_untracked(|input| (input.minimum.clone(), input.note.clone()));
    let errors = editor.form.errors;
    let minimum_label = format!("Minimum {}", words::per(editor.interval));
    view! {
        <form class="plan-editor" id=FORM method="post" action=here novalidate autocomplete="off"
            on:submit=move |event: SubmitEvent| editor.submit(&event)
            on:input=move |event| editor.typed(&event) on:change=move |event| editor.typed(&event)
            on:keydown=browser::own_key(shortcut)>
            <header class="page-head">
                <div class="titles"><h1>{title}</h1><span class="sub">{compared}</span></div>
                <div class="btn-row">
                    <a class="btn quiet" href=back>"Close"</a>
                    // The first submit button of the form, which Enter in a field activates.
                    <button class="btn" id="save" name="action" value="save" aria-busy=move || editor.form.pending.aria_busy()>"Save draft"</button>
                    <button class="btn primary" id="review" name="action" value="review" title="Ctrl Enter" aria-busy=move || editor.form.pending.aria_busy()>"Review and publish"</button>
                </div>
            </header>
            {grant_field(scope)}
            <input type="hidden" name="revision" value=move || editor.revision.get()/>
            <input type="text" name="structure" id=STRUCTURE value="0" hidden aria-hidden="true" tabindex="-1" autocomplete="off"/>
            <div class="editor-messages">
                {stale(editor)}
                <ErrorSummary errors/>
                {editor.form.pending.banner()}
                <FieldMessage name="charges" errors/>
            </div>
            <div class="editor-columns">
                <div class="editor-fields">
                    <p class="muted removed">{whole_text(move || editor.marks.with(|marks| marks.removed_words()))}</p>
                    <For each=move || editor.rows() key=|row| (row.generation, row.at) children=move |row| charge(editor, &row)/>
                    <div class="btn-row">
                        {editor.button(Change::AddCharge, ADD_CHARGE, "btn", view! { <Icon name="plus"/>"Add charge" }.into_any(), None)}
                        <button class="btn quiet" name="action" value="refresh" data-no-script>"Update fields and preview"</button>
                    </div>
                    <fieldset class="form-part">
                        <legend class="visually-hidden">"Version"</legend>
                        <Cell editor name="minimum".to_owned() label=minimum_label value=minimum optional=true hint="If the charges cost less, the difference is added."/>
                        <TextAreaField name="note" label="What is new in this version" value=note errors/>
                    </fieldset>
                </div>
                {preview::preview(editor)}
            </div>
        </form>
    }
    .into_any()
}

/// Handles the keys of the whole form: Ctrl Enter saves the draft and opens the page that publishes it.
fn shortcut(event: &KeyboardEvent) {
    if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
        event.prevent_default();
        browser::click("#review");
    }
}

/// Renders the message that another person has saved the draft in the meantime.
fn stale(editor: Editor) -> AnyView {
    let here = editor.scope.url(&Page::EditDraft(editor.id));
    (move || {
        let here = here.clone();
        editor.stale.get().then(|| view! {
            <div class="banner bad" role="alert" data-testid="stale">
                <Icon name="alert"/>
                <div>
                    <p>"Somebody else saved this draft in the meantime. Nothing that you typed is lost, and nothing was saved."</p>
                    <div class="btn-row">
                        <a class="btn small" href=here target="_blank" rel="noopener">"Open theirs in another tab"</a>
                        <button class="btn small danger" name="action" value="replace">"Replace theirs with mine"</button>
                    </div>
                </div>
            </div>
        })
    })
    .into_any()
}
