//! A sign-in's device in words, from what its browser says of itself. For people to know their own devices by; nothing
//! is decided by it, because a browser may say what it likes.

use crate::id::SessionId;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// A live session, as its person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// `Chrome on macOS`.
    pub device: String,
    /// Whether it is a phone or tablet.
    pub handheld: bool,
    /// The address it was begun from.
    pub ip: Option<String>,
    /// When it was begun.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created_at: OffsetDateTime,
    /// When it was last used, to five minutes.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub last_seen_at: OffsetDateTime,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// `Chrome on macOS`, as far as the text tells: what claims most comes last in the lists, because every browser also
/// claims to be those before it.
pub fn name(user_agent: &str) -> String {
    const BROWSERS: &[(&str, &str)] = &[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Vivaldi/", "Vivaldi"),
        ("FxiOS/", "Firefox"),
        ("Firefox/", "Firefox"),
        ("HeadlessChrome/", "Headless Chrome"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    const SYSTEMS: &[(&str, &str)] = &[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("CrOS", "ChromeOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Macintosh", "macOS"),
        ("Linux", "Linux"),
    ];
    let found =
        |list: &[(&str, &'static str)]| list.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, n)| *n);
    match (found(BROWSERS), found(SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("A browser on {system}"),
        (None, None) => match user_agent.split_once('/').map_or(user_agent, |(product, _)| product).trim() {
            "" => "An unknown device".to_owned(),
            product => product.chars().filter(|c| !c.is_control()).take(40).collect(),
        },
    }
}

/// Whether it says that it is a phone or tablet.
pub fn is_handheld(user_agent: &str) -> bool {
    ["Mobile", "iPhone", "iPad", "Android"].iter().any(|mark| user_agent.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_in_words() {
        for (agent, words) in [
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
                "Chrome on macOS",
            ),
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
            ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            ("Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36", "Chrome on Android"),
            ("curl/8.5.0", "curl"),
            ("stile demo", "stile demo"),
            ("", "An unknown device"),
        ] {
            assert_eq!(name(agent), words, "{agent}");
        }
        assert!(is_handheld("Mozilla/5.0 (iPhone; CPU)") && !is_handheld("Mozilla/5.0 (X11; Linux x86_64)"));
    }
}
