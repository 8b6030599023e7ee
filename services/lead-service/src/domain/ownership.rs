//! Who owns a lead, recounted (B1): what its event log, the roster and the messages sent say must
//! agree. Written apart from the code that assigns, and sharing none of it.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// What is younger may be a step under way: no finding is made of it.
pub const SETTLED_AFTER: TimeDelta = TimeDelta::minutes(1);
/// A lead that is due for longer is looked at by nobody.
const OVERDUE: TimeDelta = TimeDelta::minutes(10);
/// Every delivery ends within a day (I10), and soon after its own end.
const LONGEST_DELIVERY: TimeDelta = TimeDelta::hours(24);
const AFTER_END: TimeDelta = TimeDelta::minutes(5);

/// One entry of a lead's event log, as far as owners go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    pub time: DateTime<Utc>,
    pub to_state: String,
    /// The attempt and the provider that the entry names.
    pub attempt: Option<i32>,
    pub provider_id: Option<String>,
}

/// The lead's row, as far as limbo goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    pub state: String,
    pub source_country: String,
    pub operator_owned: bool,
    /// A step of it is under way and is tried again: what it did elsewhere is not yet in its log.
    pub busy: bool,
    /// When the machine next looks at it.
    pub due_time: Option<DateTime<Utc>>,
}

/// One assignment, as the roster has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub attempt: i32,
    pub provider_id: String,
    /// Of the provider; empty when nobody knows.
    pub country: String,
    pub released: bool,
    pub completed: bool,
    pub holds_slot: bool,
    pub change_time: DateTime<Utc>,
}

/// One message to a provider, as notification-service has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub attempt: i32,
    /// Offers and reminders; what is told of an offer's end may come after it.
    pub is_offer: bool,
    /// Empty where it is not known.
    pub provider_id: String,
    pub create_time: DateTime<Utc>,
    /// When a carrier took it.
    pub accept_time: Option<DateTime<Utc>>,
    /// Queued or being sent.
    pub open: bool,
    pub not_after: Option<DateTime<Utc>>,
}

/// A lead in all three sources.
#[derive(Debug, Clone)]
pub struct Sources {
    pub lead_id: Uuid,
    pub log: Vec<Logged>,
    pub row: Row,
    pub assignments: Vec<Assignment>,
    pub messages: Vec<Told>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub kind: &'static str,
    /// Nil for what is about a provider and no lead.
    pub lead_id: Uuid,
    /// Ids and figures only.
    pub detail: String,
}

/// Who has the lead by its own log: attempt and provider.
#[derive(Debug, PartialEq, Eq)]
enum ByLog<'a> {
    Nobody,
    Owner(i32, &'a str),
    /// A release is under way: the one before may or may not stand.
    Leaving,
}

/// Everything that does not agree, for a lead that nobody is moving right now.
#[must_use]
pub fn findings(lead: &Sources, now: DateTime<Utc>) -> Vec<Finding> {
    let Some(last) = lead.log.last() else {
        return vec![finding(lead, "LIMBO", "it has no event".to_owned())];
    };
    let mut found = Vec::new();
    if now - last.time >= SETTLED_AFTER {
        let young = |a: &&Assignment| now - a.change_time < SETTLED_AFTER;
        if !lead.assignments.iter().any(|a| young(&a)) {
            owners(lead, last, &mut found);
        }
        limbo(lead, last, now, &mut found);
    }
    for assignment in &lead.assignments {
        let home = &lead.row.source_country;
        if !assignment.country.is_empty() && assignment.country != *home {
            let detail = format!(
                "attempt {} is with {} of {}, the lead is of {home}",
                assignment.attempt, assignment.provider_id, assignment.country
            );
            found.push(finding(lead, "BORDER", detail));
        }
        if assignment.holds_slot && (assignment.released || assignment.completed) {
            let detail = format!(
                "attempt {} of {} is over and holds a slot",
                assignment.attempt, assignment.provider_id
            );
            found.push(finding(lead, "CAPACITY", detail));
        }
    }
    for message in &lead.messages {
        told(lead, message, now, &mut found);
    }
    found
}

fn finding(lead: &Sources, kind: &'static str, detail: String) -> Finding {
    Finding {
        kind,
        lead_id: lead.lead_id,
        detail,
    }
}

fn owners(lead: &Sources, last: &Logged, found: &mut Vec<Finding>) {
    let standing: Vec<&Assignment> = lead.assignments.iter().filter(|a| !a.released).collect();
    if standing.len() > 1 {
        let who: Vec<String> = standing
            .iter()
            .map(|a| format!("{} (attempt {})", a.provider_id, a.attempt))
            .collect();
        let detail = format!("the roster has it with {}", who.join(" and "));
        found.push(finding(lead, "TWO_OWNERS", detail));
        return;
    }
    match (by_log(&lead.log, last), standing.first()) {
        (ByLog::Owner(attempt, provider), None) => {
            let detail = format!(
                "it is {} with {provider} (attempt {attempt}), and the roster has it with nobody",
                last.to_state
            );
            found.push(finding(lead, "NO_OWNER", detail));
        }
        (ByLog::Owner(attempt, provider), Some(stands))
            if attempt != stands.attempt || provider != stands.provider_id =>
        {
            let detail = format!(
                "by its log {provider} (attempt {attempt}) has it, by the roster {} (attempt {})",
                stands.provider_id, stands.attempt
            );
            found.push(finding(lead, "OWNERS_DIFFER", detail));
        }
        (ByLog::Nobody, Some(stands)) if !lead.row.busy => {
            let detail = format!(
                "it is {}, and the roster has it with {} (attempt {})",
                last.to_state, stands.provider_id, stands.attempt
            );
            found.push(finding(lead, "OWNERS_DIFFER", detail));
        }
        _ => {}
    }
    let mut owner = None;
    for entry in &lead.log {
        match (entry.to_state.as_str(), &entry.provider_id) {
            ("assigned", Some(provider)) => match owner {
                Some(before) if before != provider => {
                    let detail = format!("its log gives it to {provider} while {before} has it");
                    found.push(finding(lead, "TWO_OWNERS", detail));
                }
                _ => owner = Some(provider),
            },
            ("releasing" | "pending" | "unmatched" | "cancelled", _) => owner = None,
            _ => {}
        }
    }
}

fn by_log<'a>(log: &'a [Logged], last: &Logged) -> ByLog<'a> {
    match last.to_state.as_str() {
        "assigned" | "notified" | "confirmed" | "won" | "lost" => {
            let named = log.iter().rev().find_map(|entry| {
                let provider = entry.provider_id.as_deref()?;
                (entry.to_state == "assigned").then_some((entry.attempt.unwrap_or(0), provider))
            });
            named.map_or(ByLog::Owner(0, ""), |(attempt, provider)| {
                ByLog::Owner(attempt, provider)
            })
        }
        "releasing" => ByLog::Leaving,
        _ => ByLog::Nobody,
    }
}

fn limbo(lead: &Sources, last: &Logged, now: DateTime<Utc>, found: &mut Vec<Finding>) {
    let row = &lead.row;
    if row.state != last.to_state {
        let detail = format!("it is {}, and its log ends in {}", row.state, last.to_state);
        found.push(finding(lead, "LIMBO", detail));
        return;
    }
    if matches!(row.state.as_str(), "won" | "lost" | "cancelled") {
        return;
    }
    match row.due_time {
        None if !row.operator_owned => {
            let detail = format!("it is {}, and due to nobody", row.state);
            found.push(finding(lead, "LIMBO", detail));
        }
        Some(due) if now - due > OVERDUE => {
            let minutes = (now - due).num_minutes();
            let detail = format!("it is {}, and overdue since {minutes} minutes", row.state);
            found.push(finding(lead, "LIMBO", detail));
        }
        _ => {}
    }
}

fn told(lead: &Sources, message: &Told, now: DateTime<Utc>, found: &mut Vec<Finding>) {
    let over = message.not_after.is_some_and(|end| now - end > AFTER_END);
    if message.open && (over || now - message.create_time > LONGEST_DELIVERY) {
        let detail = format!("a message of attempt {} still waits", message.attempt);
        found.push(finding(lead, "MESSAGE_NOT_ENDED", detail));
    }
    let Some(taken) = message.accept_time else {
        return;
    };
    if now - taken < SETTLED_AFTER {
        return;
    }
    let known = |a: &&Assignment| {
        a.attempt == message.attempt
            && (message.provider_id.is_empty() || a.provider_id == message.provider_id)
    };
    match lead.assignments.iter().find(known) {
        None => {
            let detail = format!(
                "{} was told of attempt {}, which the roster does not have",
                who(message),
                message.attempt
            );
            found.push(finding(lead, "TOLD_WITHOUT_ASSIGNMENT", detail));
        }
        // The two services' clocks may differ a little.
        Some(a) if message.is_offer && a.released && taken - a.change_time > SETTLED_AFTER => {
            let detail = format!(
                "{} was told of attempt {} {} s after its release",
                who(message),
                message.attempt,
                (taken - a.change_time).num_seconds()
            );
            found.push(finding(lead, "TOLD_AFTER_RELEASE", detail));
        }
        Some(_) => {}
    }
}

fn who(message: &Told) -> &str {
    match message.provider_id.as_str() {
        "" => "a provider",
        provider => provider,
    }
}

#[cfg(test)]
#[path = "ownership_tests.rs"]
mod tests;
