//! The directory: number → site → agent in memory, so that a call is answered while the database
//! is down. Loaded at start, after each write, and every few seconds for what other replicas wrote.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use chassis::db::{Db, StoreError, Tx};

use crate::domain::configuration::Canonical;
use crate::domain::number::Number;
use crate::domain::phone::E164;
use crate::domain::site::Site;
use crate::store::{self, agents};

/// What a call to a number needs.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) number: Number,
    pub(crate) number_paused: bool,
    pub(crate) site: Arc<Site>,
    pub(crate) site_paused: bool,
    pub(crate) agent: Option<Arc<RouteAgent>>,
}

/// The agent of a site, as far as answering needs it.
#[derive(Debug, Clone)]
pub(crate) struct RouteAgent {
    pub(crate) name: String,
    pub(crate) site_id: String,
    pub(crate) vendor_agent_id: Option<String>,
    pub(crate) paused: bool,
    pub(crate) language: String,
    pub(crate) max_duration_ms: i64,
}

#[derive(Debug, Default)]
struct Snapshot {
    routes: HashMap<String, Arc<Route>>,
    by_vendor: HashMap<String, Arc<RouteAgent>>,
}

#[derive(Default)]
pub(crate) struct Directory {
    snapshot: RwLock<Arc<Snapshot>>,
}

impl Directory {
    /// The route of a called number, in whatever form the carrier wrote it.
    #[must_use]
    pub(crate) fn route(&self, called: &str) -> Option<Arc<Route>> {
        let snapshot = self.current();
        if let Some(route) = snapshot.routes.get(called) {
            return Some(Arc::clone(route));
        }
        let number = E164::parse(called).ok()?;
        snapshot.routes.get(number.as_str()).cloned()
    }

    /// The agent that the vendor knows by this id.
    #[must_use]
    pub(crate) fn agent_of_vendor(&self, vendor_agent_id: &str) -> Option<Arc<RouteAgent>> {
        self.current().by_vendor.get(vendor_agent_id).cloned()
    }

    fn current(&self) -> Arc<Snapshot> {
        Arc::clone(
            &self
                .snapshot
                .read()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }

    /// Reads everything anew. What stood before stays when the database does not answer.
    pub(crate) async fn refresh(&self, db: &Db) -> Result<(), StoreError> {
        let fresh = Arc::new(load(db).await?);
        *self
            .snapshot
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = fresh;
        Ok(())
    }
}

/// Some hundred sites at most; one page of this size holds them all.
const ALL: i64 = 100_000;

async fn load(db: &Db) -> Result<Snapshot, StoreError> {
    let mut tx = db.read().await?;
    let sites: HashMap<String, (Arc<Site>, bool)> = store::sites::page(&mut tx, "", ALL)
        .await?
        .into_iter()
        .map(|stored| {
            (
                stored.site.id.clone(),
                (Arc::new(stored.site), stored.pause.is_some()),
            )
        })
        .collect();
    let mut snapshot = Snapshot::default();
    let mut of_site: HashMap<String, Arc<RouteAgent>> = HashMap::new();
    for stored in agents::page(&mut tx, "", ALL).await? {
        let agent = Arc::new(agent_of(&mut tx, stored).await?);
        if let Some(id) = &agent.vendor_agent_id {
            snapshot.by_vendor.insert(id.clone(), Arc::clone(&agent));
        }
        // Agents come by name; the first that can answer stands for its site.
        let better = of_site
            .get(&agent.site_id)
            .is_none_or(|known| rank(known) < rank(&agent));
        if better {
            of_site.insert(agent.site_id.clone(), agent);
        }
    }
    for stored in store::numbers::page(&mut tx, "", "", ALL).await? {
        let Some((site, site_paused)) = sites.get(&stored.number.site_id) else {
            continue;
        };
        let route = Route {
            number_paused: stored.pause.is_some(),
            site: Arc::clone(site),
            site_paused: *site_paused,
            agent: of_site.get(&site.id).cloned(),
            number: stored.number,
        };
        snapshot
            .routes
            .insert(route.number.e164.as_str().to_owned(), Arc::new(route));
    }
    Ok(snapshot)
}

/// The agent as it answers: with site, language and longest call of what is live. A candidate that
/// waits for its release says nothing about calls, so that a move to another site passes the gate
/// first (R63), and a token must outlast the call that it goes with.
async fn agent_of(tx: &mut Tx, stored: agents::Stored) -> Result<RouteAgent, StoreError> {
    let candidate = RouteAgent {
        name: stored.agent.name,
        site_id: stored.agent.site_id,
        vendor_agent_id: None,
        paused: stored.pause.is_some(),
        language: stored.agent.configuration.language,
        max_duration_ms: stored.agent.configuration.max_duration_ms,
    };
    let Some(hash) = stored.released_hash else {
        return Ok(candidate);
    };
    let live = RouteAgent {
        vendor_agent_id: stored.vendor_agent_id,
        ..candidate.clone()
    };
    if hash == stored.configuration_hash {
        return Ok(live);
    }
    let text = store::configurations::find(tx, &live.name, &hash).await?;
    let Some(canonical) = text.and_then(|text| Canonical::stored(&text, &hash).ok()) else {
        // Nobody can say for which site it was sealed: its callers get the voicemail.
        tracing::error!(agent = %live.name, "the released configuration cannot be read");
        return Ok(candidate);
    };
    Ok(RouteAgent {
        site_id: canonical.site_id().to_owned(),
        language: canonical.language().to_owned(),
        max_duration_ms: canonical.max_duration_ms().unwrap_or(live.max_duration_ms),
        ..live
    })
}

fn rank(agent: &RouteAgent) -> u8 {
    u8::from(agent.vendor_agent_id.is_some()) + 2 * u8::from(!agent.paused)
}
