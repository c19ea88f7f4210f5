//! Where deeds are done: forms that post to their page without JavaScript and call a server function with it.

use crate::{
    boot::Returned,
    browser,
    error::AppError,
    routes::Route,
    session::Session,
    ui::{Banner, Toast, Tone},
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use model::{
    FieldErrors,
    invite::InviteResult,
    members::{Deed, Done},
    seating::Rank,
};
use std::{future::Future, marker::PhantomData, pin::Pin};

type Answer = Pin<Box<dyn Future<Output = Result<Done, AppError>>>>;

/// A members page, as its forms see it.
pub struct Desk<R> {
    /// The person's context.
    pub session: Session,
    /// What was wrong with which field.
    pub errors: RwSignal<FieldErrors>,
    /// What was wrong with all of it.
    pub message: RwSignal<String>,
    /// What became of the addresses that were invited last.
    pub results: RwSignal<Vec<InviteResult>>,
    busy: RwSignal<bool>,
    action: StoredValue<String>,
    grant: Signal<Option<String>>,
    returned: StoredValue<Returned>,
    act: Callback<SubmitEvent>,
    role: PhantomData<R>,
}

impl<R> Clone for Desk<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Desk<R> {}

impl<R: Rank> Desk<R> {
    /// Opens one at the address `action`. `act` does a deed; `then` is called when it is done, `stop` with an error that is
    /// no complaint about the form.
    pub fn open(
        session: Session,
        action: String,
        grant: Signal<Option<String>>,
        act: impl Fn(Deed<R>) -> Answer + Send + Sync + 'static,
        then: impl Fn(&Done) + Send + Sync + Copy + 'static,
        stop: impl Fn(AppError) + Send + Sync + Copy + 'static,
    ) -> Self {
        let returned = session.take_returned().unwrap_or_default();
        let errors = RwSignal::new(returned.errors.clone());
        let message = RwSignal::new(returned.message.clone());
        let results = RwSignal::new(returned.results.clone());
        let busy = RwSignal::new(false);
        let submit = Callback::new(move |event: SubmitEvent| {
            event.prevent_default();
            if busy.get_untracked() {
                return;
            }
            let deed = match Deed::read(&browser::form_values(&event)) {
                Ok(deed) => deed,
                Err(wrong) => {
                    message.set(wrong.0.first().map(|e| e.message.clone()).unwrap_or_default());
                    errors.set(wrong);
                    return;
                }
            };
            browser::close_menu_around(&event);
            busy.set(true);
            let answer = act(deed);
            spawn_local(async move {
                let answer = answer.await;
                // Whoever has left the page meanwhile is told nothing of it.
                if busy.try_set(false).is_some() {
                    // Who has left for good is sent on, though the tab may have heard of it before this answer came.
                    if answer.is_ok_and(|done| done.left) {
                        browser::load_document(&Route::home().url());
                    }
                    return;
                }
                match answer {
                    Ok(done) => {
                        message.set(String::new());
                        errors.set(FieldErrors::default());
                        if !done.said.is_empty() {
                            session.toast(Toast::done(done.said.clone()));
                        }
                        results.set(done.results.clone());
                        then(&done);
                    }
                    Err(error @ (AppError::Invalid(_) | AppError::Seat(_) | AppError::Denied(_))) => {
                        let fields = error.fields();
                        message.set(fields.0.first().map_or_else(|| error.message(), |e| e.message.clone()));
                        errors.set(fields);
                        browser::reveal(".seats-said");
                    }
                    Err(error) => stop(error),
                }
            });
        });
        Self {
            session,
            errors,
            message,
            results,
            busy,
            action: StoredValue::new(action),
            grant,
            returned: StoredValue::new(returned),
            act: submit,
            role: PhantomData,
        }
    }

    /// What was typed into a control of a form that came back.
    pub fn typed(self, name: &str) -> String {
        self.returned.with_value(|returned| returned.value(name).unwrap_or_default().to_owned())
    }

    /// A form around `children`, for the deed `action`; with none, its buttons name it.
    pub fn form(self, action: Option<&'static str>, class: &'static str, children: impl IntoView + 'static) -> AnyView {
        view! {
            <form class=class method="post" action=self.action.get_value() on:submit=move |event| self.act.run(event)>
                {self.hidden(action)}
                {children}
            </form>
        }
        .into_any()
    }

    /// The same, with an id by which controls elsewhere on the page belong to it.
    pub fn form_with_id(self, id: &'static str, class: &'static str, children: impl IntoView + 'static) -> AnyView {
        view! {
            <form id=id class=class method="post" action=self.action.get_value() on:submit=move |event| self.act.run(event)>
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

    /// Whether an answer is awaited.
    pub fn is_busy(self) -> Option<&'static str> {
        self.busy.get().then_some("true")
    }

    /// What was wrong with all of it, above the page.
    pub fn said(self) -> AnyView {
        view! {
            <div class="seats-said">
                {move || self.message.with(|m| (!m.is_empty()).then(|| view! { <Banner tone=Tone::Bad message=m.clone()/> }))}
            </div>
        }
        .into_any()
    }

    /// Options of a select for the roles that may be given.
    pub fn options(self, roles: &[R], chosen: Option<R>) -> AnyView {
        roles
            .iter()
            .map(|role| view! { <option value=role.word() selected=chosen == Some(*role)>{role.words()}</option> })
            .collect_view()
            .into_any()
    }
}
