//! A PostgreSQL server of the harness's own: durable as in production (fsync and
//! synchronous_commit on), so that it may be killed at any moment and started again.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use rustix::process::{Pid, Signal};
use tokio::process::{Child, Command};

pub struct Postgres {
    binaries: PathBuf,
    data: PathBuf,
    addr: SocketAddr,
    server: Option<Child>,
}

impl Postgres {
    /// Makes a cluster in `folder` and starts it.
    ///
    /// # Errors
    /// No binaries, or the server does not start.
    pub async fn start(folder: &Path, addr: SocketAddr) -> anyhow::Result<Self> {
        let mut postgres = Self {
            binaries: binaries()?,
            data: folder.join("data"),
            addr,
            server: None,
        };
        std::fs::create_dir_all(folder)?;
        if is_root() {
            let (uid, gid) = owner()?;
            std::os::unix::fs::chown(folder, Some(uid), Some(gid))?;
        }
        let made = postgres
            .command("initdb")?
            .args(["-A", "trust", "-U", "postgres", "-N", "-E", "UTF8"])
            .args(["--locale=C.UTF-8", "-D"])
            .arg(&postgres.data)
            .output()
            .await?;
        let told = String::from_utf8_lossy(&made.stderr);
        anyhow::ensure!(made.status.success(), "initdb: {told}");
        postgres.run().await?;
        Ok(postgres)
    }

    /// Starts the server on its data, and waits until it takes connections.
    ///
    /// # Errors
    /// It does not within 30 s.
    pub async fn run(&mut self) -> anyhow::Result<()> {
        for _ in 0..60 {
            let log = std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(self.data.with_file_name("postgres.log"))?;
            let child = self
                .command("postgres")?
                .arg("-D")
                .arg(&self.data)
                .args(["-k", "", "-p", &self.addr.port().to_string()])
                .args([
                    "-c",
                    "listen_addresses=127.0.0.1",
                    "-c",
                    "max_connections=300",
                ])
                .args(["-c", "fsync=on", "-c", "synchronous_commit=on"])
                .args([
                    "-c",
                    "shared_buffers=64MB",
                    "-c",
                    "log_min_messages=warning",
                ])
                .stdout(Stdio::null())
                .stderr(Stdio::from(log))
                .kill_on_drop(true)
                .process_group(0)
                .spawn()?;
            self.server = Some(child);
            if self.answers(Duration::from_secs(15)).await {
                return Ok(());
            }
            // The shared memory of killed backends may still be in use: again in a moment.
            self.kill().await;
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        anyhow::bail!("PostgreSQL does not start; see its log")
    }

    async fn answers(&mut self, limit: Duration) -> bool {
        let until = tokio::time::Instant::now() + limit;
        while tokio::time::Instant::now() < until {
            let ended = self
                .server
                .as_mut()
                .is_none_or(|server| !matches!(server.try_wait(), Ok(None)));
            if ended {
                return false;
            }
            let url = format!("postgres://postgres@{}/postgres", self.addr);
            let asked = tokio::time::timeout(Duration::from_secs(1), connect(&url)).await;
            if matches!(asked, Ok(true)) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    }

    /// SIGKILL to the server and to every process that it made: a machine that loses its power, as
    /// far as the processes can tell.
    pub async fn kill(&mut self) {
        let Some(mut server) = self.server.take() else {
            return;
        };
        let Some(pid) = server.id().and_then(|id| i32::try_from(id).ok()) else {
            return;
        };
        let children = children_of(pid);
        let _ = server.start_kill();
        for child in children.into_iter().filter_map(Pid::from_raw) {
            let _ = rustix::process::kill_process(child, Signal::KILL);
        }
        let _ = server.wait().await;
    }

    /// PostgreSQL's own immediate stop: every connection is aborted, recovery follows.
    pub async fn stop_at_once(&mut self) {
        let Some(mut server) = self.server.take() else {
            return;
        };
        let id = server.id().and_then(|id| i32::try_from(id).ok());
        if let Some(pid) = id.and_then(Pid::from_raw) {
            let _ = rustix::process::kill_process(pid, Signal::QUIT);
        }
        let _ = server.wait().await;
    }

    /// A command as the user that may run it, who ends with the harness.
    fn command(&self, program: &str) -> anyhow::Result<Command> {
        let mut command = Command::new("setpriv");
        if is_root() {
            let (uid, gid) = owner()?;
            command.args(["--reuid", &uid.to_string(), "--regid", &gid.to_string()]);
            // The signal is forgotten when the user changes, so it is set by a second step.
            command.args(["--clear-groups", "--", "setpriv"]);
        }
        command.args(["--pdeathsig", "QUIT", "--"]);
        command.arg(self.binaries.join(program));
        command.env("LC_ALL", "C.UTF-8");
        command.current_dir(self.data.parent().unwrap_or(Path::new("/")));
        Ok(command)
    }
}

async fn connect(url: &str) -> bool {
    use sqlx::Connection as _;
    match sqlx::PgConnection::connect(url).await {
        Ok(connection) => connection.close().await.is_ok(),
        Err(_) => false,
    }
}

/// Processes whose parent is `parent`, as /proc tells.
fn children_of(parent: i32) -> Vec<i32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    ids.filter(|id| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        // After the name, which stands in brackets: state, then the parent.
        let rest = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        rest.split(' ').nth(1).and_then(|field| field.parse().ok()) == Some(parent)
    })
    .collect()
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// PostgreSQL refuses to run as root; it then runs as the user that its package made.
fn owner() -> anyhow::Result<(u32, u32)> {
    let users = std::fs::read_to_string("/etc/passwd")?;
    let line = users.lines().find(|line| line.starts_with("postgres:"));
    let mut ids = line.into_iter().flat_map(|line| line.split(':').skip(2));
    let uid = ids.next().context("there is no user named postgres")?;
    let gid = ids.next().context("the user postgres has a group")?;
    Ok((uid.parse()?, gid.parse()?))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the harness, not a service, is configured here"
)]
fn binaries() -> anyhow::Result<PathBuf> {
    if let Ok(folder) = std::env::var("BORD_TEST_PG_BIN") {
        return Ok(folder.into());
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql");
    let versions = versions.into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse::<u32>().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, path)| path.join("initdb").exists())
        .max();
    let (_, path) = newest.context("PostgreSQL is not installed: set BORD_TEST_PG_BIN")?;
    Ok(path)
}
