//! Everything started and made ready for calls: the twin, the services, the catalogue, the gate.
//! `demo` and `up` share it; each step says what it did before the next begins.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chassis::config::Env;
use chassis::run::Life;
use contracts::telephony::v1 as telephony;
use url::Url;
use vendor_twin::{Twin, TwinConfig};

use crate::catalog::{Catalog, apply};
use crate::peers::{Addresses, Peers, explain};
use crate::stack::{self, Ports, Sockets};
use crate::{ready, release, settings};

/// How long services may take to become ready: migrations on a slow disk included.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// bord and its twin, up and pointed at each other.
pub struct Running {
    pub twin: Twin,
    pub peers: Peers,
    pub addresses: Addresses,
    pub gateway: Url,
    pub ready_after: Duration,
}

/// bord alone, up and pointed at a twin that runs elsewhere and outlives it.
pub struct Beside {
    pub peers: Peers,
    pub addresses: Addresses,
    pub gateway: Url,
    pub ready_after: Duration,
}

impl Running {
    /// The twin, and the rest as it is where the twin runs elsewhere.
    #[must_use]
    pub fn split(self) -> (Twin, Beside) {
        let beside = Beside {
            peers: self.peers,
            addresses: self.addresses,
            gateway: self.gateway,
            ready_after: self.ready_after,
        };
        (self.twin, beside)
    }

    /// A call as telephony knows it.
    ///
    /// # Errors
    /// telephony refused or could not be asked.
    pub async fn call(&self, call_sid: &str) -> anyhow::Result<telephony::Call> {
        let asked = telephony::GetCallRequest {
            call_sid: call_sid.to_owned(),
        };
        let found = self.peers.calls.clone().get_call(asked).await;
        let found = found.map_err(|s| explain("the call cannot be read", &s))?;
        Ok(found.into_inner().call.unwrap_or_default())
    }
}

/// Starts the twin and everything else, on one life.
///
/// # Errors
/// A port that is taken, a setting at fault, a service that does not become ready.
pub async fn with_twin(
    env: &Env,
    ports: Ports,
    data: &Path,
    life: &Life,
) -> anyhow::Result<Running> {
    let began = Instant::now();
    let sockets = Sockets::bind(ports).await?;
    let base = sockets.gateway_url();
    let base = base.as_str().trim_end_matches('/').to_owned();
    let twin = Twin::start(TwinConfig {
        listen: ports.at(8090),
        public_base_url: Some(base.clone()),
        bord_base_url: Some(base.clone()),
        ..TwinConfig::default()
    })
    .await
    .context("the vendor twin cannot start")?;
    let up = start(env, sockets, &twin.url(), data, life, began).await?;
    Ok(Running {
        twin,
        peers: up.peers,
        addresses: up.addresses,
        gateway: up.gateway,
        ready_after: up.ready_after,
    })
}

/// Starts everything but the twin, which runs at `twin` already.
///
/// # Errors
/// A port that is taken, a setting at fault, a service that does not become ready.
pub async fn beside_twin(
    env: &Env,
    ports: Ports,
    twin: &Url,
    data: &Path,
    life: &Life,
) -> anyhow::Result<Beside> {
    let began = Instant::now();
    let sockets = Sockets::bind(ports).await?;
    let twin = twin.as_str().trim_end_matches('/');
    start(env, sockets, twin, data, life, began).await
}

async fn start(
    env: &Env,
    sockets: Sockets,
    twin: &str,
    data: &Path,
    life: &Life,
    began: Instant,
) -> anyhow::Result<Beside> {
    let gateway = sockets.gateway_url();
    let addresses = sockets.addresses();
    let database = format!("sqlite:{}", data.display());
    let mut env = settings::made_up(env, &database, gateway.as_str());
    settings::point_at_twin(&mut env, twin);
    stack::start(&env, sockets, life)?;
    ready::all(&addresses, READY_WITHIN).await?;
    let peers = Peers::at(&addresses)?;
    Ok(Beside {
        peers,
        addresses,
        gateway,
        ready_after: began.elapsed(),
    })
}

/// Applies the catalogue and tells what it did.
///
/// # Errors
/// What could not be written, in the words of the service that refused it.
pub async fn apply(peers: &Peers, catalog: &Catalog) -> anyhow::Result<String> {
    let applied = Box::pin(apply::apply(
        catalog,
        &peers.owners,
        apply::Options::default(),
    ))
    .await;
    let told = applied.render();
    anyhow::ensure!(
        applied.is_complete(),
        "the catalogue was not applied in full\n{told}"
    );
    Ok(told.trim_end().to_owned())
}

/// Applies what it can and tells what is left: whoever runs already goes on answering calls, whatever
/// an operator changed since or a busy service could not take.
///
/// # Errors
/// No site stands at all, so nothing could be answered.
pub async fn apply_what_goes(peers: &mut Peers, catalog: &Catalog) -> anyhow::Result<String> {
    let applied = Box::pin(apply::apply(
        catalog,
        &peers.owners,
        apply::Options::default(),
    ))
    .await;
    let told = applied.render();
    if applied.is_complete() {
        return Ok(told.lines().last().unwrap_or_default().to_owned());
    }
    let sites = peers
        .catalog
        .list_sites(telephony::ListSitesRequest::default())
        .await
        .map_err(|s| explain("the sites cannot be listed", &s))?
        .into_inner()
        .sites;
    anyhow::ensure!(
        !sites.is_empty(),
        "the catalogue was not applied in full\n{told}"
    );
    Ok(format!(
        "{}\nNot all of the catalogue was applied; what stood before goes on. See `bord catalog apply`.",
        told.trim_end()
    ))
}

/// Puts each site's number on its made-up page, which the twin serves (R8).
pub fn publish_pages(twin: &Twin, catalog: &Catalog) {
    for site in &catalog.sites {
        let host = Url::parse(&site.url).ok();
        let host = host.as_ref().and_then(Url::host_str);
        if let (Some(host), Some(number)) = (host, site.numbers.first()) {
            twin.set_page_number(host, &number.did);
        }
    }
}

/// Who lets the sample's prompts go live when bord starts.
const AT_START: &str = "operator:start";

/// Sends every candidate that is not live through the gate, some side by side, and tells each.
///
/// # Errors
/// The first candidate that does not pass, with the reasons.
pub async fn release_all(
    peers: &Peers,
    mut tell: impl FnMut(&telephony::Agent, &str),
) -> anyhow::Result<usize> {
    use futures::StreamExt as _;
    let waiting = release::waiting(&mut peers.clone()).await?;
    let many = waiting.len();
    let mut runs = release::side_by_side(peers, waiting, AT_START);
    while let Some((agent, passed)) = runs.next().await {
        tell(&agent, &passed?);
    }
    Ok(many)
}
