//! Settings of quality-service.
//!
//! `LISTEN_ADDR` (127.0.0.1:50055), `QUALITY_DATABASE_URL` or `DATABASE_URL` (sqlite:data),
//! `TELEPHONY_URL` (…:50051), `LEAD_URL` (…:50052), `MIGRATE` (true: migrate at start; false: wait
//! until a Job has done it).

use std::net::SocketAddr;

use chassis::config::{Env, Secret};
use chassis::db;

/// What the service is started with.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    pub database: Secret,
    pub telephony_url: String,
    pub lead_url: String,
    /// False on Kubernetes, where only a Job migrates.
    pub migrate: bool,
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
            migrate: env.parse_or("MIGRATE", true),
        }
    }
}
