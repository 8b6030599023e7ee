//! What is judged of leads: that none is lost or doubled, that each has one owner on both sides, that
//! somebody always looks at it, and that nobody heard "no" in vain.

use std::collections::{BTreeMap, BTreeSet};

use super::Violation;
use crate::ledger::client::Client;
use crate::ledger::system::{Lead, System};

/// A lead whose time passed so long ago has nobody who looks at it.
const LIMBO_SECONDS: i64 = 60;
const FINISHED: [&str; 3] = ["won", "lost", "cancelled"];
const WITH_PROVIDER: [&str; 5] = ["assigned", "notified", "confirmed", "won", "lost"];

/// LOST, CHANGED, DOUBLE_LEAD: client against system (I1, I2, I3).
pub(super) fn lost_and_doubled(client: &Client, system: &System, found: &mut Vec<Violation>) {
    let by_id: BTreeMap<&str, &Lead> = system.leads.iter().map(|l| (l.id.as_str(), l)).collect();
    for (key, entry) in &client.needs {
        let ids: BTreeSet<&str> = entry
            .told
            .iter()
            .map(|told| told.lead_id.as_str())
            .collect();
        let name = format!("{} second={}", key.conversation, key.second);
        if ids.len() > 1 {
            let hint = "answers name different leads: lead-service app/dispatch, the need's key";
            found.push(Violation::new("CHANGED", format!("{name} {ids:?}"), hint));
        }
        let mut said: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for told in &entry.told {
            said.entry(&told.status).or_default().insert(&told.say);
        }
        if said.values().any(|sentences| sentences.len() > 1) {
            let hint = "one status, two sentences: lead-service, the saved answer";
            found.push(Violation::new("CHANGED", name.clone(), hint));
        }
        for id in ids {
            match by_id.get(id) {
                None => {
                    let hint = "ok:true without a row: lead-service answered before its commit";
                    found.push(Violation::new("LOST", format!("{name} {id}"), hint));
                }
                Some(lead) if lead.conversation != key.conversation => {
                    let hint = "the lead belongs to another conversation";
                    found.push(Violation::new("CHANGED", format!("{name} {id}"), hint));
                }
                Some(_) => {}
            }
        }
    }
    let mut needs: BTreeMap<(&str, bool), Vec<&str>> = BTreeMap::new();
    for lead in &system.leads {
        let key = (lead.conversation.as_str(), lead.need > 1);
        needs.entry(key).or_default().push(&lead.id);
    }
    for ((conversation, second), ids) in needs {
        // Each caller of a run has at most one first and one second need.
        let ours = client
            .needs
            .keys()
            .any(|key| key.conversation == conversation);
        if ours && ids.len() > 1 {
            let hint = "more leads than needs: the unique indexes of lead-service";
            let name = format!("{conversation} second={second} {ids:?}");
            found.push(Violation::new("DOUBLE_LEAD", name, hint));
        }
    }
}

/// DOUBLE_OWNER: one lead, one assignment that is not released, the same one on both sides (I4).
pub(super) fn owners(system: &System, found: &mut Vec<Violation>) {
    let mut held: BTreeMap<&str, Vec<(i32, &str)>> = BTreeMap::new();
    for one in system.assignments.iter().filter(|one| !one.released) {
        held.entry(&one.lead)
            .or_default()
            .push((one.attempt, &one.provider));
    }
    for (lead, owners) in &held {
        if owners.len() > 1 {
            let hint = "two assignments not released: roster-service, assignment_owner";
            found.push(Violation::new(
                "DOUBLE_OWNER",
                format!("{lead} {owners:?}"),
                hint,
            ));
        }
    }
    for lead in &system.leads {
        let owner = held.get(lead.id.as_str()).and_then(|owners| owners.first());
        let with = WITH_PROVIDER.contains(&lead.state.as_str());
        let same = owner.is_some_and(|(attempt, provider)| {
            *attempt == lead.attempt && *provider == lead.provider
        });
        if with && !same {
            let hint = "lead-service and roster-service name different owners: the saga's release";
            let ids = format!(
                "{} {} {}/{} roster={owner:?}",
                lead.id, lead.state, lead.attempt, lead.provider
            );
            found.push(Violation::new("DOUBLE_OWNER", ids, hint));
        }
        if lead.state == "cancelled" && owner.is_some() {
            let hint = "a cancelled lead still has an owner: a cancel overtook an assign";
            found.push(Violation::new(
                "DOUBLE_OWNER",
                format!("{} {owner:?}", lead.id),
                hint,
            ));
        }
    }
}

/// LIMBO: every lead that is not finished has a next owner and a time that comes (I8).
pub(super) fn limbo(system: &System, found: &mut Vec<Violation>) {
    for lead in &system.leads {
        if FINISHED.contains(&lead.state.as_str()) || !lead.verified {
            continue;
        }
        let forgotten = lead.overdue.is_none() && !lead.operator_owned;
        let late = lead.overdue.is_some_and(|seconds| seconds > LIMBO_SECONDS);
        let between = matches!(lead.state.as_str(), "pending" | "assigned" | "releasing")
            && !lead.operator_owned;
        if forgotten || late || between {
            let ids = format!(
                "{} {} overdue={:?}s attempt={}",
                lead.id, lead.state, lead.overdue, lead.attempt
            );
            found.push(Violation::new(
                "LIMBO",
                ids,
                "lead-service, its worker and due_us",
            ));
        }
    }
}

/// FALSE_NO: unmatched although somebody could have taken it (I6).
pub(super) fn refusals(system: &System, found: &mut Vec<Violation>) {
    let mut had: BTreeSet<(&str, &str)> = BTreeSet::new();
    for one in &system.assignments {
        had.insert((&one.lead, &one.provider));
    }
    for lead in system
        .leads
        .iter()
        .filter(|lead| lead.was_unmatched && !lead.city.is_empty())
    {
        let cell = format!("{}/{}", lead.category, lead.city);
        let free = system.providers.iter().find(|provider| {
            provider.ready
                && provider.held < provider.capacity
                && provider.country == lead.country
                && provider.covers.contains(&cell)
                && !had.contains(&(lead.id.as_str(), provider.id.as_str()))
        });
        if let Some(free) = free {
            let ids = format!("{} {cell} while {} had room", lead.id, free.id);
            found.push(Violation::new(
                "FALSE_NO",
                ids,
                "roster-service, app/assign",
            ));
        }
    }
}
