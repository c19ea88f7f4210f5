//! Client information of a request, such as the IP address used for rate limits and recorded for sign-ins.

use app::server::request::Client;
use app::server::request::Purpose;
use axum::extract::ConnectInfo;
use http::{HeaderMap, HeaderValue, Method};
use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
};
use store::identity::Device;

/// The header in which reverse proxies pass on the client's address.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// An IP network in CIDR notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    bits: u8,
}

/// The text is neither an address nor a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoNetwork;

impl Network {
    /// Returns `true` if the address is in the network.
    pub(crate) fn contains(self, address: IpAddr) -> bool {
        let shift = |width: u8| u32::from(width - self.bits);
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (own.to_bits() ^ other.to_bits()).checked_shr(shift(32)).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                (own.to_bits() ^ other.to_bits()).checked_shr(shift(128)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| NoNetwork)?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(width), |bits| bits.parse().map_err(|_| NoNetwork))?;
        if bits <= width { Ok(Self { address, bits }) } else { Err(NoNetwork) }
    }
}

/// Returns the client's address and user agent. `X-Forwarded-For` is evaluated from the nearest hop on, and only as
/// long as each hop is one of `proxies` (ASVS 4.1.3): a value written by the client itself is not trusted.
pub(crate) fn device(peer: Option<ConnectInfo<SocketAddr>>, headers: &HeaderMap, proxies: &[Network]) -> Device {
    let trusted = |ip: IpAddr| proxies.iter().any(|network| network.contains(ip));
    let mut ip = peer.map(|ConnectInfo(peer)| peer.ip().to_canonical());
    let hops: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|v| v.split(','))
        .collect();
    for hop in hops.into_iter().rev() {
        let Some(next) = ip.filter(|ip| trusted(*ip)).and_then(|_| hop_address(hop)) else { break };
        ip = Some(next);
    }
    let agent = headers.get(http::header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    Device { ip, user_agent: agent.to_owned() }
}

/// Headers with which browsers mark a prefetch.
const AHEAD: [&str; 4] = ["sec-purpose", "purpose", "x-purpose", "x-moz"];

/// Classifies a request as a visit or not. A HEAD request and a prefetch, which may never be shown, are not visits.
pub(crate) fn purpose(method: &Method, headers: &HeaderMap) -> Purpose {
    let ahead = |value: &HeaderValue| {
        let text = value.to_str().unwrap_or_default().to_ascii_lowercase();
        ["prefetch", "prerender", "preview"].iter().any(|word| text.contains(word))
    };
    let announced = AHEAD.iter().flat_map(|name| headers.get_all(*name)).any(ahead);
    match *method {
        Method::HEAD => Purpose::Ahead,
        Method::GET if announced => Purpose::Ahead,
        _ => Purpose::Visit,
    }
}

/// Returns the kind of client: browsers navigating to a page accept HTML explicitly.
pub(crate) fn kind(headers: &HeaderMap) -> Client {
    let accepts = headers.get_all(http::header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    if accepts.into_iter().any(|value| value.contains("text/html")) { Client::Browser } else { Client::Program }
}

/// Parses an address as proxies write it: without or with a port.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let ip = hop.parse::<IpAddr>().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()));
    ip.map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str], proxies: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().expect("a header"));
        }
        let proxies: Vec<Network> = proxies.split(' ').filter_map(|network| network.parse().ok()).collect();
        let peer: SocketAddr = peer.parse().expect("an address");
        device(Some(ConnectInfo(peer)), &headers, &proxies).ip.map(|ip| ip.to_string())
    }

    #[test]
    fn forwarded_addresses_are_read_only_from_trusted_proxies() {
        let public = "203.0.113.9";
        assert_eq!(seen("10.0.0.1:5", &[public], "").as_deref(), Some("10.0.0.1"));
        assert_eq!(seen("10.0.0.1:5", &[public], "10.0.0.0/8").as_deref(), Some(public));
        assert_eq!(seen("10.0.0.1:5", &["1.1.1.1, 203.0.113.9"], "10.0.0.0/8").as_deref(), Some(public));
        assert_eq!(seen("10.0.0.1:5", &["1.1.1.1", "203.0.113.9, 10.2.2.2"], "10.0.0.0/8").as_deref(), Some(public));
        assert_eq!(seen("10.0.0.1:5", &["nonsense"], "10.0.0.0/8").as_deref(), Some("10.0.0.1"));
        assert_eq!(seen("11.0.0.1:5", &[public], "10.0.0.0/8").as_deref(), Some("11.0.0.1"));
        assert_eq!(seen("[::ffff:10.0.0.1]:5", &["203.0.113.9:77"], "10.0.0.1").as_deref(), Some(public));
        assert_eq!(seen("[fd00::1]:5", &["2001:db8::7"], "fd00::/8").as_deref(), Some("2001:db8::7"));
    }

    #[test]
    fn prefetch_requests_are_not_visits() {
        let asked = |method: Method, pairs: &[(&'static str, &'static str)]| {
            let headers = pairs.iter().map(|(n, v)| (http::HeaderName::from_static(n), HeaderValue::from_static(v)));
            purpose(&method, &headers.collect())
        };
        for (name, value) in [
            ("sec-purpose", "prefetch"),
            ("sec-purpose", "prefetch;prerender"),
            ("sec-purpose", "prefetch;anonymous-client-ip"),
            ("purpose", "prefetch"),
            ("purpose", "Prefetch"),
            ("x-purpose", "preview"),
            ("x-moz", "prefetch"),
        ] {
            assert_eq!(asked(Method::GET, &[(name, value)]), Purpose::Ahead, "{name}: {value}");
            assert_eq!(asked(Method::POST, &[(name, value)]), Purpose::Visit, "a form is sent by somebody");
        }
        assert_eq!(asked(Method::HEAD, &[]), Purpose::Ahead);
        for none in [&[][..], &[("sec-purpose", "")], &[("sec-fetch-mode", "navigate")]] {
            assert_eq!(asked(Method::GET, none), Purpose::Visit, "{none:?}");
        }
    }

    #[test]
    fn networks_are_parsed_strictly() {
        assert!("10.0.0.0/33".parse::<Network>().is_err());
        assert!("10.0.0.0/".parse::<Network>().is_err());
        assert!("example.com".parse::<Network>().is_err());
        assert!("0.0.0.0/0".parse::<Network>().is_ok_and(|n| n.contains(IpAddr::from([9, 9, 9, 9]))));
    }
}
