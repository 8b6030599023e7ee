//! `bord up` as a process on the fixed ports of a loopback address of its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::Ipv4Addr;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Where the metrics of all services are served.
const METRICS_PORT: u16 = 9464;
/// Two at once, as while one is replaced by the other.
const CRON_SECRETS: &str = "cron-of-tests-new,cron-of-tests-old";

pub(crate) struct Up {
    child: Child,
    /// Held open: a reader that goes away ends the program.
    _said: BufReader<ChildStdout>,
    pub(crate) host: Ipv4Addr,
    data: tempfile::TempDir,
}

impl Up {
    /// Started, and ready for calls.
    pub(crate) fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        // Any address of 127/8 is this host's own: the process id, and a count of those that this
        // process started, make one that is free.
        static STARTED: AtomicU8 = AtomicU8::new(0);
        let [.., a, b, c] = std::process::id().to_be_bytes();
        let nth = STARTED.fetch_add(1, Ordering::Relaxed) % 3;
        let host = Ipv4Addr::new(127, (a | 1) + 64 * nth, b, c | 1);
        let log = data.path().join("log");
        let mut child = up(host, data.path())
            .env("METRICS_ADDR", format!("{host}:{METRICS_PORT}"))
            .env("CRON_SECRET", CRON_SECRETS)
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let is_up = said
            .by_ref()
            .lines()
            .map_while(Result::ok)
            .any(|line| line.contains("bord is up"));
        let up = Self {
            child,
            _said: said,
            host,
            data,
        };
        let logged = std::fs::read_to_string(log).unwrap();
        assert!(is_up, "bord up ended before it was ready:\n{logged}");
        up
    }

    /// Another one on the same address.
    pub(crate) fn second(&self) -> Output {
        up(self.host, &self.data.path().join("second"))
            .output()
            .unwrap()
    }

    pub(crate) fn url(&self, port: u16) -> String {
        format!("http://{}:{port}", self.host)
    }

    /// A command of `bord` against what runs here.
    pub(crate) fn bord(&self, arguments: &[&str]) -> Output {
        self.bord_with(CRON_SECRETS, arguments)
    }

    /// The same, by whoever holds this CRON_SECRET.
    pub(crate) fn bord_with(&self, cron_secret: &str, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_bord"))
            .args(arguments)
            .env("USER", "tester")
            .env("CRON_SECRET", cron_secret)
            .env("GATEWAY_URL", self.url(8080))
            .env("METRICS_URLS", self.url(METRICS_PORT))
            .env("TELEPHONY_URL", self.url(50051))
            .env("LEAD_URL", self.url(50052))
            .env("ROSTER_URL", self.url(50053))
            .env("NOTIFICATION_URL", self.url(50054))
            .env("QUALITY_URL", self.url(50055))
            .env("VENDOR_TWIN_URL", self.url(8090))
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
            .output()
            .unwrap()
    }

    /// What a command that must succeed wrote.
    pub(crate) fn told(&self, arguments: &[&str]) -> String {
        let output = self.bord(arguments);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command that must succeed wrote for scripts.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let told = self.told(arguments);
        serde_json::from_str(&told).unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{told}"))
    }

    /// What a command that must be refused wrote; its exit code is 1.
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        let output = self.bord(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// Asks it to stop as Kubernetes does; its exit code, and how long it took.
    pub(crate) fn terminate(mut self) -> (Option<i32>, Duration) {
        let began = Instant::now();
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        let status = self.child.wait().unwrap();
        (status.code(), began.elapsed())
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        // Ended already where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn up(host: Ipv4Addr, data: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bord"));
    command
        .args(["up", "--host", &host.to_string(), "--data"])
        .arg(data);
    command
}
