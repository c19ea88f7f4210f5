//! State of the editor, and what happens on input.

use super::marks::{Marks, marks};
use crate::{
    browser,
    console::{
        rate_plans::{
            api::{Base, save_draft},
            calculator::DEFAULT_QUANTITY,
            change::Change,
        },
        scope::Scope,
    },
    error::AppError,
    routes::Page,
    session::Toast,
    ui::FormState,
};
use leptos::{
    ev::{Event, MouseEvent, SubmitEvent},
    prelude::*,
};
use model::{
    FieldErrors,
    currency::Currency,
    id::{ProductId, RatePlanId},
    meter::Meter,
    rate_plan::{ChargeInput, Interval, RatePlanDetail, Version, VersionInput},
};

/// Id of the form.
pub const FORM: &str = "draft";
/// Id of the control whose value changes with each change of the structure. By it, such a change counts as unsaved input.
pub const STRUCTURE: &str = "structure";

/// State of the editor.
#[derive(Clone, Copy)]
pub struct Editor {
    /// Scope of the workspace.
    pub scope: Scope,
    /// The plan.
    pub id: RatePlanId,
    /// Currency of all amounts.
    pub currency: Currency,
    /// Length of the periods.
    pub interval: Interval,
    /// Errors and the submission in flight.
    pub form: FormState,
    /// What the form contains.
    pub input: RwSignal<VersionInput>,
    /// Revision that the form is based on.
    pub revision: RwSignal<i32>,
    /// `true` after a save was refused because somebody else had saved.
    pub stale: RwSignal<bool>,
    /// Quantity to price.
    pub quantity: RwSignal<String>,
    /// Differences to the published version.
    pub marks: Memo<Marks>,
    /// Meters to choose from.
    pub meters: StoredValue<Vec<Meter>>,
    /// Products to choose from.
    pub products: StoredValue<Vec<(ProductId, String)>>,
    /// Number of changes of the structure, and the input after the last one.
    sheet: RwSignal<(u32, VersionInput)>,
    /// `true` after an attempt to save, from which on fields that are still empty are reported, too.
    tried: StoredValue<bool>,
}

/// A charge to draw.
#[derive(Clone)]
pub struct Row {
    /// Number of changes of the structure before.
    pub generation: u32,
    /// Position of the charge.
    pub at: usize,
    /// Number of charges.
    pub count: usize,
    /// Values of its controls.
    pub charge: ChargeInput,
}

impl Editor {
    /// Opens the editor with the draft, or with the form that the server returned.
    pub fn open(
        scope: Scope,
        plan: &RatePlanDetail,
        draft: &Version,
        published: Option<&Version>,
        meters: &[Meter],
        products: &[(ProductId, String)],
    ) -> Self {
        let returned = scope.session.take_returned();
        let was_typed = returned.as_ref().filter(|returned| returned.value("revision").is_some());
        let input = was_typed.map(|returned| VersionInput::from_pairs(returned.values.clone()));
        let input = input.unwrap_or_else(|| VersionInput::from(draft));
        let returned = returned.unwrap_or_default();
        let revision = returned.value("revision").and_then(|revision| revision.parse().ok());
        let quantity = returned.value("quantity").unwrap_or(DEFAULT_QUANTITY).to_owned();
        let (is_stale, was_tried) = (is_stale(&returned.errors), !returned.errors.0.is_empty());
        let base = StoredValue::new(published.map(VersionInput::from));
        let signal = RwSignal::new(input.clone());
        let marks = Memo::new(move |_| {
            signal.with(|now| base.with_value(|base| base.as_ref().map(|base| marks(base, now)))).unwrap_or_default()
        });
        Self {
            scope,
            id: plan.row.id,
            currency: plan.row.currency,
            interval: plan.row.interval,
            form: FormState::new(returned),
            input: signal,
            revision: RwSignal::new(revision.unwrap_or(draft.revision)),
            stale: RwSignal::new(is_stale),
            quantity: RwSignal::new(quantity),
            marks,
            meters: StoredValue::new(meters.to_vec()),
            products: StoredValue::new(products.to_vec()),
            sheet: RwSignal::new((0, input)),
            tried: StoredValue::new(was_tried),
        }
    }

    /// Returns the charges to draw, by position. It tracks changes of the structure.
    pub fn rows(self) -> Vec<Row> {
        self.sheet.with(|(generation, input)| {
            let count = input.charges.len();
            let charges = input.charges.iter().cloned().enumerate();
            charges.map(|(at, charge)| Row { generation: *generation, at, count, charge }).collect()
        })
    }

    /// Follows an input in the form.
    pub fn typed(self, event: &Event) {
        // The change of the structure has set the state already.
        if browser::event_name(event) != STRUCTURE {
            self.read();
        }
    }

    /// Reads the form.
    fn read(self) {
        let values = browser::values_of(&format!("#{FORM}"));
        if let Some((_, quantity)) = values.iter().find(|(name, _)| name == "quantity") {
            self.quantity.set(quantity.clone());
        }
        let input = VersionInput::from_pairs(values);
        if self.input.with_untracked(|before| *before != input) {
            self.follow(input);
        }
    }

    fn follow(self, input: VersionInput) {
        self.form.errors.set(self.errors_of(&input));
        self.input.set(input);
    }

    /// Returns the errors to show while a person types: those of fields with a text, and after an attempt to save, all.
    fn errors_of(self, input: &VersionInput) -> FieldErrors {
        let Err(mut errors) = input.parse(self.currency) else { return FieldErrors::default() };
        if !self.tried.get_value() {
            let filled: Vec<_> = input.pairs().into_iter().filter(|(_, value)| !value.trim().is_empty()).collect();
            errors.0.retain(|error| filled.iter().any(|(name, _)| *name == error.field));
        }
        errors
    }

    /// Makes a change of the structure.
    pub fn change(self, change: Change) {
        self.make(change, None);
    }

    /// Makes a change of the structure, and then focuses the control with this id.
    pub fn change_and_focus(self, change: Change, focus: String) {
        self.make(change, Some(focus));
    }

    /// Makes a change of the structure, and focuses the control with the id `focus`, by default that of the change.
    fn make(self, change: Change, focus: Option<String>) {
        self.read();
        let mut input = self.input.get_untracked();
        if let Some(usual) = change.apply(&mut input) {
            self.redraw(input, focus.unwrap_or(usual));
        }
    }

    fn redraw(self, input: VersionInput, focus: String) {
        self.sheet.update(|(generation, sheet)| {
            *generation += 1;
            sheet.clone_from(&input);
        });
        self.follow(input);
        let generation = self.sheet.with_untracked(|(generation, _)| *generation);
        browser::next_frame(move || {
            browser::type_into(STRUCTURE, &generation.to_string());
            browser::focus_id(&focus);
        });
    }

    /// Renders the button of a change. Without JavaScript, it submits the form.
    pub fn button(
        self,
        change: Change,
        id: &str,
        class: &'static str,
        content: AnyView,
        label: Option<String>,
    ) -> AnyView {
        let click = move |event: MouseEvent| {
            event.prevent_default();
            self.change(change);
        };
        view! { <button class=class id=id.to_owned() name="action" value=change.to_string() aria-label=label on:click=click>{content}</button> }
            .into_any()
    }

    /// Saves the draft. The button says whether the next page is the one that publishes it.
    pub fn submit(self, event: &SubmitEvent) {
        let scope = self.scope;
        let action = browser::form_values(event).into_iter().find(|(name, _)| name == "action");
        let action = action.map(|(_, action)| action).unwrap_or_default();
        let base = if action == "replace" { Base::Any } else { Base::Revision(self.revision.get_untracked()) };
        let id = self.id;
        let send = |values: Vec<(String, String)>| {
            let input = VersionInput::from_pairs(values);
            Some(scope.ask(async move |slug, grant| save_draft(slug, grant, id, base, input.clone()).await))
        };
        let done = move |revision: i32| {
            self.revision.set(revision);
            self.stale.set(false);
            self.tried.set_value(false);
            if action == "review" {
                scope.go(Page::PublishDraft(id));
            } else {
                scope.session.toast(Toast::done("Draft saved".to_owned()));
            }
        };
        self.form.submit(event, send, done, move |error| self.refused(error));
    }

    /// Handles an error of a request with the form's values. Returns it if the form is to show it.
    pub fn refused(self, error: AppError) -> Option<AppError> {
        self.tried.set_value(true);
        self.stale.set(is_stale(&error.fields()));
        self.scope.form_error(error)
    }
}

fn is_stale(errors: &FieldErrors) -> bool {
    errors.of("revision").is_some()
}
