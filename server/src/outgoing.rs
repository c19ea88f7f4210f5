//! Requests that the server makes to addresses that somebody else chose: webhooks. It is the only module that opens
//! connections for such requests, so that none reaches what only this server can reach (OWASP: server-side request
//! forgery).
//!
//! A host name is resolved here for each request, and the connection is made to an address that was checked, not to the
//! name: a name that changes between check and connection gains nothing. Redirects are answers, and are not followed.

use crate::client::Network;
use http::{HeaderValue, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    task::JoinSet,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName},
};

/// Time for a request: resolution, connection, handshake, and the answer with its body.
const TIME_OUT: Duration = Duration::from_secs(10);
/// Maximum size of a body that is read, in bytes. What follows is cut off.
const BODY_MAX: usize = 64 * 1024;
/// Maximum number of addresses of a name that are tried.
const ADDRESSES: usize = 3;

/// Reason why there is no answer. Its text is shown to people who manage webhooks: it says nothing about what is behind
/// an address that is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutgoingError {
    /// The address has no host, or another scheme.
    #[error("The address is not one that a request can be sent to.")]
    Address,
    /// The host name has no address.
    #[error("The host name could not be resolved.")]
    Unresolved,
    /// None of the host's addresses may be reached.
    #[error("The host’s address is not public, so nothing was sent.")]
    NotPublic,
    /// No connection could be made.
    #[error("The connection failed.")]
    Connection(#[source] io::Error),
    /// The certificate was not accepted, or the handshake failed.
    #[error("The TLS handshake failed. Check the certificate.")]
    Tls(#[source] io::Error),
    /// The answer was not HTTP, or ended early.
    #[error("The answer was not complete.")]
    Http(#[source] hyper::Error),
    /// There was no complete answer in time.
    #[error("There was no answer within 10 seconds.")]
    TimedOut,
}

/// An answer, whatever its status.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The status code.
    pub(crate) status: StatusCode,
    /// The beginning of the body, at most 64 kB.
    pub(crate) body: Vec<u8>,
}

/// Client for outgoing requests. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Outgoing {
    tls: TlsConnector,
    allowed: Arc<[Network]>,
}

impl Outgoing {
    /// Creates the client with the certificate authorities of this machine. `allowed` are networks that may be reached
    /// although they are not public, also by http.
    ///
    /// # Errors
    /// `io::Error` if TLS can't be set up.
    pub(crate) fn new(allowed: &[Network]) -> io::Result<Self> {
        let mut roots = RootCertStore::empty();
        let (_, unusable) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            tracing::warn!(unusable, "no certificate authorities: requests by https will fail");
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: TlsConnector::from(Arc::new(config)), allowed: allowed.into() })
    }

    /// Sends a request and reads the answer. The header `Host` is added.
    ///
    /// # Errors
    /// `OutgoingError` if there is no answer.
    pub(crate) async fn send(&self, request: Request<Bytes>) -> Result<Reply, OutgoingError> {
        tokio::time::timeout(TIME_OUT, self.exchange(request)).await.unwrap_or(Err(OutgoingError::TimedOut))
    }

    async fn exchange(&self, mut request: Request<Bytes>) -> Result<Reply, OutgoingError> {
        let target = Target::of(request.uri())?;
        let host = HeaderValue::try_from(&target.authority).map_err(|_| OutgoingError::Address)?;
        request.headers_mut().insert(header::HOST, host);
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let path: Uri = path.parse().map_err(|_| OutgoingError::Address)?;
        *request.uri_mut() = path;
        let request = request.map(Full::new);
        let stream = self.connect(&target).await?;
        if !target.secure {
            return talk(stream, request).await;
        }
        let name = ServerName::try_from(target.host.clone()).map_err(|_| OutgoingError::Address)?;
        let stream = self.tls.connect(name, stream).await.map_err(OutgoingError::Tls)?;
        talk(stream, request).await
    }

    /// Resolves the host, and connects to the first of its permitted addresses that answers.
    async fn connect(&self, target: &Target) -> Result<TcpStream, OutgoingError> {
        let found = tokio::net::lookup_host((target.host.as_str(), target.port)).await;
        let found: Vec<SocketAddr> = found.map_err(|_| OutgoingError::Unresolved)?.collect();
        if found.is_empty() {
            return Err(OutgoingError::Unresolved);
        }
        let mut outcome = Err(OutgoingError::NotPublic);
        let permitted = found.into_iter().filter(|address| self.permits(address.ip(), target.secure));
        for address in permitted.take(ADDRESSES) {
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => outcome = Err(OutgoingError::Connection(error)),
            }
        }
        outcome
    }

    /// Returns `true` if the address is public and the request is encrypted, or if the configuration allows it.
    fn permits(&self, address: IpAddr, secure: bool) -> bool {
        let canonical = address.to_canonical();
        self.allowed.iter().any(|network| network.contains(canonical)) || secure && is_public(address)
    }
}

/// Where a request goes.
struct Target {
    secure: bool,
    /// Without the brackets of an IPv6 address.
    host: String,
    port: u16,
    /// Value of the header `Host`.
    authority: String,
}

impl Target {
    fn of(uri: &Uri) -> Result<Self, OutgoingError> {
        let (secure, usual) = match uri.scheme_str() {
            Some("https") => (true, 443),
            Some("http") => (false, 80),
            _ => return Err(OutgoingError::Address),
        };
        let authority = uri.authority().ok_or(OutgoingError::Address)?;
        let host = authority.host();
        // A user name would be part of the authority only.
        if host.is_empty() || authority.as_str().contains('@') {
            return Err(OutgoingError::Address);
        }
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let port = authority.port_u16();
        Ok(Self {
            secure,
            host: bare.to_owned(),
            port: port.unwrap_or(usual),
            authority: port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
        })
    }
}

/// Sends a request over a connection of its own, and reads the answer.
async fn talk<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Reply, OutgoingError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(OutgoingError::Http)?;
    // Ends with this function.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let response = sender.send_request(request).await.map_err(OutgoingError::Http)?;
    let status = response.status();
    let (mut incoming, mut body) = (response.into_body(), Vec::new());
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(OutgoingError::Http)?;
        let Some(data) = frame.data_ref() else { continue };
        let left = BODY_MAX.saturating_sub(body.len());
        body.extend_from_slice(data.get(..left).unwrap_or(data));
        if body.len() >= BODY_MAX {
            break;
        }
    }
    Ok(Reply { status, body })
}

/// Returns `true` if an address is one of the public internet, by the special-purpose registries of IANA (RFC 6890). An
/// IPv6 address that contains an IPv4 address is not public, whatever it contains.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Networks of IPv4 that are not public: first address and length of the prefix.
const SPECIAL_V4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8),           // this network
    (Ipv4Addr::new(10, 0, 0, 0), 8),          // private
    (Ipv4Addr::new(100, 64, 0, 0), 10),       // shared by customers of a provider
    (Ipv4Addr::new(127, 0, 0, 0), 8),         // loopback
    (Ipv4Addr::new(168, 63, 129, 16), 32),    // metadata of Azure
    (Ipv4Addr::new(169, 254, 0, 0), 16),      // link-local, with the metadata of most clouds
    (Ipv4Addr::new(172, 16, 0, 0), 12),       // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),        // protocols, with the metadata of Oracle
    (Ipv4Addr::new(192, 0, 2, 0), 24),        // documentation
    (Ipv4Addr::new(192, 88, 99, 0), 24),      // relays of 6to4
    (Ipv4Addr::new(192, 168, 0, 0), 16),      // private
    (Ipv4Addr::new(198, 18, 0, 0), 15),       // benchmarks
    (Ipv4Addr::new(198, 51, 100, 0), 24),     // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),      // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4),         // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),         // reserved, and broadcast
];

fn is_public_v4(address: Ipv4Addr) -> bool {
    let within = |(first, bits): &(Ipv4Addr, u32)| (first.to_bits() ^ address.to_bits()) >> (32 - bits) == 0;
    !SPECIAL_V4.iter().any(within)
}

/// Networks within 2000::/3 that are not public.
const SPECIAL_V6: &[(Ipv6Addr, u32)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),      // protocols: Teredo, ORCHID, benchmarks
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),  // documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),      // 6to4
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),      // documentation
];

/// All public addresses are in 2000::/3: mapped, NAT64, unique-local, link-local and multicast ones are not.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let within = |(first, bits): &(Ipv6Addr, u32)| (first.to_bits() ^ address.to_bits()) >> (128 - bits) == 0;
    address.to_bits() >> 125 == 1 && !SPECIAL_V6.iter().any(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn addresses_that_only_this_server_can_reach_are_not_public() {
        for text in [
            "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255",
            "127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.0.1", "169.254.169.254", "172.16.0.1",
            "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255",
            "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
            "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808",
            "64:ff9b:1::1", "100::1", "2001::1", "2001:2::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::",
            "2002:808:808::1", "3fff::1", "3fff:fff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1",
            "febf::1", "fec0::1", "ff02::1",
        ] {
            assert!(!is_public(ip(text)), "{text}");
        }
    }

    #[test]
    fn public_addresses_are_public() {
        for text in [
            "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
            "128.0.0.0", "168.63.129.15", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0",
            "192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "203.0.112.255",
            "223.255.255.255", "2000::1", "2001:200::1", "2001:4860:4860::8888", "2001:db7::1", "2001:db9::1",
            "2003::1", "2606:4700:4700::1111", "2a00:1450::1", "3ffe::1",
        ] {
            assert!(is_public(ip(text)), "{text}");
        }
    }

    #[test]
    fn allowed_networks_may_be_reached_and_others_need_https() {
        let allowed: Vec<Network> = vec!["127.0.0.0/8".parse().expect("a network")];
        let some = Outgoing::new(&allowed).expect("a client");
        let none = Outgoing::new(&[]).expect("a client");
        for secure in [true, false] {
            assert!(some.permits(ip("127.0.0.1"), secure) && some.permits(ip("::ffff:127.0.0.1"), secure));
            assert!(!none.permits(ip("127.0.0.1"), secure) && !none.permits(ip("::ffff:127.0.0.1"), secure));
            assert!(!some.permits(ip("10.0.0.1"), secure));
        }
        assert!(none.permits(ip("8.8.8.8"), true) && !none.permits(ip("8.8.8.8"), false));
    }

    #[test]
    fn a_request_goes_to_the_host_of_its_address_only() {
        let target = |text: &str| Target::of(&text.parse().expect("an address"));
        let found = target("https://[2001:db8::1]:8443/x").expect("a target");
        assert_eq!((found.host.as_str(), found.port), ("2001:db8::1", 8443));
        assert_eq!(found.authority, "[2001:db8::1]:8443");
        assert_eq!(target("http://a.example/x").map(|found| found.port).ok(), Some(80));
        for text in ["/x", "ftp://a.example/", "https://user@a.example/"] {
            assert!(target(text).is_err(), "{text}");
        }
    }

    /// Names and spellings that resolve to this machine.
    #[tokio::test]
    async fn no_spelling_of_a_private_address_is_reached() {
        let outgoing = Outgoing::new(&[]).expect("a client");
        for host in ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "0x7f.1", "127.1"] {
            for scheme in ["http", "https"] {
                let request = Request::post(format!("{scheme}://{host}:9/")).body(Bytes::new()).expect("a request");
                let error = outgoing.send(request).await.expect_err("a private address was reached");
                let refused = matches!(error, OutgoingError::NotPublic | OutgoingError::Unresolved);
                assert!(refused, "{scheme}://{host}: {error:?}");
            }
        }
    }
}
