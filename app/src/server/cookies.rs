//! Cookies: the session cookie, which contains a secret, and the device's preferences.
//!
//! Browsers send the cookies of a host to all of its ports, and other software on the host may have set some. Our
//! cookies therefore have the port in their name (or the `__Host-` prefix), and all others are ignored.

use http::{HeaderMap, HeaderValue, header};
use model::preferences::{Accents, Theme};
use store::{Store, StoreError, door::Credential, secret::Secret};

/// Max-Age of the session cookie, in seconds. The expiry of the session itself is in the database.
const MAX_AGE: u32 = 30 * 24 * 60 * 60;
/// Length of a session secret, in characters.
const SECRET_LENGTH: usize = 43;
/// Maximum number of session cookies that are checked per request.
const CANDIDATES: usize = 4;

/// Names and attributes of cookies at one origin (ASVS 3.3.1 to 3.3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cookies {
    secure: bool,
    port: u16,
}

impl Cookies {
    /// Creates the cookie configuration for an origin with this scheme and port.
    pub const fn at(https: bool, port: u16) -> Self {
        Self { secure: https, port }
    }

    /// Returns the name of the session cookie. Over TLS, the prefix prevents other hosts from setting it.
    fn session(self) -> String {
        match (self.secure, self.port) {
            (true, 443) => "__Host-stile".to_owned(),
            (true, port) => format!("__Host-stile-{port}"),
            (false, port) => format!("stile-{port}"),
        }
    }

    /// Returns the former name of the session cookie, without the port, if it differs.
    fn former_session(self) -> Option<&'static str> {
        match (self.secure, self.port) {
            (true, 443) => None,
            (true, _) => Some("__Host-stile"),
            (false, _) => Some("stile"),
        }
    }

    /// Returns the session cookie of the request. `None` also if there are several, see [`settle`].
    pub fn presented(self, headers: &HeaderMap) -> Option<Presented> {
        let (mut candidates, is_former) = self.candidates(headers);
        let secret = candidates.pop().filter(|_| candidates.is_empty())?;
        Some(Presented { credential: Credential::Session(secret.hash()), former: is_former.then_some(secret) })
    }

    /// Returns `true` if the request has a cookie that could be a session secret.
    pub fn has_candidates(self, headers: &HeaderMap) -> bool {
        !self.candidates(headers).0.is_empty()
    }

    /// Returns the distinct session secrets in the request, and `true` if they came under the former cookie name.
    fn candidates(self, headers: &HeaderMap) -> (Vec<Secret>, bool) {
        let now = secrets(headers, &self.session());
        match self.former_session() {
            Some(former) if now.is_empty() => (secrets(headers, former), true),
            _ => (now, false),
        }
    }

    /// Returns the `Set-Cookie` value that sets the session cookie.
    pub(crate) fn set_session(self, secret: &Secret) -> String {
        self.set(&self.session(), secret.reveal(), MAX_AGE)
    }

    /// Returns the `Set-Cookie` value that removes the session cookie.
    pub(crate) fn clear_session(self) -> String {
        self.set(&self.session(), "", 0)
    }

    /// Returns the `Set-Cookie` value that removes a session cookie with the former name.
    pub(crate) fn clear_former_session(self) -> Option<String> {
        Some(self.set(self.former_session()?, "", 0))
    }

    fn set(self, name: &str, value: &str, max_age: u32) -> String {
        format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{}", self.only_over_tls())
    }

    const fn only_over_tls(self) -> &'static str {
        if self.secure { "; Secure" } else { "" }
    }

    /// Returns the device's theme. It is not a secret.
    pub fn theme(self, headers: &HeaderMap) -> Theme {
        self.preference(headers, "theme", Theme::from_word).unwrap_or_default()
    }

    /// Returns the device's workspace accent setting. It is not a secret.
    pub fn accents(self, headers: &HeaderMap) -> Accents {
        self.preference(headers, "accent", Accents::from_word).unwrap_or_default()
    }

    fn preference<T>(self, headers: &HeaderMap, name: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let read = |name: &str| {
            let mut texts = values(headers, name).filter_map(|value| std::str::from_utf8(value).ok());
            texts.find_map(&parse)
        };
        read(&format!("{name}-{}", self.port)).or_else(|| read(name))
    }

    /// Returns the `Set-Cookie` value for the device's theme.
    pub(crate) fn set_theme(self, theme: Theme) -> String {
        self.set_preference("theme", theme.as_str())
    }

    /// Returns the `Set-Cookie` value for the device's workspace accent setting.
    pub(crate) fn set_accents(self, accents: Accents) -> String {
        self.set_preference("accent", accents.as_str())
    }

    /// Uses the same attributes as `browser::set_preference_cookie`: scripts may read it.
    fn set_preference(self, name: &str, value: &str) -> String {
        let (port, secure) = (self.port, self.only_over_tls());
        format!("{name}-{port}={value}; Path=/; Max-Age=31536000; SameSite=Lax{secure}")
    }
}

/// Maximum number of known-device cookies that are checked per request.
const KNOWN_MAX: usize = 50;
/// Max-Age of a known-device cookie, in seconds.
const KNOWN_AGE: u32 = 365 * 24 * 60 * 60;

/// Known-device cookies: the accounts that a device has signed in to. They don't grant access (`store::device`).
#[derive(Debug, Clone, Default)]
pub struct KnownDevices(Vec<(String, String)>);

impl KnownDevices {
    /// Returns the value of the cookie whose name ends with `suffix`.
    pub(crate) fn get(&self, suffix: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == suffix).map(|(_, value)| value.as_str())
    }
}

impl Cookies {
    /// Returns the name prefix of the cookies that prove that an account has signed in from this device before.
    fn known_prefix(self) -> String {
        match (self.secure, self.port) {
            (true, 443) => "__Host-stile-known-".to_owned(),
            (true, port) => format!("__Host-stile-known-{port}-"),
            (false, port) => format!("stile-known-{port}-"),
        }
    }

    /// Returns the request's known-device cookies.
    pub fn known_devices(self, headers: &HeaderMap) -> KnownDevices {
        let prefix = self.known_prefix();
        let known = pairs(headers).filter_map(|(name, value)| {
            let suffix = name.strip_prefix(prefix.as_bytes())?;
            Some((std::str::from_utf8(suffix).ok()?.to_owned(), std::str::from_utf8(value).ok()?.to_owned()))
        });
        KnownDevices(known.take(KNOWN_MAX).collect())
    }

    /// Returns the `Set-Cookie` value that marks the device as known to an account.
    pub(crate) fn known_device(self, suffix: &str, value: &str) -> String {
        self.set(&format!("{}{suffix}", self.known_prefix()), value, KNOWN_AGE)
    }
}

/// Session cookie of a request.
#[derive(Debug, Clone)]
pub struct Presented {
    /// Hash of the session secret. Only the database decides if it is valid.
    pub credential: Credential,
    /// Session secret, if it came under the former name and must be set again under the current one.
    pub former: Option<Secret>,
}

/// Returns the name-value pairs of all Cookie headers (HTTP/2 may send several), as bytes. Pairs without `=`
/// are skipped.
fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&[u8], &[u8])> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .map(<[u8]>::trim_ascii)
        .filter_map(|pair| {
            let at = pair.iter().position(|byte| *byte == b'=')?;
            Some((pair.get(..at)?, pair.get(at + 1..)?))
        })
}

fn values<'h>(headers: &'h HeaderMap, name: &str) -> impl Iterator<Item = &'h [u8]> {
    pairs(headers).filter_map(move |(n, value)| (n == name.as_bytes()).then_some(value))
}

/// Returns the distinct values of this cookie that could be a session secret.
fn secrets(headers: &HeaderMap, name: &str) -> Vec<Secret> {
    let mut found: Vec<Secret> = Vec::new();
    for value in values(headers, name) {
        let plausible =
            value.len() == SECRET_LENGTH && value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        let secret = std::str::from_utf8(value).ok().filter(|_| plausible).and_then(Secret::presented);
        if let Some(secret) = secret.filter(|secret| !found.contains(secret)) {
            found.push(secret);
        }
    }
    found
}

/// Resolves several session cookies: keeps in `headers` only the valid one. Another path or a neighbouring host can set
/// such a cookie. If several are valid, or none, all are removed, so that nobody acts in an account that an attacker
/// planted.
///
/// # Errors
/// [`StoreError`] if a database query fails.
pub async fn settle(store: &Store, cookies: Cookies, headers: &mut HeaderMap) -> Result<(), StoreError> {
    let (candidates, is_former) = cookies.candidates(headers);
    if candidates.len() < 2 {
        return Ok(());
    }
    let mut valid = Vec::new();
    // If there are more than are checked, the valid one can't be determined.
    let looked_at = if candidates.len() > CANDIDATES { Vec::new() } else { candidates };
    for secret in looked_at {
        if store.mfa(&Credential::Session(secret.hash())).await?.is_some() {
            valid.push(secret);
        }
    }
    tracing::info!(valid = valid.len(), "a request presents several sessions");
    let now = cookies.session();
    let name = if is_former { cookies.former_session().unwrap_or(&now) } else { &now };
    let others = pairs(headers).filter(|(n, _)| *n != name.as_bytes()).map(|(n, value)| [n, b"=", value].concat());
    let kept =
        valid.pop().filter(|_| valid.is_empty()).map(|secret| format!("{name}={}", secret.reveal()).into_bytes());
    let line = others.chain(kept).collect::<Vec<_>>().join(&b"; "[..]);
    headers.remove(header::COOKIE);
    if let Ok(line) = HeaderValue::from_bytes(&line) {
        headers.insert(header::COOKIE, line);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Cookies = Cookies::at(false, 3000);
    const SECURE: Cookies = Cookies::at(true, 443);

    fn headers(lines: &[&[u8]]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_bytes(line).unwrap());
        }
        headers
    }

    fn reads(cookies: Cookies, cookie: &str) -> bool {
        cookies.presented(&headers(&[cookie.as_bytes()])).is_some()
    }

    #[test]
    fn session_cookies_are_parsed_strictly() {
        let (secret, other) = ("a".repeat(43), "b".repeat(43));
        assert!(reads(PLAIN, &format!("theme=dark; stile-3000={secret}")));
        assert!(reads(SECURE, &format!("__Host-stile={secret}")));
        assert!(!reads(SECURE, &format!("stile={secret}")), "the prefix is part of the name");
        assert!(!reads(PLAIN, &format!("stile-3001={secret}")), "that is another server's");
        assert!(!reads(PLAIN, &format!("stile-3000={secret}; stile-3000={other}")), "a planted twin was read");
        assert!(reads(PLAIN, &format!("stile-3000={secret}; stile-3000={secret}")), "the same twice is one");
        assert!(reads(PLAIN, &format!("stile-3000=x; stile-3000={secret}; stile-3000=\"ü\"")), "these can't be one");
        assert!(!reads(PLAIN, "stile-3000=short"));
    }

    #[test]
    fn unreadable_cookies_are_skipped() {
        let ours = format!("stile-3000={}", "a".repeat(43)).into_bytes();
        let neighbours: [&[u8]; 12] = [
            "n=ü".as_bytes(),
            b"n=\xfc",
            b"=",
            b"=x",
            b"",
            b"novalue",
            b"n=\"a b\"",
            b"n=\"",
            b"\xff\xfe=1",
            b"n=a=b=c",
            b"n=,",
            b" \t ",
        ];
        for neighbour in neighbours {
            for lines in [
                vec![[neighbour, &ours].join(&b"; "[..])],
                vec![[&ours, neighbour].join(&b"; "[..])],
                vec![[neighbour, &ours, neighbour].join(&b";"[..])],
                vec![neighbour.to_vec(), ours.clone()],
                vec![ours.clone(), neighbour.to_vec()],
            ] {
                let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
                assert!(PLAIN.presented(&headers(&lines)).is_some(), "{:?}", String::from_utf8_lossy(&lines.concat()));
            }
        }
    }

    #[test]
    fn cookie_names_differ_by_port() {
        let all = [Cookies::at(false, 80), PLAIN, Cookies::at(false, 3001), SECURE, Cookies::at(true, 8443)];
        for (i, one) in all.iter().enumerate() {
            for other in all.iter().skip(i + 1) {
                assert_ne!(one.session(), other.session());
                assert_ne!(one.set_theme(Theme::Dark), other.set_theme(Theme::Dark));
                assert_ne!(one.known_prefix(), other.known_prefix());
            }
        }
    }

    #[test]
    fn a_cookie_with_the_former_name_is_read_and_cleared() {
        let (old, new) = ("a".repeat(43), "b".repeat(43));
        let presented = PLAIN.presented(&headers(&[format!("stile={old}").as_bytes()])).expect("the former cookie");
        assert_eq!(presented.former.map(|secret| secret.reveal().to_owned()), Some(old.clone()));
        let both = PLAIN.presented(&headers(&[format!("stile={old}; stile-3000={new}").as_bytes()]));
        assert!(both.is_some_and(|presented| presented.former.is_none()), "the present name goes first");
        assert_eq!(SECURE.clear_former_session(), None);
        assert!(PLAIN.clear_former_session().is_some_and(|cookie| cookie.starts_with("stile=; Path=/; Max-Age=0;")));
    }

    #[test]
    fn cookies_have_security_attributes() {
        for part in ["__Host-stile=", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
            assert!(SECURE.clear_session().contains(part), "{part} is missing in {}", SECURE.clear_session());
        }
        for part in ["theme-443=dark", "; Path=/", "; SameSite=Lax", "; Secure"] {
            assert!(SECURE.set_theme(Theme::Dark).contains(part), "{part} is missing");
        }
        assert!(!PLAIN.clear_session().contains("Secure") && !PLAIN.set_theme(Theme::Dark).contains("Secure"));
    }

    #[test]
    fn the_first_valid_theme_cookie_is_used() {
        let theme = |cookie: &str| PLAIN.theme(&headers(&[cookie.as_bytes()]));
        assert_eq!(theme("theme-3000=ü; theme-3000=dark"), Theme::Dark);
        assert_eq!(theme("theme=dark"), Theme::Dark, "as it was called before");
        assert_eq!(theme("theme=dark; theme-3000=light"), Theme::Light);
        assert_eq!(theme("theme-3001=dark"), Theme::default());
    }
}
