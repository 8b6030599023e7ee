//! The six programs as they are deployed, each a process of its own with its own database, beside
//! the test's twin.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bord::peers::{Addresses, Peers};
use bord::{ready, settings, stack};
use chassis::config::Env;
use test_support::{TestDb, eventually};
use tokio::net::{TcpListener, TcpStream};
use url::Url;
use vendor_twin::{Twin, TwinConfig};

use crate::shutdown::{SETTINGS, binary};

const READY: Duration = Duration::from_secs(60);
const ADDRESSES: [&str; 8] = [
    "TELEPHONY_URL",
    "LEAD_URL",
    "ROSTER_URL",
    "NOTIFICATION_URL",
    "QUALITY_URL",
    "TWILIO_API_BASE",
    "ELEVENLABS_API_BASE",
    "MAILGUN_API_BASE",
];
/// What a test of minutes sets shorter than a service does by itself.
const LENGTHS: [&str; 3] = ["SCENARIO_POLL_MS", "PROMPT_POLL_MS", "PAGE_CHECK_BASE"];

pub(crate) struct Six {
    pub twin: Twin,
    pub peers: Peers,
    env: Env,
    children: Vec<Child>,
}

impl Six {
    /// All six up and ready, with these settings beside the made-up ones.
    pub(crate) async fn start(db: &TestDb, extra: &[(&str, &str)]) -> Self {
        chassis::telemetry::install_crypto();
        let mut listens = Vec::new();
        for name in stack::SERVICES {
            listens.push((name, free().await));
        }
        let url = |name: &str| -> Url {
            let found = listens.iter().find(|(of, _)| *of == name);
            let (_, at) = found.expect("a program");
            format!("http://{at}").parse().expect("a URL")
        };
        let addresses = Addresses {
            telephony: url("telephony-gateway"),
            lead: url("lead-service"),
            roster: url("roster-service"),
            notification: url("notification-service"),
            quality: url("quality-service"),
        };
        let base = url("gateway").as_str().trim_end_matches('/').to_owned();
        let twin = Twin::start(TwinConfig {
            public_base_url: Some(base.clone()),
            bord_base_url: Some(base.clone()),
            ..TwinConfig::default()
        })
        .await
        .expect("the twin starts");
        let mut env = settings::made_up(&Env::default(), db.database_url(), &base);
        settings::point_at_twin(&mut env, &twin.url());
        let env = stack::with_addresses(&env, &addresses);
        let children = listens.iter().map(|(name, at)| {
            let mut command = Command::new(binary(name));
            command
                .env("DATABASE_URL", db.database_url())
                .env("LISTEN_ADDR", at.to_string())
                .env("LOG", "warn")
                .stdin(Stdio::null())
                .stdout(Stdio::null());
            for setting in SETTINGS.iter().chain(&ADDRESSES).chain(&LENGTHS) {
                command.env(setting, env.optional(setting).expect(setting));
            }
            for (setting, value) in extra {
                command.env(setting, value);
            }
            command.spawn().expect("the program starts")
        });
        let children = children.collect();
        let six = Self {
            peers: Peers::at(&addresses).expect("addresses"),
            twin,
            env,
            children,
        };
        ready::all(&addresses, READY).await.expect("all are ready");
        let at = listens.iter().find(|(of, _)| *of == "gateway");
        let (_, at) = *at.expect("the gateway");
        eventually(READY, async || TcpStream::connect(at).await.ok()).await;
        six
    }

    /// Every secret that the programs were given.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let secret = |name: &&&str| {
            ["SECRET", "TOKEN", "KEY"]
                .iter()
                .any(|word| name.contains(word))
        };
        let names = SETTINGS.iter().filter(secret);
        names.filter_map(|name| self.env.optional(name)).collect()
    }
}

impl Drop for Six {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

async fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    listener.local_addr().expect("it is bound")
}
