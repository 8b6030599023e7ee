//! The environment of the services: secrets of this run alone, the twin's made-up credentials, and
//! lengths that fit a run of minutes.

use std::net::SocketAddr;

use rand::Rng as _;
use vendor_twin::TwinConfig;

use crate::process::Vars;

/// What clients and people sign with.
#[derive(Clone)]
pub struct Secrets {
    pub tool: String,
    pub call: String,
    pub link: String,
    pub cron: String,
}

impl Secrets {
    #[must_use]
    pub fn new() -> Self {
        let mut rng = rand::rng();
        let mut one = || format!("{:032x}{:032x}", rng.random::<u128>(), rng.random::<u128>());
        Self {
            tool: one(),
            call: one(),
            link: one(),
            cron: one(),
        }
    }
}

impl Default for Secrets {
    fn default() -> Self {
        Self::new()
    }
}

/// The settings that every process of the run shares.
#[must_use]
pub fn shared(public_base: &str, twin: &str, secrets: &Secrets) -> Vars {
    let made_up = TwinConfig::default();
    let mut vars: Vars = [
        ("PUBLIC_BASE_URL", public_base.to_owned()),
        ("OPERATOR_EMAIL", "operator@bord.example".to_owned()),
        ("CALL_TOKEN_SECRET", secrets.call.clone()),
        ("LINK_SECRET", secrets.link.clone()),
        ("DISPATCH_TOOL_SECRET", secrets.tool.clone()),
        ("CRON_SECRET", secrets.cron.clone()),
        ("TWILIO_ACCOUNT_SID", made_up.twilio_account_sid),
        ("TWILIO_AUTH_TOKEN", made_up.twilio_auth_token),
        ("TWILIO_API_KEY_SID", made_up.twilio_api_key_sid),
        ("TWILIO_API_KEY_SECRET", made_up.twilio_api_key_secret),
        ("ELEVENLABS_API_KEY", made_up.elevenlabs_api_key),
        (
            "ELEVENLABS_WEBHOOK_SECRET",
            made_up.elevenlabs_webhook_secret,
        ),
        ("MAILGUN_API_KEY", made_up.mailgun_api_key),
        ("MAILGUN_DOMAIN", made_up.mailgun_domain),
        ("MAILGUN_FROM", "bord <dispatch@mg.example.com>".to_owned()),
        ("MAILGUN_SIGNING_KEY", made_up.mailgun_signing_key),
        // Hostile connections are open while processes stop; each stop may take this long.
        ("DRAIN_SECONDS", "4".to_owned()),
        ("SCENARIO_POLL_MS", "100".to_owned()),
        ("CALL_POLL_MS", "5000".to_owned()),
        ("RECORDING_POLL_MS", "5000".to_owned()),
        ("CONVERSATION_POLL_MS", "5000".to_owned()),
        ("LOG", "warn".to_owned()),
        ("RUST_BACKTRACE", "0".to_owned()),
        ("PATH", path()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    for name in ["TWILIO_API_BASE", "ELEVENLABS_API_BASE", "MAILGUN_API_BASE"] {
        vars.insert(name.to_owned(), twin.to_owned());
    }
    vars
}

#[expect(
    clippy::disallowed_methods,
    reason = "the harness, not a service, is configured here"
)]
fn path() -> String {
    std::env::var("PATH").unwrap_or_else(|_| "/usr/local/bin:/usr/bin:/bin".to_owned())
}

/// A free port below those that the kernel gives to outgoing connections, so that it is still free
/// when its process starts again after a kill.
///
/// # Panics
/// There is no free port.
#[must_use]
pub fn free_port() -> SocketAddr {
    let mut rng = rand::rng();
    for _ in 0..10_000 {
        let addr = SocketAddr::from(([127, 0, 0, 1], rng.random_range(15_000..32_000)));
        if std::net::TcpListener::bind(addr).is_ok() {
            return addr;
        }
    }
    panic!("no free port on loopback");
}
