//! Cookies: the session's, which holds a secret, and small preferences of the device.

use http::{HeaderMap, header};
use model::preferences::{Accents, Theme};
use store::{door::Credential, secret::Secret};

/// How long a browser keeps the session's cookie, in seconds; the database decides how long it is worth anything.
const MAX_AGE: u32 = 30 * 24 * 60 * 60;

/// How the session's cookie is called and guarded (ASVS 3.3.1 to 3.3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cookies {
    /// Served over TLS: the `__Host-` prefix and `Secure`.
    pub secure: bool,
}

impl Cookies {
    const fn name(self) -> &'static str {
        if self.secure { "__Host-stile" } else { "stile" }
    }

    /// What the request presents. Two cookies of that name, as a neighbouring host might plant one, count as none.
    pub fn credential(&self, headers: &HeaderMap) -> Option<Credential> {
        let mut found = values(headers, self.name());
        let secret = Secret::presented(found.next()?)?;
        found.next().is_none().then(|| Credential::Session(secret.hash()))
    }

    /// The `Set-Cookie` that hands out a session.
    pub(super) fn hand_out(self, secret: &Secret) -> String {
        self.set(secret.reveal(), MAX_AGE)
    }

    /// The `Set-Cookie` that takes it back.
    pub(super) fn take_back(self) -> String {
        self.set("", 0)
    }

    fn set(self, value: &str, max_age: u32) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}", self.name())
    }
}

fn values<'h>(headers: &'h HeaderMap, name: &'h str) -> impl Iterator<Item = &'h str> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter_map(move |(n, value)| (n == name).then_some(value))
}

/// The device's theme: the cookie `theme`, a preference that holds no secret.
pub fn theme(headers: &HeaderMap) -> Theme {
    value(headers, "theme").and_then(Theme::from_word).unwrap_or_default()
}

/// How the device tells workspaces apart: the cookie `accent`, a preference that holds no secret.
pub fn accents(headers: &HeaderMap) -> Accents {
    value(headers, "accent").and_then(Accents::from_word).unwrap_or_default()
}

/// The `Set-Cookie` that tells a device its theme, as the browser itself keeps it.
pub(super) fn set_theme(theme: Theme) -> String {
    format!("theme={}; Path=/; Max-Age=31536000; SameSite=Lax", theme.as_str())
}

/// The `Set-Cookie` that tells a device how to tell workspaces apart.
pub(super) fn set_accents(accents: Accents) -> String {
    format!("accent={}; Path=/; Max-Age=31536000; SameSite=Lax", accents.as_str())
}

/// The first cookie of that name.
fn value<'h>(headers: &'h HeaderMap, name: &'h str) -> Option<&'h str> {
    values(headers, name).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        headers
    }

    #[test]
    fn the_session_is_read_strictly() {
        let (plain, secure) = (Cookies { secure: false }, Cookies { secure: true });
        let secret = "a".repeat(43);
        assert!(plain.credential(&headers(&format!("theme=dark; stile={secret}"))).is_some());
        assert!(secure.credential(&headers(&format!("stile={secret}"))).is_none(), "the prefix is part of the name");
        assert!(secure.credential(&headers(&format!("__Host-stile={secret}"))).is_some());
        assert!(
            plain.credential(&headers(&format!("stile={secret}; stile={secret}"))).is_none(),
            "a planted twin was read"
        );
        assert!(plain.credential(&headers("stile=short")).is_none());
    }

    #[test]
    fn the_session_is_guarded() {
        let cookie = Cookies { secure: true }.take_back();
        for part in ["__Host-stile=", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
            assert!(cookie.contains(part), "{part} is missing in {cookie}");
        }
    }
}
