//! Settings of notification-service. Read from the environment:
//! `LISTEN_ADDR` (127.0.0.1:50054), `NOTIFICATION_DATABASE_URL` or `DATABASE_URL`,
//! `TWILIO_ACCOUNT_SID`, `TWILIO_API_KEY_SID`, `TWILIO_API_KEY_SECRET`, `TWILIO_API_BASE`,
//! `MAILGUN_API_KEY`, `MAILGUN_DOMAIN`, `MAILGUN_FROM`, `MAILGUN_API_BASE`, `OPERATOR_EMAIL`,
//! `OPERATOR_LANGUAGE` (en), `OPERATOR_FULL_HEALTH_COPY` (false), `PUBLIC_BASE_URL`.
//! Bases default to the vendor twin on this host, so that nothing set means nothing sent.

use std::time::Duration;

use chassis::config::{Env, Secret};
use url::Url;

use crate::domain::backoff::Backoff;

/// Where the vendor twin listens by default (design.md, Running it).
const TWIN: &str = "http://127.0.0.1:8090";

/// All settings.
#[derive(Clone)]
pub struct Config {
    pub database: Secret,
    pub twilio: TwilioSettings,
    pub mailgun: MailgunSettings,
    pub operator_email: String,
    pub operator_language: String,
    /// Gives the operator full copies of health-related leads; each use is recorded (D10).
    pub operator_full_health_copy: bool,
    pub public_base_url: Url,
    pub timing: Timing,
}

/// Twilio's account.
#[derive(Clone)]
pub struct TwilioSettings {
    pub base: Url,
    pub account_sid: String,
    pub key_sid: String,
    pub key_secret: Secret,
}

/// Mailgun's domain.
#[derive(Clone)]
pub struct MailgunSettings {
    pub base: Url,
    pub domain: String,
    pub from: String,
    pub key: Secret,
}

/// How long things may take. Tests shorten them; the defaults are for real carriers.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// For one request to a carrier. Shorter than the lease, so that a worker never sends with a
    /// lease that another one may already have taken over.
    pub send_limit: Duration,
    pub lease: Duration,
    /// How often each worker looks without being woken.
    pub interval: Duration,
    pub backoff: Backoff,
    /// Sends after which a delivery is dead.
    pub most_sends: i64,
    /// How long a channel pauses when the carrier refuses our credentials.
    pub pause: Duration,
    /// From an ambiguous send to its look-up: the callback usually comes first.
    pub look_up_after: Duration,
    /// How late Mailgun's events may appear; before that "nothing found" proves nothing.
    pub index_delay: Duration,
    /// From acceptance to the first poll of a delivery that nobody reported on.
    pub poll_after: Duration,
    pub most_polls: i64,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            send_limit: Duration::from_secs(7),
            lease: Duration::from_secs(9),
            interval: Duration::from_millis(200),
            backoff: Backoff {
                base: Duration::from_secs(1),
                cap: Duration::from_secs(30),
            },
            most_sends: 200,
            pause: Duration::from_secs(30),
            look_up_after: Duration::from_secs(60),
            index_delay: Duration::from_secs(30 * 60),
            poll_after: Duration::from_secs(5 * 60),
            most_polls: 6,
        }
    }
}

impl Config {
    /// Reads the settings; faults are recorded in `env` and told by `env.finish()`.
    pub fn read(env: &mut Env) -> Self {
        let secret = |env: &Env, name: &str, default: &str| {
            env.secret_optional(name)
                .unwrap_or_else(|| Secret::new(default))
        };
        let mailgun_domain = env.text_or("MAILGUN_DOMAIN", "mg.example.com");
        let default_from = format!("bord <leads@{mailgun_domain}>");
        Self {
            database: chassis::db::url(env, "notification"),
            twilio: TwilioSettings {
                base: env.url_or("TWILIO_API_BASE", TWIN),
                account_sid: env
                    .text_or("TWILIO_ACCOUNT_SID", "ACa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"),
                key_sid: env.text_or("TWILIO_API_KEY_SID", "SKb2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2"),
                key_secret: secret(env, "TWILIO_API_KEY_SECRET", "twin-api-key-secret"),
            },
            mailgun: MailgunSettings {
                base: env.url_or("MAILGUN_API_BASE", TWIN),
                from: env.text_or("MAILGUN_FROM", &default_from),
                domain: mailgun_domain,
                key: secret(env, "MAILGUN_API_KEY", "key-twin-mailgun"),
            },
            operator_email: env.text_or("OPERATOR_EMAIL", "operator@bord.example"),
            operator_language: env.text_or("OPERATOR_LANGUAGE", "en"),
            operator_full_health_copy: env.parse_or("OPERATOR_FULL_HEALTH_COPY", false),
            public_base_url: env.url_or("PUBLIC_BASE_URL", "http://127.0.0.1:8080"),
            timing: Timing::default(),
        }
    }
}
