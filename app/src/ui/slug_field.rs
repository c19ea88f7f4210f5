//! Slug field. The input is validated while typing, by the same rules as on the server, and its availability is then
//! checked by the server.

use super::{Icon, clear_error};
use crate::{browser, error::AppError};
use leptos::{prelude::*, task::spawn_local};
use model::{FieldErrors, Slug};

/// Debounce delay before the server is asked, in milliseconds.
const TYPING_PAUSE: u32 = 250;

/// Result of the check of the typed slug.
#[derive(Debug, Clone, PartialEq, Eq)]
enum SlugStatus {
    Unchecked,
    Checking,
    Available,
    Invalid(String),
}

/// Slug field with a control named `slug`.
#[component]
pub fn SlugField<F, A>(
    /// Label.
    label: &'static str,
    /// Initial value.
    value: String,
    /// The workspace's current slug, which is not checked. Empty for a new workspace.
    current: String,
    /// Typed text.
    typed: RwSignal<String>,
    /// Errors of the form.
    errors: RwSignal<FieldErrors>,
    /// Checks if a slug is available.
    check: F,
) -> impl IntoView
where
    F: Fn(Slug) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Result<bool, AppError>> + 'static,
{
    let status = RwSignal::new(SlugStatus::Unchecked);
    let generation = StoredValue::new(0u32);
    let ask = StoredValue::new(check);
    Effect::new(move |before: Option<String>| {
        let text = typed.get();
        let changed = before.is_some_and(|before| before != text);
        let now = generation.try_update_value(|generation| {
            *generation += 1;
            *generation
        });
        if changed {
            clear_error(errors, "slug");
        }
        match Slug::parse(text.trim()) {
            _ if text.trim() == current || text.trim().is_empty() => status.set(SlugStatus::Unchecked),
            Err(error) if changed => status.set(SlugStatus::Invalid(error.to_string())),
            Err(_) => status.set(SlugStatus::Unchecked),
            Ok(slug) => {
                status.set(SlugStatus::Checking);
                browser::after(TYPING_PAUSE, move || {
                    if generation.try_get_value() != now || ask.is_disposed() {
                        return;
                    }
                    let answer = ask.with_value(|ask| ask(slug));
                    spawn_local(async move {
                        let answer = answer.await;
                        if generation.try_get_value() != now {
                            return;
                        }
                        status.set(match answer {
                            Ok(true) => SlugStatus::Available,
                            Ok(false) => SlugStatus::Invalid("That URL is taken. Try another.".to_owned()),
                            // Errors are reported on save.
                            Err(_) => SlugStatus::Unchecked,
                        });
                    });
                });
            }
        }
        text
    });
    let bad = move || {
        let of_form = errors.with(|e| e.of("slug").map(str::to_owned));
        of_form.or_else(|| {
            status.with(|status| if let SlugStatus::Invalid(message) = status { Some(message.clone()) } else { None })
        })
    };
    view! {
        <div class="field">
            <label for="slug">{label}</label>
            <span class="affix"><span aria-hidden="true">"/"</span>
                <input class="input mono" id="slug" name="slug" type="text" value=value autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="60"
                    on:input=move |event| {
                        clear_error(errors, "slug");
                        typed.set(browser::event_value(&event));
                    }
                    aria-invalid=move || bad().map(|_| "true") aria-describedby="slug-error slug-status"/>
            </span>
            <p class="error" id="slug-error">{move || bad().map(|message| view! { <Icon name="alert"/><span>{message}</span> })}</p>
            <p class="hint" id="slug-status" role="status" data-testid="slug-status">
                // The result of the check is hidden while there is an error.
                {move || match status.get() {
                    _ if bad().is_some() => String::new(),
                    SlugStatus::Checking => "Checking…".to_owned(),
                    SlugStatus::Available => "This URL is available.".to_owned(),
                    SlugStatus::Unchecked | SlugStatus::Invalid(_) => String::new(),
                }}
            </p>
        </div>
    }
}
