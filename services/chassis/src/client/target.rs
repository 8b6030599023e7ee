//! The target of a channel: the host behind which a service is found, and whether by TLS.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use rustls::pki_types::ServerName;
use tonic::transport::Endpoint;
use url::{Host, Url};

use crate::transport::Transport;

pub(super) struct Target {
    /// What the resolver is asked for: a name, or an address without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    /// Settings of every connection.
    pub(super) endpoint: Endpoint,
    pub(super) tls: Option<Tls>,
}

/// How a connection is secured: by whom it is made, and for whom the certificate shown must stand.
/// That is the host of the URL, whichever of its addresses is dialled.
#[derive(Clone)]
pub(super) struct Tls {
    pub(super) transport: Arc<Transport>,
    pub(super) server: ServerName<'static>,
}

impl Target {
    /// Refuses what would go out in plain text without having been asked for, and https where this
    /// process has no certificate to show.
    pub(super) fn parse(url: &str, transport: &Arc<Transport>) -> anyhow::Result<Self> {
        let url = Url::parse(url).context("not a URL of a service")?;
        let host = url.host().context("the URL of a service names a host")?;
        let loopback = is_loopback(&host);
        let authority = format!(
            "{host}:{}",
            url.port_or_known_default()
                .context("the URL needs a port")?
        );
        let port = url.port_or_known_default().unwrap_or(80);
        let host = match host {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(ip) => ip.to_string(),
            Host::Ipv6(ip) => ip.to_string(),
        };
        let tls = match url.scheme() {
            "https" if transport.identity.is_some() => Some(Tls {
                transport: Arc::clone(transport),
                server: ServerName::try_from(host.clone()).context("no name for a certificate")?,
            }),
            "https" => anyhow::bail!("https to {host} needs TLS_CERT, TLS_KEY and TLS_CA"),
            "http" if loopback || transport.allow_plaintext => None,
            "http" => anyhow::bail!(
                "http to {host} is plain text: use https, or ALLOW_PLAINTEXT=true where the \
                 network is trusted"
            ),
            other => anyhow::bail!("{other} is not how services are reached"),
        };
        let endpoint = endpoint(&authority, tls.is_some())?;
        Ok(Self {
            host,
            port,
            endpoint,
            tls,
        })
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

/// The connector below secures the connection itself, so that tonic sees http here; requests
/// still name the scheme that they travel by.
fn endpoint(authority: &str, tls: bool) -> anyhow::Result<Endpoint> {
    let scheme = if tls { "https" } else { "http" };
    let endpoint = Endpoint::from_shared(format!("http://{authority}"))?
        .origin(format!("{scheme}://{authority}").parse()?)
        // Without these a half-open connection stays broken after the network healed.
        .http2_keep_alive_interval(Duration::from_secs(5))
        .keep_alive_timeout(Duration::from_secs(3))
        .keep_alive_while_idle(true);
    Ok(endpoint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str, transport: Transport) -> Option<String> {
        let refused = Target::parse(url, &Arc::new(transport)).err();
        refused.map(|error| error.to_string())
    }

    #[test]
    fn plain_text_leaves_the_host_only_when_asked_for() {
        for url in [
            "http://127.0.0.1:50052",
            "http://[::1]:50052",
            "http://localhost:50052",
        ] {
            assert_eq!(refused(url, Transport::default()), None, "{url}");
        }
        let url = "http://lead-service:50052";
        assert!(refused(url, Transport::default()).is_some());
        let asked_for = Transport {
            allow_plaintext: true,
            ..Transport::default()
        };
        assert_eq!(refused(url, asked_for), None);
    }

    #[test]
    fn https_needs_a_certificate_to_show() {
        let text = refused("https://lead-service:50052", Transport::default());
        assert!(text.is_some_and(|text| text.contains("TLS_CERT")));
    }
}
