//! Small visual elements: workspace icon, status, slug and time.

use super::stable;
use crate::{browser, reactive};
use leptos::{html::span, prelude::*};
use model::{
    Slug, hue,
    id::{UserId, WorkspaceId},
    moment,
    picture::{Brand, PictureName},
};
use time::OffsetDateTime;

/// Hue of everything that is not a workspace: slate blue.
const ORGANIZATION_HUE: u8 = 25;

/// Data of a workspace icon: the logo or the first letter of the name, on the workspace's color.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceAvatar {
    initial: String,
    hue: u8,
    logo: Option<String>,
}

impl WorkspaceAvatar {
    /// Icon of a workspace that the person is a member of.
    pub fn of(name: &str, slug: &Slug, brand: &Brand) -> Self {
        let logo = brand.logo.as_ref().map(|logo| format!("/api/pictures/workspaces/{slug}/{}", logo.as_str()));
        Self { initial: initial(name), hue: brand.hue(), logo }
    }

    /// Icon of a workspace that the person is not a member of, with the default color of its id.
    pub fn automatic(id: WorkspaceId, name: &str) -> Self {
        Self { initial: initial(name), hue: hue::hue(id), logo: None }
    }

    /// Icon of anything that has no color of its own.
    pub fn named(name: &str) -> Self {
        Self { initial: initial(name), hue: ORGANIZATION_HUE, logo: None }
    }

    /// Returns the hue, for `data-hue`.
    pub const fn hue(&self) -> u8 {
        self.hue
    }

    fn inside(self) -> AnyView {
        match self.logo {
            Some(url) => view! { <img src=url alt="" width="28" height="28" decoding="async"/> }.into_any(),
            None => self.initial.into_any(),
        }
    }

    /// Returns the URL of the icon as a favicon.
    pub fn favicon(&self) -> String {
        self.logo.clone().unwrap_or_else(|| {
            let degrees = u16::from(self.hue) * 10;
            let svg = format!(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='8' fill='oklch(0.52 0.13 {degrees})'/>\
                <text x='16' y='22.5' text-anchor='middle' font-family='Inter,system-ui,sans-serif' font-size='19' font-weight='700' fill='white'>{}</text></svg>",
                // A letter or digit, so it needs no escaping.
                self.initial
            );
            let coded: String = svg.chars().map(|c| if c == '#' || c == '%' || !c.is_ascii() { escape(c) } else { c.to_string() }).collect();
            format!("data:image/svg+xml;charset=utf-8,{coded}")
        })
    }
}

/// Percent-encodes a character (RFC 3986, section 2.1).
fn escape(c: char) -> String {
    let mut bytes = [0; 4];
    c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Workspace icon.
#[component]
pub fn WsIcon(
    /// Icon data.
    avatar: WorkspaceAvatar,
    /// Uses the large size of lists and page headers.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let class = if large { "ws-icon large" } else { "ws-icon" };
    // Kept in place, because icons are in rows and headers that are rendered again on each key press or workspace
    // switch.
    let attributes = stable(class).with("data-hue", avatar.hue).fixed("aria-hidden", "true");
    span().add_any_attr(attributes).child(avatar.inside())
}

/// Portrait of a person, or their initials.
#[component]
pub fn Avatar(
    /// User id.
    id: UserId,
    /// User's name.
    name: String,
    /// User's portrait, if any.
    portrait: Option<PictureName>,
) -> impl IntoView {
    let shown = match portrait {
        Some(portrait) => {
            let url = format!("/api/pictures/people/{id}/{}", portrait.as_str());
            view! { <img src=url alt="" width="56" height="56" decoding="async"/> }.into_any()
        }
        None => initials(&name).into_any(),
    };
    view! { <span class="avatar" aria-hidden="true">{shown}</span> }
}

fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).take(2).map(upper).collect()
}

/// Returns the letter of a letter avatar.
fn initial(name: &str) -> String {
    name.chars().find(|c| c.is_alphanumeric()).map_or_else(|| "?".to_owned(), upper)
}

fn upper(letter: char) -> String {
    if letter.is_ascii() { letter.to_ascii_uppercase().to_string() } else { browser::upper(letter) }
}

/// Tone of a status, shown as a dot beside a word, so that color is never the only cue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusTone {
    /// Normal.
    Ok,
    /// In progress.
    Info,
    /// Needs attention.
    Warn,
    /// Inactive.
    Off,
}

impl StatusTone {
    /// Returns the CSS class (style/32-marks.css).
    pub const fn class(self) -> &'static str {
        match self {
            Self::Ok => "status ok",
            Self::Info => "status info",
            Self::Warn => "status warn",
            Self::Off => "status off",
        }
    }
}

/// Status label with a colored dot.
#[component]
pub fn Status(
    /// Tone.
    tone: StatusTone,
    /// Label.
    label: &'static str,
) -> impl IntoView {
    view! { <span class=tone.class()>{label}</span> }
}

/// Slug in a monospace font, truncated in the middle if there is not enough space.
#[component]
pub fn SlugText(
    /// Slug to show.
    slug: Slug,
) -> impl IntoView {
    stable_slug(&slug)
}

/// Same as [`SlugText`], for lines that are rendered again on each key press.
///
/// The text is one node, so it is read aloud, selected and copied as a whole. The visible copy is rendered from the
/// attributes (style/20-base.css): its start may be truncated, its end stays visible.
pub fn stable_slug(slug: &Slug) -> AnyView {
    let text = slug.as_str();
    // ASCII only, so every index is a character boundary.
    let (front, end) = text.split_at(text.len().saturating_sub(7));
    let attributes = stable("slug").with("title", slug).with("data-front", front).with("data-end", end);
    span().add_any_attr(attributes.fixed("translate", "no")).child(text.to_owned()).into_any()
}

/// Badge with the number of access requests. Returns `None` if there are none.
pub fn waiting_badge(count: u32) -> Option<AnyView> {
    let label = if count == 1 { "1 access request".to_owned() } else { format!("{count} access requests") };
    let hidden_label = label.clone();
    (count > 0).then(|| view! {
        <span class="waiting-count" data-testid="waiting-count" title=label.clone()><span aria-hidden="true">{count}</span><span class="visually-hidden">{hidden_label}</span></span>
    }.into_any())
}

/// Relative time, with the exact time on hover.
#[component]
pub fn Ago(
    /// Point in time, with the UTC offset in which it is shown.
    #[prop(into)]
    at: OffsetDateTime,
    /// Current time; the date is shown until it is known.
    #[prop(into)]
    now: Signal<Option<OffsetDateTime>>,
) -> impl IntoView {
    view! { <time title=moment::exact(at)>{reactive::following(move || since(at, now.get()))}</time> }
}

/// Formats a relative time, or the date if the current time is not known yet.
pub fn since(at: OffsetDateTime, now: Option<OffsetDateTime>) -> String {
    now.map_or_else(|| moment::date(at.date()), |now| moment::ago(at, now))
}

/// Text with the characters that matched a search emphasized. `letters` are ascending character positions.
#[component]
pub fn Highlighted(
    /// Text to show.
    text: String,
    /// Ascending positions of the characters that matched.
    letters: Vec<u32>,
) -> impl IntoView {
    // Unmatched and matched parts alternate, so that the next text is rendered into the same elements.
    let mut parts: Vec<(bool, String)> = vec![(false, String::new())];
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
