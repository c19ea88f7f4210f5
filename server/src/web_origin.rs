//! Web origins: scheme, host and port, normalized as browsers send them.

use http::{HeaderMap, Uri, header, uri::Authority};
use model::idn::ascii_host;
use std::fmt;

/// An origin with scheme http or https (RFC 6454). Normalized, so that equal origins compare equal: the host is
/// lowercase, and a default port is omitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WebOrigin {
    https: bool,
    authority: String,
}

impl WebOrigin {
    /// Parses exactly `scheme://host[:port]`: no path, no user info, no opaque origin (`null`). An internationalized
    /// host is converted to its `xn--` form, as browsers send it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (scheme, host) = text.split_once("://")?;
        let coded;
        let host = if host.is_ascii() {
            host
        } else {
            let (name, port) = match host.rsplit_once(':') {
                Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => (name, Some(port)),
                _ => (host, None),
            };
            let name = ascii_host(name)?;
            coded = port.map_or_else(|| name.clone(), |port| format!("{name}:{port}"));
            &coded
        };
        let https = scheme.eq_ignore_ascii_case("https");
        if !https && !scheme.eq_ignore_ascii_case("http") {
            return None;
        }
        Self::of_host(https, host)
    }

    /// Creates the origin from a scheme and `host[:port]`, as in a Host header.
    pub(crate) fn of_host(https: bool, host: &str) -> Option<Self> {
        let authority: Authority = host.parse().ok()?;
        let name = authority.host();
        // Rejects user info: the text before the port must be the host.
        let rest = host.strip_prefix(name).filter(|_| !name.is_empty() && !host.contains('@'))?;
        let port: Option<u16> = match rest.strip_prefix(':') {
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => Some(digits.parse().ok()?),
            Some(_) => return None,
            None if rest.is_empty() => None,
            None => return None,
        };
        let name = name.to_ascii_lowercase();
        let authority = match port {
            Some(port) if port != Self::default_port(https) => format!("{name}:{port}"),
            _ => name,
        };
        Some(Self { https, authority })
    }

    /// Returns `true` if the scheme is https.
    pub(crate) const fn is_https(&self) -> bool {
        self.https
    }

    /// Returns the host without the port.
    pub(crate) fn host(&self) -> &str {
        match self.authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
            _ => &self.authority,
        }
    }

    /// Returns the port, or the scheme's default port.
    pub(crate) fn port(&self) -> u16 {
        let explicit = self.authority.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        explicit.unwrap_or_else(|| Self::default_port(self.https))
    }

    const fn default_port(https: bool) -> u16 {
        if https { 443 } else { 80 }
    }
}

impl fmt::Display for WebOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.https { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority)
    }
}

/// Returns the requested host (RFC 9112, 3.2.2: the request target takes precedence over the header). `None` if there
/// is no Host header or more than one.
pub(crate) fn host<'r>(uri: &'r Uri, headers: &'r HeaderMap) -> Option<&'r str> {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (uri.authority(), hosts.next(), hosts.next()) {
        (_, _, Some(_)) => None,
        (Some(authority), ..) => Some(authority.as_str()),
        (None, host, None) => host?.to_str().ok(),
    }
}

/// Returns the origin of this server's pages.
pub(crate) fn own_origin(public: Option<&WebOrigin>, host: Option<&str>) -> Option<WebOrigin> {
    public.cloned().or_else(|| WebOrigin::of_host(false, host?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(text: &str) -> Option<String> {
        WebOrigin::parse(text).map(|origin| origin.to_string())
    }

    #[test]
    fn origins_are_normalized() {
        for (text, origin) in [
            ("https://Stile.Example", "https://stile.example"),
            ("HTTPS://stile.example:443", "https://stile.example"),
            ("http://stile.example:443", "http://stile.example:443"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("http://[::1]:80", "http://[::1]"),
            ("https://Bücher.example", "https://xn--bcher-kva.example"),
            ("https://bu\u{308}cher.example:8443", "https://xn--bcher-kva.example:8443"),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ] {
            assert_eq!(spelled(text).as_deref(), Some(origin), "{text}");
        }
    }

    #[test]
    fn port_is_explicit_or_the_default_of_the_scheme() {
        for (text, port) in [
            ("https://stile.example", 443),
            ("http://stile.example", 80),
            ("https://stile.example:8443", 8443),
            ("http://[::1]:3000", 3000),
            ("http://[::1]", 80),
        ] {
            assert_eq!(WebOrigin::parse(text).map(|origin| origin.port()), Some(port), "{text}");
        }
    }

    #[test]
    fn invalid_origins_are_rejected() {
        for text in [
            "null", "", "stile.example", "ftp://stile.example", "https://", "https://stile.example/", "https://a/b",
            "https://user@stile.example", "https://stile.example:", "https://stile.example:99999",
            "https://stile.example:80x", "https://a b", "https://bücher.example/x", "https://ü@x.example",
            "https://bü cher.example", "https://stile.example?x", "https://stile.example#x",
        ] {
            assert_eq!(spelled(text), None, "{text}");
        }
        assert_eq!(WebOrigin::of_host(false, "evil@stile.example"), None);
    }
}
