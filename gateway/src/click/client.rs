//! Whose request it is, as far as limits ask: the address of the connection's other end, or what the
//! proxy in front of us says when that end is one of our own network. Never kept, never logged.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::http::HeaderMap;

/// The other end of a connection; the server puts it beside each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// Proxies in front of us write where a request came from at the end of this header.
const FORWARDED: &str = "x-forwarded-for";
/// The client's address. A peer with a public address speaks for itself, whatever it writes: only a
/// peer of a private network, where our proxies stand, is believed, and of what it says the last
/// address alone, which it wrote itself. Those before are the client's own words, also where the last
/// one is private; so behind two proxies the inner one must write the client's address last.
#[must_use]
pub fn address(peer: Option<Peer>, headers: &HeaderMap) -> IpAddr {
    let Some(Peer(peer)) = peer else {
        return IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    };
    let peer = peer.to_canonical();
    if !is_private(peer) {
        return peer;
    }
    last_hop(headers).unwrap_or(peer)
}

/// Nothing for what is no address.
fn last_hop(headers: &HeaderMap) -> Option<IpAddr> {
    let line = headers.get_all(FORWARDED).iter().next_back()?;
    let hop = line.to_str().ok()?.rsplit(',').next()?;
    let address: IpAddr = hop.trim().parse().ok()?;
    Some(address.to_canonical())
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            // 100.64.0.0/10 is what clusters and carriers use behind their own borders.
            let shared = address.octets()[0] == 100 && address.octets()[1] & 0xc0 == 64;
            address.is_private() || address.is_loopback() || address.is_link_local() || shared
        }
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

/// By what clients are told apart: an address, or of version 6 its network, of which everybody has
/// more addresses than can be counted.
#[must_use]
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED, line.parse().unwrap());
        }
        address(Some(Peer(peer.parse().unwrap())), &headers).to_string()
    }

    #[test]
    fn a_public_peer_speaks_for_itself_whatever_it_writes() {
        assert_eq!(seen("198.51.100.7", &[]), "198.51.100.7");
        assert_eq!(seen("198.51.100.7", &["203.0.113.9"]), "198.51.100.7");
        assert_eq!(seen("::ffff:198.51.100.7", &[]), "198.51.100.7");
    }

    #[test]
    fn a_proxy_of_ours_is_believed_in_the_last_address_alone() {
        assert_eq!(seen("10.1.2.3", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(seen("10.1.2.3", &["6.6.6.6, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(seen("fd00::1", &["6.6.6.6", "203.0.113.9"]), "203.0.113.9");
        assert_eq!(seen("100.64.0.1", &["2001:db8::5"]), "2001:db8::5");
        assert_eq!(seen("127.0.0.1", &[]), "127.0.0.1");
    }

    #[test]
    fn what_a_client_wrote_is_never_its_address() {
        // The last one is private: a node's, where the cluster hides the client's.
        assert_eq!(seen("10.1.2.3", &["6.6.6.6, 10.9.9.9"]), "10.9.9.9");
        assert_eq!(seen("10.1.2.3", &["6.6.6.6", "10.9.9.9"]), "10.9.9.9");
        assert_eq!(seen("10.1.2.3", &["6.6.6.6, unknown"]), "10.1.2.3");
        assert_eq!(seen("10.1.2.3", &["6.6.6.6,"]), "10.1.2.3");
    }

    #[test]
    fn a_version_6_client_is_its_network() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("203.0.113.9"), "203.0.113.9");
    }
}
