//! Forms of the members pages. Without JavaScript, they post to their page; otherwise they call a server function.

use crate::session::Toast;
use crate::{
    boot::Returned,
    browser,
    error::AppError,
    routes::Route,
    session::Session,
    ui::{Pending, clear_error},
};
use leptos::{
    ev::{Event, SubmitEvent},
    prelude::*,
    reactive::traits::IsDisposed,
};
use model::{
    FieldErrors,
    invite::{InviteResult, to_correct},
    members::{ActionOutcome, MemberAction},
    seating::{Rank, SeatScope},
};
use std::{future::Future, marker::PhantomData, pin::Pin};

type Answer = Pin<Box<dyn Future<Output = Result<ActionOutcome, AppError>>>>;

/// Name of the field with the people to invite.
pub(super) const EMAILS: &str = "emails";

/// Returns `true` for the fields of the page that show their own errors.
fn is_field(name: &str) -> bool {
    matches!(name, EMAILS | "domain")
}

/// State of a members page, shared by its forms.
pub struct MembersForm<R> {
    /// Session context.
    pub session: Session,
    /// Validation errors by field.
    pub errors: RwSignal<FieldErrors>,
    /// Results of the last invites.
    pub results: RwSignal<Vec<InviteResult>>,
    /// Text of the invite field. It stays while the page is reloaded.
    pub emails: RwSignal<String>,
    pending: Pending,
    action: StoredValue<String>,
    grant: Signal<Option<String>>,
    returned: StoredValue<Returned>,
    act: Callback<SubmitEvent>,
    role: PhantomData<R>,
}

impl<R> Clone for MembersForm<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for MembersForm<R> {}

impl<R: Rank> MembersForm<R> {
    /// Creates the state of forms that post to `action`. `act` performs an action; `then` is called on success, and
    /// `stop` with an error that is no validation error.
    pub fn open(
        session: Session,
        action: String,
        grant: Signal<Option<String>>,
        act: impl Fn(MemberAction<R>) -> Answer + Send + Sync + 'static,
        then: impl Fn(&ActionOutcome) + Send + Sync + Copy + 'static,
        stop: impl Fn(AppError) + Send + Sync + Copy + 'static,
    ) -> Self {
        let returned = session.take_returned().unwrap_or_default();
        let errors = RwSignal::new(returned.errors.clone());
        let elsewhere = returned.errors.elsewhere(is_field).unwrap_or_default();
        let text = if returned.message.is_empty() { elsewhere } else { returned.message.as_str() };
        let pending = Pending::new(text.to_owned());
        let emails = RwSignal::new(returned.value("emails").unwrap_or_default().to_owned());
        let results = RwSignal::new(returned.results.clone());
        let submit = Callback::new(move |event: SubmitEvent| {
            event.prevent_default();
            if !pending.is_idle() {
                return;
            }
            let action = match MemberAction::read(&browser::form_values(&event)) {
                Ok(action) => action,
                Err(wrong) => {
                    let wrong = AppError::Invalid(wrong);
                    pending.message.set(wrong.form_message(is_field));
                    errors.set(wrong.fields());
                    return;
                }
            };
            browser::close_menu_around(&event);
            let sent = browser::snapshot_form(&event);
            let invites = matches!(action, MemberAction::Invite { .. });
            let answer = act(action);
            let answer = async move {
                let answer = answer.await;
                // A user who has given up their seat is redirected, even if the tab learned of it before this response
                // arrived and has left the page.
                if errors.is_disposed() && answer.as_ref().is_ok_and(|done| done.left) {
                    browser::load_document(&Route::home().url());
                }
                answer
            };
            let done = move |outcome: ActionOutcome| {
                errors.set(FieldErrors::default());
                if !outcome.said.is_empty() {
                    session.toast(Toast::done(outcome.said.clone()));
                }
                results.set(outcome.results.clone());
                if invites {
                    // The field keeps only the entries to correct.
                    let left = to_correct(&outcome.results);
                    browser::put(EMAILS, &left);
                    emails.set(left);
                } else {
                    sent.saved();
                }
                then(&outcome);
            };
            let stopped = move |error| match error {
                // The typed input stays in its fields.
                AppError::Invalid(_)
                | AppError::TooManyMails { .. }
                | AppError::Limited(_)
                | AppError::Seat(_)
                | AppError::Denied(_)
                | AppError::Unavailable
                | AppError::Offline
                | AppError::Internal => {
                    let text = error.form_message(is_field);
                    let placed = text.is_empty();
                    pending.message.set(text);
                    errors.set(error.fields());
                    if placed {
                        browser::next_frame(|| browser::focus("[aria-invalid=true]"));
                    } else {
                        browser::reveal(".seats-messages");
                    }
                }
                error => stop(error),
            };
            pending.run(answer, done, stopped);
        });
        Self {
            session,
            errors,
            results,
            emails,
            pending,
            action: StoredValue::new(action),
            grant,
            returned: StoredValue::new(returned),
            act: submit,
            role: PhantomData,
        }
    }

    /// Returns the value that was typed into a control of a form returned by the server.
    pub fn typed(self, name: &str) -> String {
        self.returned.with_value(|returned| returned.value(name).unwrap_or_default().to_owned())
    }

    /// Renders a heading of the page's sections, one level below the page's heading.
    pub fn heading(self, id: &'static str, text: &'static str) -> AnyView {
        match R::SCOPE {
            // The titles of the settings and of the page come above it.
            SeatScope::Workspace => view! { <h3 id=id>{text}</h3> }.into_any(),
            SeatScope::Organization => view! { <h2 id=id>{text}</h2> }.into_any(),
        }
    }

    /// Removes the error of a field and that of the whole form when the field changes.
    fn clear_errors(self, event: &Event) {
        clear_error(self.errors, &browser::event_name(event));
        self.pending.clear_message();
    }

    /// Renders a form around `children` for the action `action`. With `None`, the buttons of the form name the action.
    pub fn action_form(
        self,
        action: Option<&'static str>,
        class: &'static str,
        children: impl IntoView + 'static,
    ) -> AnyView {
        // Only typed input counts as unsaved; a choice in a menu does not.
        let unguarded = (!matches!(action, Some("invite" | "set_join"))).then_some("");
        view! {
            <form class=class method="post" action=self.action.get_value() data-unguarded=unguarded
                on:submit=move |event| self.act.run(event) on:input=move |event| self.clear_errors(&event)>
                {self.hidden(action)}
                {children}
            </form>
        }
        .into_any()
    }

    /// Renders a form like [`action_form`](Self::action_form), with an id by which controls elsewhere on the page can
    /// refer to it.
    pub fn form_with_id(self, id: &'static str, class: &'static str, children: impl IntoView + 'static) -> AnyView {
        view! {
            <form id=id class=class method="post" action=self.action.get_value() data-unguarded="" novalidate
                on:submit=move |event| self.act.run(event) on:input=move |event| self.clear_errors(&event)>
                {self.hidden(None)}
                {children}
            </form>
        }
        .into_any()
    }

    fn hidden(self, action: Option<&'static str>) -> impl IntoView {
        view! {
            {move || self.grant.get().map(|grant| view! { <input type="hidden" name="grant" value=grant/> })}
            {action.map(|action| view! { <input type="hidden" name="action" value=action/> })}
        }
    }

    /// Returns the `aria-busy` value of the buttons: `"true"` while a response is pending.
    pub fn aria_busy(self) -> Option<&'static str> {
        self.pending.aria_busy()
    }

    /// Renders the error message that concerns the page as a whole.
    pub fn error_message(self) -> AnyView {
        view! { <div class="seats-messages">{self.pending.banner()}</div> }.into_any()
    }

    /// Renders the options of a select for the roles that may be given.
    pub fn options(self, roles: &[R], chosen: Option<R>) -> AnyView {
        roles
            .iter()
            .map(|role| view! { <option value=role.word() selected=chosen == Some(*role)>{role.words()}</option> })
            .collect_view()
            .into_any()
    }
}
