//! A process: one real binary as a child of the harness, with an environment of its own, its output
//! in a file, and a parent-death signal, so that it never outlives the harness however that ends.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use rustix::process::{Pid, Resource, Rlimit, Signal};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

/// The environment of a process; it inherits nothing but PATH.
pub type Vars = BTreeMap<String, String>;

/// SIGABRT: how an armed crash point ends its process.
const ABORTED: i32 = 6;

/// What to start.
#[derive(Clone)]
pub struct Spec {
    pub program: PathBuf,
    pub args: Vec<String>,
    pub vars: Vars,
    pub log: PathBuf,
    /// A full disk is made by a limit on file sizes; the signal that comes with it must not kill.
    pub ignore_file_limit: bool,
}

pub struct Process {
    child: Child,
    pid: Pid,
}

impl Process {
    /// # Errors
    /// The program cannot be started.
    pub fn start(spec: &Spec) -> anyhow::Result<Self> {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]);
        if spec.ignore_file_limit {
            command.args(["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"]);
        }
        command
            .arg(&spec.program)
            .args(&spec.args)
            .env_clear()
            .envs(&spec.vars)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A Ctrl-C is meant for the harness, which then ends its children itself.
            .process_group(0)
            .kill_on_drop(true);
        let mut child = command
            .spawn()
            .with_context(|| format!("{} cannot be started", spec.program.display()))?;
        copy(child.stdout.take(), &spec.log)?;
        copy(child.stderr.take(), &spec.log)?;
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        let pid = id.and_then(Pid::from_raw).context("a child has an id")?;
        Ok(Self { child, pid })
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Whether it ended at an armed crash point.
    pub fn crashed(&mut self) -> bool {
        let ended = self.child.try_wait().ok().flatten();
        ended.is_some_and(|status| status.signal() == Some(ABORTED))
    }

    /// How it ended, in words; nothing while it runs.
    pub fn ended(&mut self) -> Option<String> {
        self.child.try_wait().ok()?.map(|status| status.to_string())
    }

    /// SIGKILL, and waits for the end.
    pub async fn kill(&mut self) {
        let _ = self.child.kill().await;
    }

    /// SIGTERM, then waits; `None` when it did not end within the limit (it is killed then).
    pub async fn terminate(&mut self, limit: Duration) -> Option<Duration> {
        let began = Instant::now();
        self.signal(Signal::TERM);
        match tokio::time::timeout(limit, self.child.wait()).await {
            Ok(_) => Some(began.elapsed()),
            Err(_) => {
                self.kill().await;
                None
            }
        }
    }

    /// Waits for its end by itself.
    pub async fn wait(&mut self, limit: Duration) -> bool {
        tokio::time::timeout(limit, self.child.wait()).await.is_ok()
    }

    pub fn signal(&self, signal: Signal) {
        // It may have ended meanwhile; whoever waits for it learns that.
        let _ = rustix::process::kill_process(self.pid, signal);
    }

    /// No file may grow beyond so many bytes; nothing lifts the limit.
    ///
    /// # Errors
    /// The limit cannot be set.
    pub fn limit_files(&self, bytes: Option<u64>) -> anyhow::Result<()> {
        let limit = Rlimit {
            current: bytes,
            maximum: None,
        };
        rustix::process::prlimit(Some(self.pid), Resource::Fsize, limit)?;
        Ok(())
    }
}

/// Writes what comes out of a child to its log; by a pipe, so that a limit on the child's files
/// leaves its log alone.
fn copy(output: Option<impl AsyncRead + Unpin + Send + 'static>, log: &Path) -> anyhow::Result<()> {
    let Some(mut output) = output else {
        return Ok(());
    };
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .with_context(|| format!("{} cannot be written", log.display()))?;
    chassis::run::spawn(async move {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(many @ 1..) = output.read(&mut buffer).await {
            let _ = file.write_all(buffer.get(..many).unwrap_or_default());
        }
    });
    Ok(())
}
