//! The judge: compares the three ledgers and names every broken promise with its ids and a hint
//! where to look (engineering.md, §3). It reads plain data, so its own tests can lie to it.

mod leads;
mod messages;
pub mod money;
mod room;

pub use messages::doubles;

use crate::ledger::client::Client;
use crate::ledger::system::System;
use crate::ledger::world::World;

/// A broken promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// "LOST", "DOUBLE_OWNER", …
    pub kind: &'static str,
    pub ids: String,
    pub hint: String,
}

impl Violation {
    #[must_use]
    pub fn new(kind: &'static str, ids: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            kind,
            ids: ids.into(),
            hint: hint.into(),
        }
    }
}

/// Everything that the three ledgers do not agree on.
#[must_use]
pub fn judge(client: &Client, system: &System, world: &World) -> Vec<Violation> {
    let mut found = Vec::new();
    leads::lost_and_doubled(client, system, &mut found);
    leads::owners(system, &mut found);
    room::capacity(system, &mut found);
    room::borders(system, &mut found);
    leads::limbo(system, &mut found);
    leads::refusals(system, &mut found);
    messages::compare(system, world, &mut found);
    found
}

const ENDED: [&str; 9] = [
    "accepted",
    "delivered",
    "failed",
    "dead",
    "expired",
    "withheld",
    "not_possible",
    "unknown",
    "cancelled",
];
