//! What is judged of messages: that each planned one ended, and that none exists twice at a carrier
//! without an unknown outcome that explains it.

use std::collections::{BTreeMap, BTreeSet};

use super::{ENDED, Violation};
use crate::ledger::system::System;
use crate::ledger::world::World;

/// MISSED and UNEXPLAINED: system against world (I9, I10, I11).
pub(super) fn compare(system: &System, world: &World, found: &mut Vec<Violation>) {
    let notices: BTreeSet<&str> = system.notices.iter().map(String::as_str).collect();
    for lead in system
        .leads
        .iter()
        .filter(|lead| lead.state == "notified" || lead.state == "confirmed")
    {
        let key = format!("lead:{}:{}", lead.id, lead.attempt);
        if !notices.contains(key.as_str()) {
            found.push(Violation::new(
                "MISSED",
                key,
                "no plan was written: lead-service, Notify",
            ));
        }
    }
    let mut sent: BTreeMap<&str, u32> = BTreeMap::new();
    let mut failed: BTreeMap<&str, u32> = BTreeMap::new();
    for one in &world.sent {
        *sent.entry(&one.delivery_id).or_default() += 1;
        *failed.entry(&one.delivery_id).or_default() += u32::from(one.failed);
    }
    for one in &system.deliveries {
        let many = sent.get(one.id.as_str()).copied().unwrap_or(0);
        if !ENDED.contains(&one.state.as_str()) {
            let ids = format!(
                "{} {} {} {}",
                one.id, one.message_key, one.channel, one.state
            );
            found.push(Violation::new(
                "MISSED",
                ids,
                "neither accepted nor dead: notification workers",
            ));
        }
        let accepted = matches!(one.state.as_str(), "accepted" | "delivered");
        let is_later = || world.later.iter().any(|later| later.delivery_id == one.id);
        if accepted && many == 0 && !is_later() {
            let ids = format!(
                "{} {} {} {}",
                one.id, one.message_key, one.channel, one.carrier_id
            );
            found.push(Violation::new(
                "MISSED",
                ids,
                "said to be accepted, unknown to the carrier",
            ));
        }
        let failed = failed.get(one.id.as_str()).copied().unwrap_or(0);
        let doubles = (many - failed).saturating_sub(1);
        if doubles > one.ambiguous {
            let ids = format!(
                "{} {} {} sent {many} times, ambiguous {}",
                one.id, one.message_key, one.channel, one.ambiguous
            );
            found.push(Violation::new(
                "UNEXPLAINED",
                ids,
                "notification-service, look_up before a resend",
            ));
        }
        if one.after_acceptance > 0 && doubles > 0 {
            let ids = format!("{} {} {}", one.id, one.message_key, one.channel);
            found.push(Violation::new(
                "UNEXPLAINED",
                ids,
                "sent again after a recorded acceptance",
            ));
        }
    }
    for one in world.sent.iter().filter(|one| !one.delivery_id.is_empty()) {
        if !system
            .deliveries
            .iter()
            .any(|delivery| delivery.id == one.delivery_id)
        {
            let ids = format!("{} {}", one.delivery_id, one.carrier_id);
            found.push(Violation::new(
                "UNEXPLAINED",
                ids,
                "a carrier took what no plan names",
            ));
        }
    }
}

/// How many messages exist more than once at a carrier, and how many tries could excuse them.
#[must_use]
pub fn doubles(system: &System, world: &World) -> (u32, u32) {
    let mut sent: BTreeMap<&str, u32> = BTreeMap::new();
    let arrived = world
        .sent
        .iter()
        .filter(|one| !one.failed && !one.delivery_id.is_empty());
    for one in arrived {
        *sent.entry(&one.delivery_id).or_default() += 1;
    }
    let doubled = sent.values().map(|many| many.saturating_sub(1)).sum();
    let ambiguous = system
        .deliveries
        .iter()
        .map(|delivery| delivery.ambiguous)
        .sum();
    (doubled, ambiguous)
}
