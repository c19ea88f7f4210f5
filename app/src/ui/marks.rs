//! Small marks: a workspace's icon, a status, a slug, a time.

use leptos::prelude::*;
use model::{Slug, moment, workspace};
use time::OffsetDateTime;

/// A workspace's icon: the first letter of its name on a colour of its own.
#[component]
pub fn WsIcon(
    /// The workspace's name.
    name: String,
    /// In lists and heads.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let class = if large { "ws-icon large" } else { "ws-icon" };
    view! { <span class=class data-hue=workspace::hue(&name) aria-hidden="true">{workspace::initial(&name)}</span> }
}

/// How a status reads: always a word with a dot, never colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusTone {
    /// As it should be.
    Ok,
    /// Under way.
    Info,
    /// Wants a look.
    Warn,
    /// Put away.
    Off,
}

/// A status.
#[component]
pub fn Status(
    /// How it reads.
    tone: StatusTone,
    /// The word.
    label: &'static str,
) -> impl IntoView {
    let class = match tone {
        StatusTone::Ok => "status ok",
        StatusTone::Info => "status info",
        StatusTone::Warn => "status warn",
        StatusTone::Off => "status off",
    };
    view! { <span class=class>{label}</span> }
}

/// A slug in mono, cut in its middle when there is no room.
#[component]
pub fn SlugText(
    /// The slug.
    slug: Slug,
) -> impl IntoView {
    let text = slug.to_string();
    let (front, back) = text.split_at(text.len().saturating_sub(7));
    view! { <span class="slug" title=text.clone()><span>{front.to_owned()}</span><span>{back.to_owned()}</span></span> }
}

/// How long ago something was, with the exact time on hover.
#[component]
pub fn Ago(
    /// When it was.
    at: OffsetDateTime,
    /// The time now; until it is known, the date stands.
    #[prop(into)]
    now: Signal<Option<OffsetDateTime>>,
) -> impl IntoView {
    let words = move || now.get().map_or_else(|| moment::date(at.date()), |now| moment::ago(at, now));
    view! { <time title=moment::exact(at)>{words}</time> }
}

/// A text with the letters that a search matched made heavier. `letters` are character positions, ascending.
#[component]
pub fn Highlighted(
    /// The text.
    text: String,
    /// Which characters matched.
    letters: Vec<u32>,
) -> impl IntoView {
    let mut parts: Vec<(bool, String)> = Vec::new();
    for (i, c) in text.chars().enumerate() {
        let hit = letters.binary_search(&(i as u32)).is_ok();
        match parts.last_mut() {
            Some((last, part)) if *last == hit => part.push(c),
            _ => parts.push((hit, c.to_string())),
        }
    }
    parts
        .into_iter()
        .map(
            |(hit, part)| {
                if hit { view! { <mark>{part}</mark> }.into_any() } else { view! { <span>{part}</span> }.into_any() }
            },
        )
        .collect_view()
}
