//! Error state of a page that could not be loaded.

use crate::{session::use_connection, ui::Icon};
use leptos::prelude::*;
use std::sync::Arc;

/// Error state of a page that could not be loaded, with the reason and a button to retry. Retries automatically when
/// the connection is restored.
#[component]
pub fn Failed(
    /// Message of one or two sentences.
    message: String,
    /// Loads the page again.
    retry: impl Fn() + Send + Sync + 'static,
) -> impl IntoView {
    let retry: Arc<dyn Fn() + Send + Sync> = Arc::new(retry);
    let again = Arc::clone(&retry);
    use_connection().on_retry(Box::new(move || again()));
    view! {
        <section class="empty" role="alert">
            <Icon name="alert"/>
            <h2>"This page didn’t load"</h2>
            <p>{message}</p>
            <div class="btn-row"><button class="btn" type="button" on:click=move |_| retry()><Icon name="refresh"/>"Try again"</button></div>
        </section>
    }
}
