//! A slot: the place of one process in the running system: its binary, its fixed port, the proxy in
//! front of it, and the process that stands there now. Whoever breaks it holds its lock, so that no
//! two faults meet in one process by accident.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus};

use crate::process::{Process, Spec};
use crate::proxy::Proxy;
use crate::tell::progress;

/// How long a start may take, migrations and a busy machine included.
const START_LIMIT: Duration = Duration::from_secs(180);

/// How a process says that it is ready.
#[derive(Clone)]
pub enum Ready {
    Grpc,
    Http,
    /// It wrote this line.
    Line(&'static str),
}

pub struct Slot {
    /// The binary's name.
    pub service: &'static str,
    /// The name with the replica's number.
    pub label: String,
    pub addr: SocketAddr,
    pub proxy: Option<Proxy>,
    pub spec: Spec,
    pub ready: Ready,
    state: Mutex<State>,
}

/// Who stands in the slot.
#[derive(Default)]
pub struct State {
    pub process: Option<Process>,
    /// Settings beside the usual: an armed crash point, a clock that lies.
    pub extra: Vec<(String, String)>,
    /// Stopped on purpose: nobody starts it again.
    pub retired: bool,
}

impl Slot {
    #[must_use]
    pub fn new(
        service: &'static str,
        label: String,
        addr: SocketAddr,
        proxy: Option<Proxy>,
        spec: Spec,
        ready: Ready,
    ) -> Self {
        Self {
            service,
            label,
            addr,
            proxy,
            spec,
            ready,
            state: Mutex::default(),
        }
    }

    pub async fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().await
    }

    pub fn try_lock(&self) -> Option<MutexGuard<'_, State>> {
        self.state.try_lock().ok()
    }

    /// Starts a process in the slot, killing whoever stands there, and waits until it is ready or
    /// has ended.
    ///
    /// # Errors
    /// It ended by itself (unless at an armed point), or is not ready in time.
    pub async fn start(&self, state: &mut State, extra: &[(&str, String)]) -> anyhow::Result<()> {
        if let Some(process) = &mut state.process {
            process.kill().await;
        }
        let mut spec = self.spec.clone();
        for (name, value) in extra {
            spec.vars.insert((*name).to_owned(), value.clone());
        }
        let own = |(name, value): &(&str, String)| ((*name).to_owned(), value.clone());
        state.extra = extra.iter().map(own).collect();
        let written = length(&spec.log);
        state.process = Some(Process::start(&spec)?);
        self.wait_until_ready(state, written).await
    }

    async fn wait_until_ready(&self, state: &mut State, written: u64) -> anyhow::Result<()> {
        let until = Instant::now() + START_LIMIT;
        loop {
            let process = state.process.as_mut().context("a process was started")?;
            if process.crashed() {
                return Ok(());
            }
            if let Some(end) = process.ended() {
                anyhow::bail!("{} ended at its start: {end}", self.label);
            }
            if self.is_ready(written).await {
                return Ok(());
            }
            anyhow::ensure!(
                Instant::now() < until,
                "{} is not ready in time",
                self.label
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn is_ready(&self, written: u64) -> bool {
        match self.ready {
            Ready::Grpc => tokio::time::timeout(Duration::from_secs(2), serving(self.addr))
                .await
                .unwrap_or(false),
            Ready::Http => {
                let url = format!("http://{}/healthz", self.addr);
                let asked = chassis::http::client()
                    .get(url)
                    .timeout(Duration::from_secs(2))
                    .send()
                    .await;
                asked.is_ok_and(|answer| answer.status().is_success())
            }
            Ready::Line(line) => since(&self.spec.log, written).contains(line),
        }
    }

    /// Starts it again, as usual, when it is not running.
    ///
    /// # Errors
    /// As [`Slot::start`].
    pub async fn revive(&self, state: &mut State) -> anyhow::Result<()> {
        let running = state.process.as_mut().is_some_and(Process::is_running);
        if running || state.retired {
            return Ok(());
        }
        self.start(state, &[]).await
    }

    /// Tells why a process ended that nobody broke.
    pub fn tell_last_words(&self) {
        let log = std::fs::read_to_string(&self.spec.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(5).collect();
        for line in lines.into_iter().rev() {
            progress(format!("  {}: {line}", self.label));
        }
    }
}

async fn serving(addr: SocketAddr) -> bool {
    let Ok(channel) = chassis::client::channel(format!("http://{addr}")) else {
        return false;
    };
    let service = String::new();
    let asked = HealthClient::new(channel)
        .check(HealthCheckRequest { service })
        .await;
    asked.is_ok_and(|answer| answer.into_inner().status() == ServingStatus::Serving)
}

fn length(log: &Path) -> u64 {
    std::fs::metadata(log).map_or(0, |found| found.len())
}

/// What was written to a log after a position.
fn since(log: &Path, position: u64) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let from = usize::try_from(position).unwrap_or(0);
    String::from_utf8_lossy(text.get(from..).unwrap_or_default()).into_owned()
}
