//! Settings of lead-service.
//!
//! LISTEN_ADDR (127.0.0.1:50052), LEAD_DATABASE_URL or DATABASE_URL (sqlite:data), ROSTER_URL,
//! NOTIFICATION_URL, PUBLIC_BASE_URL, LINK_SECRET, CALL_TOKEN_SECRET, MIGRATE (true; false on
//! Kubernetes, where a Job migrates and the service waits for it). Lengths, in milliseconds:
//! LEAD_BUDGET_MS, LEAD_LEASE_MS, LEAD_BACKOFF_MS, LEAD_BACKOFF_CAP_MS, LEAD_POLL_MS,
//! LEAD_WATCH_MS, LEAD_AUTO_COMPLETE_MS. In debug
//! builds BORD_CRASH_POINT arms a crash point.

use std::net::SocketAddr;
use std::time::Duration;

use chassis::config::{Env, Secret};
use chassis::crash::Points;
use chassis::db;
use url::Url;

use crate::crash::POINTS;

pub struct Config {
    pub listen: SocketAddr,
    pub database_url: Secret,
    /// Whether the service migrates at start, or waits until somebody else did.
    pub migrate: bool,
    pub roster: Url,
    pub notification: Url,
    pub public_base: Url,
    /// Signs links to recordings; the first signs.
    pub link_secrets: Vec<Secret>,
    /// Any of them may have signed a call token.
    pub call_token_secrets: Vec<Secret>,
    pub settings: Settings,
    pub crash_points: Points,
}

/// Lengths and limits of the saga.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long a caller waits for provider and messages.
    pub budget: Duration,
    /// How long a claimed lead is kept from others.
    pub lease: Duration,
    /// Limit of one call to another service.
    pub call_limit: Duration,
    /// First pause after a failed step; doubled up to the cap.
    pub backoff: Duration,
    pub backoff_cap: Duration,
    /// The operator is told after so many failed tries; the lead stays due.
    pub alarm_after: i32,
    /// The worker's timer beside its wake-ups.
    pub poll: Duration,
    /// From a call's end to the dispatch of what is incomplete.
    pub completion_grace: Duration,
    /// On top of the longest call, when no word of its end comes.
    pub end_grace: Duration,
    /// Beyond it nothing of an offer is sent.
    pub offer_valid: Duration,
    /// From the notice to the look whether any carrier took a message of it.
    pub watch: Duration,
    /// Pause before a release looks again whether messages that were being sent have ended.
    pub settle_pause: Duration,
    /// A confirmed provider's slot is freed after it.
    pub auto_complete_after: Duration,
    /// From the confirmation to the operator's alarm that there is no result.
    pub result_alarm_after: Duration,
    /// How long the link to an offer's page opens.
    pub offer_link_valid: Duration,
    /// First pause of an unmatched lead; doubled up to the cap.
    pub retry: Duration,
    pub retry_cap: Duration,
    /// How long a customer may answer whether the lead shall be cancelled.
    pub cancel_question_valid: Duration,
    /// How long a link to a recording opens.
    pub link_valid: Duration,
    /// The operator hears when no scan went well for so long (R72).
    pub scan_late: Duration,
    /// Most cost lines of a period whose economics are told.
    pub most_cost_lines: i64,
    /// Most lines of a statement.
    pub most_statement_lines: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            budget: Duration::from_secs(1),
            lease: Duration::from_secs(5),
            call_limit: Duration::from_secs(3),
            backoff: Duration::from_millis(200),
            backoff_cap: Duration::from_secs(8),
            alarm_after: 8,
            poll: Duration::from_millis(500),
            completion_grace: Duration::from_secs(120),
            end_grace: Duration::from_secs(300),
            offer_valid: Duration::from_secs(2 * 3600),
            watch: Duration::from_secs(60),
            settle_pause: Duration::from_millis(500),
            auto_complete_after: Duration::from_secs(7 * 24 * 3600),
            result_alarm_after: Duration::from_secs(30 * 24 * 3600),
            offer_link_valid: Duration::from_secs(60 * 24 * 3600),
            retry: Duration::from_secs(60),
            retry_cap: Duration::from_secs(1800),
            cancel_question_valid: Duration::from_secs(24 * 3600),
            link_valid: Duration::from_secs(30 * 24 * 3600),
            scan_late: Duration::from_secs(30 * 60),
            most_cost_lines: 400_000,
            most_statement_lines: 5_000,
        }
    }
}

impl Config {
    pub fn read(env: &mut Env) -> Self {
        let standard = Settings::default();
        let mut length = |name: &'static str, default: Duration| {
            let ms = u64::try_from(default.as_millis()).unwrap_or(u64::MAX);
            Duration::from_millis(env.parse_or(name, ms))
        };
        let settings = Settings {
            budget: length("LEAD_BUDGET_MS", standard.budget),
            lease: length("LEAD_LEASE_MS", standard.lease),
            backoff: length("LEAD_BACKOFF_MS", standard.backoff),
            backoff_cap: length("LEAD_BACKOFF_CAP_MS", standard.backoff_cap),
            poll: length("LEAD_POLL_MS", standard.poll),
            watch: length("LEAD_WATCH_MS", standard.watch),
            auto_complete_after: length("LEAD_AUTO_COMPLETE_MS", standard.auto_complete_after),
            ..standard
        };
        let crash_points = Points::read(env, &POINTS);
        Self {
            listen: env.parse_or("LISTEN_ADDR", ([127, 0, 0, 1], 50052).into()),
            database_url: db::url(env, "lead"),
            migrate: env.parse_or("MIGRATE", true),
            roster: env.url_or("ROSTER_URL", "http://127.0.0.1:50053"),
            notification: env.url_or("NOTIFICATION_URL", "http://127.0.0.1:50054"),
            public_base: env.url_or("PUBLIC_BASE_URL", "http://127.0.0.1:8080"),
            link_secrets: env.secrets("LINK_SECRET"),
            call_token_secrets: env.secrets("CALL_TOKEN_SECRET"),
            settings,
            crash_points,
        }
    }
}
