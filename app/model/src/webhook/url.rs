//! Addresses of webhooks.

use crate::idn::ascii_host;
use std::{fmt, net::Ipv6Addr};

/// Maximum length of an address, in bytes.
const URL_MAX: usize = 500;

/// Schemes that addresses may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schemes {
    /// `https` only.
    HttpsOnly,
    /// `http`, too: the server's administrator allows requests to private networks.
    HttpToo,
}

/// Address of a webhook: `https://host[:port][/path][?query]`, in ASCII, without user name and fragment. Whether its
/// host may be reached is decided when a message is sent, by the addresses that the name then has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookUrl(String);

impl WebhookUrl {
    /// Parses an address. The host is stored in lower case, and an international one in its ASCII form.
    ///
    /// # Errors
    /// What is wrong and what to enter instead.
    pub fn parse(text: &str, schemes: Schemes) -> Result<Self, &'static str> {
        let text = text.trim();
        if text.is_empty() {
            return Err("Enter the address that messages are sent to.");
        }
        let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
        let scheme = scheme.to_ascii_lowercase();
        match (scheme.as_str(), schemes) {
            ("https", _) | ("http", Schemes::HttpToo) => {}
            ("http", Schemes::HttpsOnly) => return Err("Use an address that begins with https://."),
            _ => return Err("Enter an address that begins with https://."),
        }
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if path.contains('#') {
            return Err("Remove the part from # on. It is never sent.");
        }
        if authority.contains('@') {
            return Err("Remove the user name and password. Messages are signed instead.");
        }
        if !path.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'\\' | b'"' | b'<' | b'>')) {
            return Err("Percent-encode spaces and letters outside of ASCII in the path.");
        }
        let authority = authority_of(authority).ok_or("Enter a host name, such as hooks.example.com.")?;
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let url = format!("{scheme}://{authority}{path}");
        if url.len() > URL_MAX {
            return Err("Use an address of at most 500 characters.");
        }
        Ok(Self(url))
    }

    /// Returns the address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns host and port in their stored form; `None` if they are none.
fn authority_of(text: &str) -> Option<String> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, after) = rest.split_once(']')?;
            let address: Ipv6Addr = address.parse().ok()?;
            let port = if after.is_empty() { None } else { Some(after.strip_prefix(':')?) };
            (format!("[{address}]"), port)
        }
        None => {
            let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
            (host_of(host)?, port)
        }
    };
    match port {
        None => Some(host),
        Some(port) => {
            let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
            let number: u16 = digits.then(|| port.parse().ok()).flatten().filter(|number| *number > 0)?;
            Some(format!("{host}:{number}"))
        }
    }
}

fn host_of(text: &str) -> Option<String> {
    let host = ascii_host(text)?;
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
            && !label.starts_with('-')
    };
    let whole = host.strip_suffix('.').unwrap_or(&host);
    (whole.len() <= 253 && whole.split('.').all(label)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<String> {
        WebhookUrl::parse(text, Schemes::HttpsOnly).ok().map(|url| url.to_string())
    }

    #[test]
    fn addresses_are_stored_in_one_form() {
        for (text, stored) in [
            (" https://Hooks.Example.com ", "https://hooks.example.com/"),
            ("HTTPS://hooks.example.com:8443/in?key=1", "https://hooks.example.com:8443/in?key=1"),
            ("https://hooks.example.com?key=1", "https://hooks.example.com/?key=1"),
            ("https://bücher.example/ein", "https://xn--bcher-kva.example/ein"),
            ("https://[2001:DB8::1]:44/x", "https://[2001:db8::1]:44/x"),
            ("https://192.0.2.1/x", "https://192.0.2.1/x"),
        ] {
            assert_eq!(parsed(text).as_deref(), Some(stored), "{text}");
            assert_eq!(parsed(stored).as_deref(), Some(stored), "{stored}");
        }
    }

    #[test]
    fn addresses_that_programs_read_differently_are_refused() {
        for text in [
            "", "hooks.example.com", "ftp://a.example", "javascript://a.example/%0aalert(1)", "https://", "https:///x",
            "https://user@a.example", "https://user:pw@a.example/", "https://a.example#part", "https://a.example/x#y",
            "https://a.example\\@b.example/", "https://a.example/x\\y", "https://a.example:0/", "https://a.example:65536/",
            "https://a.example:+1/", "https://a.example:/", "https://a b.example/", "https://a.example/a b",
            "https://a.example/\r\nHost: b", "https://a..example/", "https://[::1", "https://[::1]x/", "https://[fe80::1%eth0]/",
            "https://a.example/ü", "https://-a.example/",
        ] {
            assert_eq!(parsed(text), None, "{text:?}");
        }
        assert_eq!(parsed(&format!("https://a.example/{}", "x".repeat(500))), None);
    }

    #[test]
    fn http_needs_the_administrators_permission() {
        assert_eq!(parsed("http://a.example/"), None);
        let url = WebhookUrl::parse("http://127.0.0.1:9000/in", Schemes::HttpToo);
        assert_eq!(url.map(|url| url.to_string()).as_deref(), Ok("http://127.0.0.1:9000/in"));
    }
}
