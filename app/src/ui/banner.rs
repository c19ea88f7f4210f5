//! Banners and empty states.

use super::Icon;
use crate::session::use_connection;
use leptos::prelude::*;
use std::sync::Arc;

/// Severity of a banner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Information.
    Quiet,
    /// Error.
    Bad,
}

/// Message about the whole page or form. Screen readers announce it when it appears.
#[component]
pub fn Banner(
    /// Severity.
    tone: Tone,
    /// Message of one or two sentences.
    #[prop(into)]
    message: String,
) -> impl IntoView {
    let (class, role, icon) = match tone {
        Tone::Quiet => ("banner", "status", "info"),
        Tone::Bad => ("banner bad", "alert", "alert"),
    };
    view! { <div class=class role=role><Icon name=icon/><p>{message}</p></div> }
}

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
    use_connection().on_again(Box::new(move || again()));
    view! {
        <section class="empty" role="alert">
            <Icon name="alert"/>
            <h2>"This page didn’t load"</h2>
            <p>{message}</p>
            <div class="btn-row"><button class="btn" type="button" on:click=move |_| retry()><Icon name="refresh"/>"Try again"</button></div>
        </section>
    }
}

/// Empty state: explains what belongs here and suggests a first step.
#[component]
pub fn Empty(
    /// Icon name.
    icon: &'static str,
    /// Short title.
    title: String,
    /// Text of one or two sentences.
    text: String,
    /// Buttons below the text.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <section class="empty">
            <Icon name=icon/>
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|children| view! { <div class="btn-row">{children()}</div> })}
        </section>
    }
}
