//! A process from start to exit: settings, telemetry, signals, drain, exit code; and the life that
//! its tasks share.
//!
//! SIGTERM stops the life; whoever serves stops taking work, finishes what runs, and returns. What
//! does not return within the drain limit is abandoned, hostile connections included (I21).

use std::future::Future;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::config::Env;
use crate::context::{self, Context};
use crate::host::{self, Slept};
use crate::transport::Transport;
use crate::{clock, metrics, telemetry};

/// How long after the servers' own drain limit the process ends in any case.
const BACKSTOP: Duration = Duration::from_secs(2);

/// Runs a process around `start`: the whole of a service's `main`.
///
/// `start` reads its settings from `env` (and calls `env.finish()`), then serves until `life`
/// stops. An error is printed with all its causes and gives exit code 1.
pub fn main<F>(name: &'static str, start: F) -> ExitCode
where
    F: AsyncFnOnce(&mut Env, Life) -> anyhow::Result<()>,
{
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return failed(name, &error.into()),
    };
    let outcome = runtime.block_on(supervise(name, start));
    // Blocking calls that hang must not hold the exit.
    runtime.shutdown_timeout(Duration::from_millis(300));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(name, &error),
    }
}

async fn supervise<F>(name: &'static str, start: F) -> anyhow::Result<()>
where
    F: AsyncFnOnce(&mut Env, Life) -> anyhow::Result<()>,
{
    let mut env = Env::from_process();
    let drain = env.seconds_or("DRAIN_SECONDS", 20);
    let metrics_addr = env.parse_optional("METRICS_ADDR");
    let settings = telemetry::Settings::read(&mut env);
    let transport = Transport::read(&mut env);
    clock::read_offset(&mut env);
    // A broken endpoint is one of the faults that `env.finish()` lists; start without it until then.
    telemetry::init(name, settings)?;
    telemetry::hide_panic_messages();
    metrics::install();
    let life = Life::new(drain);
    let service = Context {
        service: Some(name),
        deadline: None,
        transport: Some(Arc::new(transport)),
    };
    let outcome = context::scope(service, async {
        let served = async {
            if let Some(addr) = metrics_addr {
                metrics::serve(addr, &life)
                    .await
                    .context("METRICS_ADDR cannot be served")?;
            }
            life.spawn(host::watch(name, life.clone()));
            start(&mut env, life.clone()).await
        };
        until_stopped(&life, served).await
    })
    .await;
    telemetry::flush().await;
    outcome
}

async fn until_stopped(
    life: &Life,
    served: impl Future<Output = anyhow::Result<()>>,
) -> anyhow::Result<()> {
    let mut signals = Signals::new()?;
    tokio::pin!(served);
    let outcome = tokio::select! {
        outcome = &mut served => outcome,
        () = signals.next() => {
            tracing::info!(limit_s = life.drain_limit().as_secs(), "stopping");
            life.stop();
            tokio::select! {
                outcome = tokio::time::timeout(life.drain_limit() + BACKSTOP, &mut served) => {
                    outcome.unwrap_or_else(|_| {
                        tracing::warn!("drain limit reached, work that still ran is abandoned");
                        Ok(())
                    })
                }
                () = signals.next() => Err(anyhow::anyhow!("stopped at once by a second signal")),
            }
        }
    };
    life.stop();
    if tokio::time::timeout(BACKSTOP, life.drained())
        .await
        .is_err()
    {
        tracing::warn!("background tasks did not end in time and are abandoned");
    }
    outcome
}

struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Nothing can be done when standard error itself is closed, so its error is dropped.
fn failed(name: &str, error: &anyhow::Error) -> ExitCode {
    let mut text = format!("{name}: {error}\n");
    for cause in error.chain().skip(1) {
        text.push_str(&format!("  because: {cause}\n"));
    }
    let _ = std::io::stderr().write_all(text.as_bytes());
    ExitCode::FAILURE
}

/// Spawns a task that keeps the caller's span, service name and deadline.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the spawn that the ban points to"
)]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let span = tracing::Span::current();
    tokio::spawn(context::scope(context::current(), future.instrument(span)))
}

/// Runs `future` as the service `name`: where several share a process, each one's start and its
/// background tasks, so that their spans carry `bord.service`.
pub async fn named<F: Future>(name: &'static str, future: F) -> F::Output {
    let own = Context {
        service: Some(name),
        deadline: None,
        ..context::current()
    };
    context::scope(own, future).await
}

/// The time in which a process, or one service of several in it, is meant to run.
///
/// Clones are the same life. A child stops with its parent, or alone.
#[derive(Clone, Debug)]
pub struct Life {
    stop: CancellationToken,
    /// Own tracker last; those of the parents before it, since they wait for their children.
    tasks: Vec<TaskTracker>,
    drain: Duration,
    slept: watch::Sender<Option<Slept>>,
}

/// The host's sleeps, as they are noticed.
pub struct Sleeps(watch::Receiver<Option<Slept>>);

impl Sleeps {
    /// The next one; none when the process ends.
    pub async fn next(&mut self) -> Option<Slept> {
        self.0.changed().await.ok()?;
        self.0.borrow_and_update().clone()
    }
}

impl Life {
    #[must_use]
    pub fn new(drain: Duration) -> Self {
        Self {
            stop: CancellationToken::new(),
            tasks: vec![TaskTracker::new()],
            drain,
            slept: watch::Sender::new(None),
        }
    }

    /// A life with a short drain limit, for tests; stop it with `stop()`.
    #[must_use]
    pub fn for_test() -> Self {
        Self::new(Duration::from_secs(2))
    }

    /// A life that ends with this one and can be stopped before it.
    #[must_use]
    pub fn child(&self) -> Self {
        let mut tasks = self.tasks.clone();
        tasks.push(TaskTracker::new());
        Self {
            stop: self.stop.child_token(),
            tasks,
            drain: self.drain,
            slept: self.slept.clone(),
        }
    }

    pub fn stop(&self) {
        self.stop.cancel();
    }

    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Resolves when the life is asked to stop; at once when it already was.
    pub fn stopping(&self) -> impl Future<Output = ()> + Send + 'static {
        self.stop.clone().cancelled_owned()
    }

    /// The sleeps of the host from now on. Whoever can reach the operator tells them (R71).
    #[must_use]
    pub fn sleeps(&self) -> Sleeps {
        Sleeps(self.slept.subscribe())
    }

    /// Tells everybody with this life, or a child or a parent of it, that the host slept.
    pub fn tell_slept(&self, slept: Slept) {
        self.slept.send_replace(Some(slept));
    }

    /// How long a server may take to finish what runs.
    #[must_use]
    pub fn drain_limit(&self) -> Duration {
        self.drain
    }

    /// Spawns a background task: it keeps the service name, has neither the span nor the deadline
    /// of whoever started it, and the process waits for its end. It must watch `stopping()`.
    #[expect(
        clippy::disallowed_methods,
        reason = "carries the context and is waited for"
    )]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let held: Vec<_> = self.tasks.iter().map(TaskTracker::token).collect();
        let context = Context {
            deadline: None,
            ..context::current()
        };
        tokio::spawn(context::scope(context, async move {
            let output = future.await;
            drop(held);
            output
        }))
    }

    /// Resolves when every task spawned on this life and on its children has ended.
    pub async fn drained(&self) {
        if let Some(own) = self.tasks.last() {
            own.close();
            own.wait().await;
        }
    }
}
