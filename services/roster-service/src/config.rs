//! Settings of roster-service.
//!
//! `LISTEN_ADDR` (127.0.0.1:50053), `ROSTER_DATABASE_URL` or `DATABASE_URL` (sqlite:data),
//! `MIGRATE` (true; false on Kubernetes, where a Job migrates and the service waits for it),
//! `NOTIFICATION_URL` (http://127.0.0.1:50054), `ROSTER_POLL_MS` (2000). In debug builds
//! `BORD_CRASH_POINT` arms a crash point.

use std::net::SocketAddr;
use std::time::Duration;

use chassis::config::{Env, Secret};
use chassis::crash::Points;
use chassis::db;
use url::Url;

use crate::crash::POINTS;

#[derive(Clone, Debug)]
pub struct Config {
    pub listen: SocketAddr,
    pub database_url: Secret,
    /// Whether the service migrates at start, or waits until somebody else did.
    pub migrate: bool,
    pub notification: Url,
    /// The workers' timer beside their wake-ups.
    pub poll: Duration,
    pub crash_points: Points,
}

impl Config {
    /// Records faults in `env`; the caller ends with `env.finish()`.
    pub fn read(env: &mut Env) -> Self {
        Self {
            listen: env.parse_or("LISTEN_ADDR", SocketAddr::from(([127, 0, 0, 1], 50053))),
            database_url: db::url(env, crate::store::NAME),
            migrate: env.parse_or("MIGRATE", true),
            notification: env.url_or("NOTIFICATION_URL", "http://127.0.0.1:50054"),
            poll: Duration::from_millis(env.parse_or("ROSTER_POLL_MS", 2000)),
            crash_points: Points::read(env, &POINTS),
        }
    }
}
