//! Device names derived from the `User-Agent` header. They help users recognize their own devices. The header can be
//! forged, so it must not be used for access decisions.

use crate::id::SessionId;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// An active session in the user's session list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Session ID.
    pub id: SessionId,
    /// Device name, for example `Chrome on macOS`.
    pub device: String,
    /// `true` for a phone or tablet.
    pub handheld: bool,
    /// IP address at sign-in.
    pub ip: Option<String>,
    /// Time of sign-in.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created_at: OffsetDateTime,
    /// Time of the last request, accurate to five minutes.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub last_seen_at: OffsetDateTime,
    /// `true` for the session that made this request.
    pub is_this: bool,
}

/// Returns a device name for a `User-Agent` header, for example `Chrome on macOS`. The first match in each list wins,
/// so specific products come before those that they also claim to be: Edge and Chrome both claim to be Safari.
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

/// Returns `true` if the `User-Agent` header claims to be a phone or tablet.
pub fn is_handheld(user_agent: &str) -> bool {
    ["Mobile", "iPhone", "iPad", "Android"].iter().any(|mark| user_agent.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_agents_become_device_names() {
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
