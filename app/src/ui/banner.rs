//! Banners and empty states: what happened, and what to do.

use super::Icon;
use leptos::prelude::*;

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
    let (class, role) = match tone {
        Tone::Quiet => ("banner", "status"),
        Tone::Bad => ("banner bad", "alert"),
    };
    view! { <div class=class role=role><Icon name="alert"/><p>{message}</p></div> }
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
