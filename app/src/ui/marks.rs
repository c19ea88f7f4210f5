//! Small marks: a workspace's icon, a status, a slug, a time.

use super::lasting;
use crate::{browser, reactive};
use leptos::{html::span, prelude::*};
use model::{
    Slug, hue,
    id::{UserId, WorkspaceId},
    moment,
    picture::{Brand, PictureName},
};
use time::OffsetDateTime;

/// The hue of everything that is not a workspace: slate blue.
const ORGANIZATION_HUE: u8 = 25;

/// What a workspace is known by at a glance: its logo, else the first letter of its name, on its colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    initial: String,
    hue: u8,
    logo: Option<String>,
}

impl Face {
    /// Of a workspace that the person has a seat in.
    pub fn of(name: &str, slug: &Slug, brand: &Brand) -> Self {
        let logo = brand.logo.as_ref().map(|logo| format!("/api/pictures/workspaces/{slug}/{}", logo.as_str()));
        Self { initial: initial(name), hue: brand.hue(), logo }
    }

    /// For a workspace in which the person has no seat: the colour that it has if none was chosen.
    pub fn automatic(id: WorkspaceId, name: &str) -> Self {
        Self { initial: initial(name), hue: hue::hue(id), logo: None }
    }

    /// For everything else that has no colour of its own.
    pub fn named(name: &str) -> Self {
        Self { initial: initial(name), hue: ORGANIZATION_HUE, logo: None }
    }

    /// Its colour, for `data-hue`.
    pub const fn hue(&self) -> u8 {
        self.hue
    }

    fn inside(self) -> AnyView {
        match self.logo {
            Some(url) => view! { <img src=url alt="" width="28" height="28" decoding="async"/> }.into_any(),
            None => self.initial.into_any(),
        }
    }

    /// The same as the icon of a tab: an address.
    pub fn favicon(&self) -> String {
        self.logo.clone().unwrap_or_else(|| {
            let degrees = u16::from(self.hue) * 10;
            let svg = format!(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='8' fill='oklch(0.52 0.13 {degrees})'/>\
                <text x='16' y='22.5' text-anchor='middle' font-family='Inter,system-ui,sans-serif' font-size='19' font-weight='700' fill='white'>{}</text></svg>",
                // A letter or digit, so nothing that markup could be made of.
                self.initial
            );
            let coded: String = svg.chars().map(|c| if c == '#' || c == '%' || !c.is_ascii() { escape(c) } else { c.to_string() }).collect();
            format!("data:image/svg+xml;charset=utf-8,{coded}")
        })
    }
}

/// A character as it stands in an address (RFC 3986, section 2.1).
fn escape(c: char) -> String {
    let mut bytes = [0; 4];
    c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A workspace's icon.
#[component]
pub fn WsIcon(
    /// What it shows.
    face: Face,
    /// In lists and heads.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let class = if large { "ws-icon large" } else { "ws-icon" };
    // It stays where others' stand, in lines and heads that are drawn again at each key or switch.
    let attributes = lasting(class).with("data-hue", face.hue).fixed("aria-hidden", "true");
    span().add_any_attr(attributes).child(face.inside())
}

/// A person's portrait, else the letters that their names begin with.
#[component]
pub fn Avatar(
    /// Who it is.
    id: UserId,
    /// Their name.
    name: String,
    /// Their portrait.
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

/// The letter of a letter avatar.
fn initial(name: &str) -> String {
    name.chars().find(|c| c.is_alphanumeric()).map_or_else(|| "?".to_owned(), upper)
}

fn upper(letter: char) -> String {
    if letter.is_ascii() { letter.to_ascii_uppercase().to_string() } else { browser::upper(letter) }
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

impl StatusTone {
    /// The class of what reads so, see style/32-marks.css.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Ok => "status ok",
            Self::Info => "status info",
            Self::Warn => "status warn",
            Self::Off => "status off",
        }
    }
}

/// A status.
#[component]
pub fn Status(
    /// How it reads.
    tone: StatusTone,
    /// The word.
    label: &'static str,
) -> impl IntoView {
    view! { <span class=tone.class()>{label}</span> }
}

/// A slug in mono, cut in its middle when there is no room.
#[component]
pub fn SlugText(
    /// The slug.
    slug: Slug,
) -> impl IntoView {
    lasting_slug(&slug)
}

/// The same in a line that is drawn again at each key.
///
/// The text is one node, so it is read aloud, selected and copied as a whole. The visible copy is drawn from the
/// attributes (style/20-base.css): its start may be cut, its end stays visible.
pub fn lasting_slug(slug: &Slug) -> AnyView {
    let text = slug.as_str();
    // ASCII only, so every index is between characters.
    let (front, end) = text.split_at(text.len().saturating_sub(7));
    let attributes = lasting("slug").with("title", slug).with("data-front", front).with("data-end", end);
    span().add_any_attr(attributes.fixed("translate", "no")).child(text.to_owned()).into_any()
}

/// The number of access requests; nothing if there are none.
pub fn waiting_badge(count: u32) -> Option<AnyView> {
    let said = if count == 1 { "1 access request".to_owned() } else { format!("{count} access requests") };
    let words = said.clone();
    (count > 0).then(|| view! {
        <span class="waiting-count" data-testid="waiting-count" title=said.clone()><span aria-hidden="true">{count}</span><span class="visually-hidden">{words}</span></span>
    }.into_any())
}

/// How long ago something was, with the exact time on hover.
#[component]
pub fn Ago(
    /// The moment, with the UTC offset in which it is shown.
    #[prop(into)]
    at: OffsetDateTime,
    /// The time now; until it is known, the date stands.
    #[prop(into)]
    now: Signal<Option<OffsetDateTime>>,
) -> impl IntoView {
    view! { <time title=moment::exact(at)>{reactive::following(move || since(at, now.get()))}</time> }
}

/// How long ago something was; until it is known what time it is, the date.
pub fn since(at: OffsetDateTime, now: Option<OffsetDateTime>) -> String {
    now.map_or_else(|| moment::date(at.date()), |now| moment::ago(at, now))
}

/// A text with the letters that a search matched made heavier. `letters` are character positions, ascending.
#[component]
pub fn Highlighted(
    /// The text.
    text: String,
    /// Which characters matched.
    letters: Vec<u32>,
) -> impl IntoView {
    // What did not match and what did, in turn, so that the next text is drawn into the same elements.
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
