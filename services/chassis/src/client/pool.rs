//! The pool is every address of a service, each connected, and the choice among them.
//!
//! Rounds keep it: each looks the host up, drops what is gone, and dials what is new or lost. One
//! runs every few seconds, when a connection is lost, and when a call finds nobody connected; calls
//! that wait for the same thing share a round. tonic's own balancer would not do: it asks addresses
//! that are not connected, so that calls fail while one of them is away, and it cannot take up new
//! certificates.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError, Weak};
use std::time::Duration;

use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use rand::Rng as _;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::address::Address;
use super::target::Target;
use crate::fault;

/// From one look-up to the next: new replicas get their share after this time at the latest.
const EVERY: Duration = Duration::from_secs(3);
/// A connection that is lost again and again is not dialled more often than this.
const PAUSE: Duration = Duration::from_millis(250);
const LOOKUP_LIMIT: Duration = Duration::from_secs(2);

type Resolve =
    dyn Fn(String, u16) -> BoxFuture<'static, std::io::Result<Vec<SocketAddr>>> + Send + Sync;

pub(super) struct Pool {
    target: Target,
    resolve: Box<Resolve>,
    known: Mutex<Known>,
    signals: Arc<Signals>,
    /// The last request for a round that was met; told as well at each new connection.
    met: watch::Sender<u64>,
    started: Once,
}

#[derive(Default)]
struct Known {
    /// As the last look-up that gave any told them.
    addresses: Vec<SocketAddr>,
    connected: Vec<Address>,
}

#[derive(Default)]
struct Signals {
    /// Requests for a round so far.
    asked: AtomicU64,
    wake: Notify,
    /// Told when an address lost its last connection.
    lost: Arc<Notify>,
}

impl Pool {
    pub(super) fn new<R, F>(target: Target, resolve: R) -> Self
    where
        R: Fn(String, u16) -> F + Send + Sync + 'static,
        F: Future<Output = std::io::Result<Vec<SocketAddr>>> + Send + 'static,
    {
        Self {
            target,
            resolve: Box::new(move |host, port| Box::pin(resolve(host, port))),
            known: Mutex::default(),
            signals: Arc::default(),
            met: watch::Sender::new(0),
            started: Once::new(),
        }
    }

    /// A connected address, the less busy of two chosen by chance; nothing when a round that began
    /// after the question found nobody.
    pub(super) async fn connected(self: &Arc<Self>) -> Option<Address> {
        if let Some(address) = self.another(&[]) {
            return Some(address);
        }
        let mut met = self.met.subscribe();
        let mine = self.signals.asked.fetch_add(1, Ordering::SeqCst) + 1;
        self.signals.wake.notify_one();
        self.start();
        loop {
            let done = *met.borrow_and_update() >= mine;
            if let Some(address) = self.another(&[]) {
                return Some(address);
            }
            if done {
                return None;
            }
            met.changed().await.ok()?;
        }
    }

    /// A connected address other than `tried`, without waiting for one.
    pub(super) fn another(&self, tried: &[SocketAddr]) -> Option<Address> {
        let known = self.known();
        let up: Vec<&Address> = known
            .connected
            .iter()
            .filter(|address| address.is_up() && !tried.contains(&address.at()))
            .collect();
        let one = rand::rng().random_range(0..up.len().max(1));
        // Any other than the first, each with the same chance.
        let other = match up.len() {
            0 | 1 => one,
            many => (one + rand::rng().random_range(1..many)) % many,
        };
        let pair = [up.get(one)?, up.get(other)?];
        let less = pair.into_iter().min_by_key(|address| address.pending());
        less.map(|address| (*address).clone())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The task ends with the last clone of the channel; it belongs to no request.
    #[expect(
        clippy::disallowed_methods,
        reason = "neither the span nor the deadline of the first call may follow the pool"
    )]
    fn start(self: &Arc<Self>) {
        self.started.call_once(|| {
            tokio::spawn(keep(Arc::downgrade(self), Arc::clone(&self.signals)));
        });
    }

    async fn round(&self) {
        self.look_up().await;
        let missing: Vec<SocketAddr> = {
            let known = self.known();
            let up = |at: &SocketAddr| known.connected.iter().any(|a| a.at() == *at && a.is_up());
            known
                .addresses
                .iter()
                .filter(|at| !up(at))
                .copied()
                .collect()
        };
        let mut dials: FuturesUnordered<_> = missing
            .into_iter()
            .map(|at| Address::dial(&self.target, at, Arc::clone(&self.signals.lost)))
            .collect();
        while let Some(dialled) = dials.next().await {
            match dialled {
                Ok(address) => {
                    let mut known = self.known();
                    known.connected.retain(|old| old.at() != address.at());
                    known.connected.push(address);
                    drop(known);
                    // Whoever waits need not wait for the slower addresses.
                    self.met.send_modify(|_| {});
                }
                Err(error) => {
                    tracing::debug!(causes = %fault::causes(&error), "address not connected");
                }
            }
        }
    }

    /// What cannot be looked up stays as it was: the name service may be away while the service
    /// itself is well.
    async fn look_up(&self) {
        let looking = (self.resolve)(self.target.host.clone(), self.target.port);
        match tokio::time::timeout(LOOKUP_LIMIT, looking).await {
            Ok(Ok(found)) if !found.is_empty() => {
                let mut known = self.known();
                // Calls under way hold the connection of an address that is gone, and end on it.
                known
                    .connected
                    .retain(|address| found.contains(&address.at()));
                known.addresses = found;
                known.addresses.sort_unstable();
                known.addresses.dedup();
            }
            Ok(Err(error)) => {
                tracing::debug!(causes = %fault::causes(&error), "host not looked up");
            }
            Ok(Ok(_)) | Err(_) => tracing::debug!("host without addresses"),
        }
    }
}

/// Runs rounds until the pool is dropped.
async fn keep(pool: Weak<Pool>, signals: Arc<Signals>) {
    loop {
        let Some(pool) = pool.upgrade() else { return };
        let asked = signals.asked.load(Ordering::SeqCst);
        pool.round().await;
        pool.met.send_replace(asked);
        drop(pool);
        signals.next(asked).await;
    }
}

impl Signals {
    /// Waits for a reason to run a round, `met` being the last request that was met.
    async fn next(&self, met: u64) {
        let due = Instant::now() + EVERY.mul_f64(rand::rng().random_range(0.8..1.0));
        let asked = async {
            while self.asked.load(Ordering::SeqCst) <= met {
                self.wake.notified().await;
            }
        };
        let lost = async {
            self.lost.notified().await;
            tokio::time::sleep(PAUSE).await;
        };
        tokio::select! {
            () = asked => {}
            () = lost => {}
            () = tokio::time::sleep_until(due) => {}
        }
    }
}
