//! Settings of roster-service.
//!
//! `LISTEN_ADDR` (127.0.0.1:50053), `ROSTER_DATABASE_URL` or `DATABASE_URL` (sqlite:data),
//! `MIGRATE` (true; false on Kubernetes, where a Job migrates and the service waits for it).

use std::net::SocketAddr;

use chassis::config::{Env, Secret};
use chassis::db;

#[derive(Clone, Debug)]
pub struct Config {
    pub listen: SocketAddr,
    pub database_url: Secret,
    /// Whether the service migrates at start, or waits until somebody else did.
    pub migrate: bool,
}

impl Config {
    /// Records faults in `env`; the caller ends with `env.finish()`.
    pub fn read(env: &mut Env) -> Self {
        Self {
            listen: env.parse_or("LISTEN_ADDR", SocketAddr::from(([127, 0, 0, 1], 50053))),
            database_url: db::url(env, crate::store::NAME),
            migrate: env.parse_or("MIGRATE", true),
        }
    }
}
