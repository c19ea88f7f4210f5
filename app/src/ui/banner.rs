//! Banners and empty states: what happened, and what to do.

use super::Icon;
use crate::session::use_connection;
use leptos::prelude::*;
use std::sync::Arc;

/// How much a banner matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// For information.
    Quiet,
    /// Something failed.
    Bad,
}

/// A message about the whole page or form; read out when it appears.
#[component]
pub fn Banner(
    /// How much it matters.
    tone: Tone,
    /// A sentence or two.
    #[prop(into)]
    message: String,
) -> impl IntoView {
    let (class, role, icon) = match tone {
        Tone::Quiet => ("banner", "status", "info"),
        Tone::Bad => ("banner bad", "alert", "alert"),
    };
    view! { <div class=class role=role><Icon name=icon/><p>{message}</p></div> }
}

/// Shown instead of a page that could not be loaded: the reason and a button to try again. It also tries again by
/// itself when the connection is back.
#[component]
pub fn Failed(
    /// A sentence or two.
    message: String,
    /// Tries again.
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

/// In the place of something that is not there: what belongs here, and the first step.
#[component]
pub fn Empty(
    /// An icon of the set.
    icon: &'static str,
    /// A few words.
    title: String,
    /// A sentence or two.
    text: String,
    /// Buttons.
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
