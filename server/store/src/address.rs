//! Blocks of IP addresses, as keys for rate limits.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

/// Addresses that one host can choose from: a single IPv4 address, or the /64 of an IPv6 address, because networks
/// assign each host a whole /64. An IPv4-mapped IPv6 address counts as the IPv4 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Block(IpAddr);

impl From<IpAddr> for Block {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
            v4 => v4,
        })
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = if self.0.is_ipv4() { 32 } else { 64 };
        write!(f, "{}/{bits}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str) -> String {
        Block::from(text.parse::<IpAddr>().unwrap()).to_string()
    }

    #[test]
    fn addresses_that_one_host_can_choose_are_one_block() {
        assert_eq!(block("2001:db8:1:2::1"), "2001:db8:1:2::/64");
        assert_eq!(block("2001:db8:1:2:ffff:ffff:ffff:ffff"), block("2001:db8:1:2::"));
        assert_ne!(block("2001:db8:1:2::1"), block("2001:db8:1:3::1"));
        assert_eq!(block("10.0.0.1"), "10.0.0.1/32");
        assert_ne!(block("10.0.0.1"), block("10.0.0.2"));
        assert_eq!(block("::ffff:10.0.0.1"), block("10.0.0.1"), "a mapped address is another one");
        assert_ne!(block("::ffff:10.0.0.1"), block("::ffff:10.0.0.2"), "all of IPv4 is one block");
    }
}
