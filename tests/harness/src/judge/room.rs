//! What is judged of providers: slots that add up, and countries that nothing crosses.

use std::collections::BTreeMap;

use super::{ENDED, Violation};
use crate::ledger::system::System;

/// CONSERVE: slots held are the assignments that hold one, and within capacity (I5).
pub(super) fn capacity(system: &System, found: &mut Vec<Violation>) {
    let mut slots: BTreeMap<&str, i64> = BTreeMap::new();
    for one in system.assignments.iter().filter(|one| one.holds_slot) {
        *slots.entry(&one.provider).or_default() += 1;
    }
    for provider in &system.providers {
        let counted = slots.get(provider.id.as_str()).copied().unwrap_or(0);
        if counted != provider.held || provider.held > provider.capacity {
            let ids = format!(
                "{} held={} counted={counted} capacity={}",
                provider.id, provider.held, provider.capacity
            );
            found.push(Violation::new(
                "CONSERVE",
                ids,
                "roster-service, the triggers on assignment",
            ));
        }
    }
}

/// BORDER: lead, assignment, provider and message stay in one country (I7, R42, R43).
pub(super) fn borders(system: &System, found: &mut Vec<Violation>) {
    let countries: BTreeMap<&str, &str> = system
        .leads
        .iter()
        .map(|l| (l.id.as_str(), l.country.as_str()))
        .collect();
    let providers: BTreeMap<&str, &str> = system
        .providers
        .iter()
        .map(|p| (p.id.as_str(), p.country.as_str()))
        .collect();
    for one in &system.assignments {
        let lead = countries
            .get(one.lead.as_str())
            .copied()
            .unwrap_or_default();
        let provider = providers
            .get(one.provider.as_str())
            .copied()
            .unwrap_or_default();
        if one.country != lead || one.country != provider {
            let ids = format!("{} {lead} -> {} {provider}", one.lead, one.provider);
            found.push(Violation::new(
                "BORDER",
                ids,
                "roster-service, the foreign keys of assignment",
            ));
        }
    }
    for one in &system.deliveries {
        let number = one.channel != "email" && ENDED.contains(&one.state.as_str());
        let sent = number && !matches!(one.state.as_str(), "withheld" | "not_possible");
        let home = one.address_country == one.source_country
            || (one.recipient == "customer" && one.address_country == one.allowed_country);
        if sent && !home {
            let ids = format!(
                "{} {} -> {}",
                one.id, one.source_country, one.address_country
            );
            found.push(Violation::new(
                "BORDER",
                ids,
                "notification-service, domain/border",
            ));
        }
    }
}
