//! Settings of quality-service.
//!
//! `LISTEN_ADDR` (127.0.0.1:50055), `QUALITY_DATABASE_URL` or `DATABASE_URL` (sqlite:data),
//! `TELEPHONY_URL` (…:50051), `LEAD_URL` (…:50052), `ROSTER_URL` (…:50053), `NOTIFICATION_URL`
//! (…:50054), `HEARTBEAT_URL` (asked after each good scan), `SCAN_POLL_MS` (1000: how often is looked
//! for a slot that is due), `SCAN_SCHEDULE` (true: scans by itself), `SCAN_GRACE_SECONDS` (60: after
//! its end a call's books are closed), `DELIVERY_GRACE_SECONDS` (600: after its making a lead's
//! delivery is judged), `PAGE_CHECK_BASE` (pages are fetched as `{base}/{host}` instead of at their
//! own addresses), `PROMPT_CREDITS_PER_DAY` (20000: what the gate may use at the vendor within a day),
//! `MIGRATE` (true: migrate at start; false: wait until a Job has done it). In debug
//! builds `BORD_CRASH_POINT` arms a crash point.

use std::net::SocketAddr;
use std::time::Duration;

use chassis::config::{Env, Secret};
use chassis::crash::Points;
use chassis::db;

use crate::app::prompt::Limits;
use crate::app::scan::Settings;
use crate::crash::POINTS;

/// What the service is started with.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    pub database: Secret,
    pub telephony_url: String,
    pub lead_url: String,
    pub roster_url: String,
    pub notification_url: String,
    pub scan: Settings,
    /// False on Kubernetes, where only a Job migrates.
    pub migrate: bool,
    pub prompts: Limits,
    pub crash_points: Points,
}

impl Config {
    /// Reads every setting and records what is wrong with it in `env`.
    pub fn read(env: &mut Env) -> Self {
        Self {
            listen: env.parse_or("LISTEN_ADDR", SocketAddr::from(([127, 0, 0, 1], 50055))),
            database: db::url(env, "quality"),
            telephony_url: env
                .url_or("TELEPHONY_URL", "http://127.0.0.1:50051")
                .to_string(),
            lead_url: env.url_or("LEAD_URL", "http://127.0.0.1:50052").to_string(),
            roster_url: env
                .url_or("ROSTER_URL", "http://127.0.0.1:50053")
                .to_string(),
            notification_url: env
                .url_or("NOTIFICATION_URL", "http://127.0.0.1:50054")
                .to_string(),
            scan: Settings {
                poll: Duration::from_millis(env.parse_or("SCAN_POLL_MS", 1_000)),
                schedule: env.parse_or("SCAN_SCHEDULE", true),
                heartbeat_url: env.url_optional("HEARTBEAT_URL").map(String::from),
                page_base: env.url_optional("PAGE_CHECK_BASE").map(String::from),
                grace: env.seconds_or("SCAN_GRACE_SECONDS", 60),
                delivery_grace: env.seconds_or("DELIVERY_GRACE_SECONDS", 600),
            },
            migrate: env.parse_or("MIGRATE", true),
            prompts: Limits::read(env),
            crash_points: Points::read(env, &POINTS),
        }
    }
}
