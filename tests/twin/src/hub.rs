//! The hub: everything that the parts of one twin share: configuration, the vendors' state, the
//! faults, the HTTP client and the background tasks, which end with the twin.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, RwLock};

use chrono::{DateTime, Utc};
use rand::Rng as _;
use serde::Serialize;
use tokio::task::JoinSet;

use crate::config::TwinConfig;
use crate::faults::{Faults, Vendor};
use crate::hooks::{Held, HookRecord};
use crate::pages::Pages;
use crate::{elevenlabs, mailgun, twilio};

/// What a vendor accepted, with the fault under which it did.
#[derive(Clone, Debug, Serialize)]
pub struct Accepted {
    pub at: DateTime<Utc>,
    pub vendor: Vendor,
    /// The operation that was processed, for example `messages.create`.
    pub operation: String,
    /// The id that the vendor gave (message sid, message-id, conversation id, …).
    pub id: String,
    pub to: String,
    /// The fault under which it was accepted: such a thing exists at the vendor although its
    /// client may believe that it failed.
    pub fault: Option<String>,
}

#[derive(Default)]
pub(crate) struct World {
    pub(crate) twilio: twilio::Store,
    pub(crate) eleven: elevenlabs::Store,
    pub(crate) mailgun: mailgun::Store,
    pub(crate) ledger: Vec<Accepted>,
    pub(crate) hooks: Vec<HookRecord>,
    pub(crate) held: Vec<Held>,
    pub(crate) pages: Pages,
}

#[derive(Default, Clone)]
struct Bases {
    public: Option<String>,
    connect: Option<String>,
}

pub(crate) struct Hub {
    pub(crate) config: TwinConfig,
    pub(crate) faults: Faults,
    pub(crate) http: reqwest::Client,
    pub(crate) url: OnceLock<String>,
    pub(crate) refusing: AtomicBool,
    world: Mutex<World>,
    bases: RwLock<Bases>,
    tasks: Mutex<JoinSet<()>>,
}

pub(crate) type Shared = Arc<Hub>;

impl Hub {
    pub(crate) fn new(config: TwinConfig) -> anyhow::Result<Shared> {
        let bases = Bases {
            public: config.public_base_url.as_deref().map(trimmed),
            connect: config.bord_base_url.as_deref().map(trimmed),
        };
        let hub = Self {
            http: client()?,
            faults: Faults::default(),
            url: OnceLock::new(),
            refusing: AtomicBool::new(false),
            world: Mutex::new(World::default()),
            bases: RwLock::new(bases),
            tasks: Mutex::new(JoinSet::new()),
            config,
        };
        hub.reset();
        Ok(Arc::new(hub))
    }

    /// Forgets all state and all faults; credentials and addresses stay.
    pub(crate) fn reset(&self) {
        let mut world = World::default();
        elevenlabs::seed(&mut world.eleven, &self.config);
        *self.world() = world;
        self.faults.reset();
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no holder of this lock panics")
    }

    /// Runs a task that ends with the twin.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().expect("no holder of this lock panics");
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    pub(crate) fn stop_tasks(&self) {
        self.tasks
            .lock()
            .expect("no holder of this lock panics")
            .abort_all();
    }

    pub(crate) fn point_at(&self, url: &str) {
        self.bases
            .write()
            .expect("no holder of this lock panics")
            .connect = Some(trimmed(url));
    }

    pub(crate) fn own_url(&self) -> String {
        self.url.get().cloned().unwrap_or_default()
    }

    /// The URL under which bord is known to the outside: what webhooks are signed for.
    pub(crate) fn public_base(&self) -> Option<String> {
        let bases = self
            .bases
            .read()
            .expect("no holder of this lock panics")
            .clone();
        bases.public.or(bases.connect)
    }

    /// Where a public URL is really reached: bord's own URLs go to the address it listens on.
    pub(crate) fn connect_url(&self, url: &str) -> String {
        let bases = self
            .bases
            .read()
            .expect("no holder of this lock panics")
            .clone();
        if let (Some(public), Some(connect)) = (bases.public, bases.connect)
            && let Some(rest) = url.strip_prefix(&public)
        {
            return format!("{connect}{rest}");
        }
        url.to_owned()
    }
}

fn trimmed(url: &str) -> String {
    url.trim_end_matches('/').to_owned()
}

/// The twin's own client. The workspace's reqwest has no TLS provider built in, so it is given
/// one here; no proxy, no redirects (each vendor's rule for them is its own).
fn client() -> anyhow::Result<reqwest::Client> {
    let mut roots = rustls::RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()?)
}

/// The wall clock. The twin runs on real time; it has no virtual clock.
#[expect(
    clippy::disallowed_methods,
    reason = "the twin stays independent of chassis::clock"
)]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Twilio's and Mailgun's way to write a time.
pub(crate) fn rfc2822(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// A random string over an alphabet, as vendors' ids have them.
pub(crate) fn random_text(length: usize, alphabet: &[u8]) -> String {
    let mut rng = rand::rng();
    (0..length)
        .map(|_| char::from(alphabet[rng.random_range(0..alphabet.len())]))
        .collect()
}

/// A Twilio SID: two letters and 32 hex digits.
pub(crate) fn sid(prefix: &str) -> String {
    format!("{prefix}{}", random_text(32, b"0123456789abcdef"))
}

/// An ElevenLabs id: a word, an underscore and 28 lower-case characters.
pub(crate) fn eleven_id(prefix: &str) -> String {
    format!(
        "{prefix}_{}",
        random_text(28, b"0123456789abcdefghjkmnpqrstvwxyz")
    )
}
