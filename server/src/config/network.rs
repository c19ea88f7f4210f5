//! Settings of the network: listeners, the public origin, trusted proxies, networks of outgoing requests.

use super::error::{ConfigError, invalid};
use crate::{client::Network, web_origin::WebOrigin};
use std::net::SocketAddr;

pub(super) fn listen(name: &'static str, text: &str) -> Result<SocketAddr, ConfigError> {
    let problem = || format!("is {text:?}. Set it to an address and a port, like 127.0.0.1:3000 or [::]:3000.");
    text.parse().map_err(|_| invalid(name, problem()))
}

pub(super) fn public(url: &str) -> Result<WebOrigin, ConfigError> {
    WebOrigin::parse(url.strip_suffix('/').unwrap_or(url)).ok_or_else(|| {
        invalid(
            "STILE_PUBLIC_URL",
            format!("is {url:?}. Set it to scheme and host only, like https://stile.example.com."),
        )
    })
}

/// Parses a list of addresses and networks, divided by commas.
pub(super) fn networks(name: &'static str, list: Option<String>) -> Result<Vec<Network>, ConfigError> {
    let read = |text: &str| {
        let problem = format!("has {text:?} in it. Set it to addresses or networks, like 127.0.0.1,10.0.0.0/8.");
        text.parse().map_err(|_| invalid(name, problem))
    };
    list.iter().flat_map(|list| list.split(',')).map(str::trim).filter(|text| !text.is_empty()).map(read).collect()
}
