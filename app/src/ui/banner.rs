//! Banners and empty states.

use super::Icon;
use leptos::prelude::*;

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
