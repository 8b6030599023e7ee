//! Each way in which the three sources can differ, and none for a lead in good order (B1).

use super::*;

const MINUTE: i64 = 60;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn now() -> DateTime<Utc> {
    at(3600)
}

fn entry(seconds: i64, to_state: &str, attempt: i32, provider: Option<&str>) -> Logged {
    Logged {
        time: at(seconds),
        to_state: to_state.to_owned(),
        attempt: Some(attempt),
        provider_id: provider.map(str::to_owned),
    }
}

fn assignment(attempt: i32, provider: &str) -> Assignment {
    Assignment {
        attempt,
        provider_id: provider.to_owned(),
        country: "CH".to_owned(),
        released: false,
        completed: false,
        holds_slot: true,
        change_time: at(2),
    }
}

fn told(attempt: i32, provider: &str) -> Told {
    Told {
        attempt,
        is_offer: true,
        provider_id: provider.to_owned(),
        create_time: at(3),
        accept_time: Some(at(4)),
        open: false,
        not_after: Some(at(7200)),
    }
}

/// Notified, with one provider.
fn good() -> Sources {
    Sources {
        lead_id: Uuid::from_u128(1),
        log: vec![
            entry(0, "pending", 1, None),
            entry(1, "assigned", 1, Some("ana")),
            entry(3, "notified", 1, None),
        ],
        row: Row {
            state: "notified".to_owned(),
            source_country: "CH".to_owned(),
            operator_owned: false,
            busy: false,
            due_time: Some(at(7200)),
        },
        assignments: vec![assignment(1, "ana")],
        messages: vec![told(1, "ana")],
    }
}

fn kinds(lead: &Sources) -> Vec<&'static str> {
    findings(lead, now()).into_iter().map(|f| f.kind).collect()
}

/// Released from ana and now with ben.
fn passed_on() -> Sources {
    let mut lead = good();
    lead.log.push(entry(600, "releasing", 1, None));
    lead.log.push(entry(601, "pending", 2, None));
    lead.log.push(entry(602, "assigned", 2, Some("ben")));
    lead.log.push(entry(603, "notified", 2, None));
    lead.assignments[0].released = true;
    lead.assignments[0].holds_slot = false;
    lead.assignments[0].change_time = at(601);
    lead.assignments.push(assignment(2, "ben"));
    lead.messages.push(told(2, "ben"));
    lead
}

#[test]
fn a_lead_in_good_order_makes_no_finding_b1() {
    assert_eq!(findings(&good(), now()), []);
    assert_eq!(findings(&passed_on(), now()), []);
    let mut won = good();
    won.log.push(entry(700, "confirmed", 1, None));
    won.log.push(entry(800, "won", 1, None));
    won.row.state = "won".to_owned();
    won.row.due_time = None;
    won.assignments[0].completed = true;
    won.assignments[0].holds_slot = false;
    assert_eq!(findings(&won, now()), []);
}

#[test]
fn two_owners_are_found_in_the_roster_and_in_the_log_i4() {
    let mut roster = passed_on();
    roster.assignments[0].released = false;
    assert_eq!(kinds(&roster), ["TWO_OWNERS"]);
    let mut log = passed_on();
    log.log.retain(|e| {
        e.to_state != "releasing" && !(e.to_state == "pending" && e.attempt == Some(2))
    });
    assert_eq!(kinds(&log), ["TWO_OWNERS"]);
}

#[test]
fn an_owner_of_whom_the_roster_knows_nothing_is_found() {
    let mut lead = good();
    lead.assignments[0].released = true;
    lead.assignments[0].holds_slot = false;
    lead.assignments[0].change_time = at(10);
    assert_eq!(kinds(&lead), ["NO_OWNER"]);
    lead.assignments.clear();
    assert_eq!(kinds(&lead), ["NO_OWNER", "TOLD_WITHOUT_ASSIGNMENT"]);
}

#[test]
fn owners_that_differ_are_found_in_open_and_in_ended_leads() {
    let mut lead = good();
    lead.assignments[0].provider_id = "ben".to_owned();
    assert_eq!(kinds(&lead), ["OWNERS_DIFFER", "TOLD_WITHOUT_ASSIGNMENT"]);
    for state in ["unmatched", "cancelled", "pending"] {
        let mut ended = good();
        ended.log.push(entry(900, "releasing", 1, None));
        ended.log.push(entry(901, state, 2, None));
        ended.row.state = state.to_owned();
        assert_eq!(kinds(&ended), ["OWNERS_DIFFER"], "{state}");
    }
}

#[test]
fn a_lead_between_two_steps_is_no_finding() {
    let young = 3600 - MINUTE + 1;
    let mut log = good();
    log.assignments.clear();
    log.messages.clear();
    log.log.push(entry(young, "notified", 1, None));
    assert_eq!(kinds(&log), [""; 0]);
    // The roster assigned it just now, and the lead does not know yet.
    let mut roster = good();
    roster.log.truncate(1);
    roster.row.state = "pending".to_owned();
    roster.messages.clear();
    roster.assignments[0].change_time = at(young);
    assert_eq!(kinds(&roster), [""; 0]);
    roster.assignments[0].change_time = at(2);
    assert_eq!(kinds(&roster), ["OWNERS_DIFFER"]);
    roster.row.busy = true;
    assert_eq!(kinds(&roster), [""; 0]);
    let mut leaving = good();
    leaving.log.push(entry(600, "releasing", 1, None));
    leaving.row.state = "releasing".to_owned();
    assert_eq!(kinds(&leaving), [""; 0]);
}

#[test]
fn limbo_is_found_i8() {
    let mut nobody = good();
    nobody.row.due_time = None;
    assert_eq!(kinds(&nobody), ["LIMBO"]);
    nobody.row.operator_owned = true;
    assert_eq!(kinds(&nobody), [""; 0]);
    let mut late = good();
    late.row.due_time = Some(at(3600 - 11 * MINUTE));
    assert_eq!(kinds(&late), ["LIMBO"]);
    let mut other = good();
    other.row.state = "confirmed".to_owned();
    assert_eq!(kinds(&other), ["LIMBO"]);
    let mut empty = good();
    empty.log.clear();
    assert_eq!(kinds(&empty), ["LIMBO"]);
}

#[test]
fn a_border_and_a_slot_held_for_nothing_are_found() {
    let mut lead = good();
    lead.assignments[0].country = "FR".to_owned();
    assert_eq!(kinds(&lead), ["BORDER"]);
    let mut slot = passed_on();
    slot.assignments[0].holds_slot = true;
    assert_eq!(kinds(&slot), ["CAPACITY"]);
}

#[test]
fn messages_that_left_too_late_or_never_ended_are_found_d8() {
    let mut late = passed_on();
    late.messages[0].accept_time = Some(at(601 + 2 * MINUTE));
    assert_eq!(kinds(&late), ["TOLD_AFTER_RELEASE"]);
    // Of the release itself somebody is told after it.
    late.messages[0].is_offer = false;
    assert_eq!(kinds(&late), [""; 0]);
    let mut open = good();
    open.messages[0].open = true;
    open.messages[0].accept_time = None;
    assert_eq!(kinds(&open), [""; 0]);
    open.messages[0].not_after = Some(at(3600 - 6 * MINUTE));
    assert_eq!(kinds(&open), ["MESSAGE_NOT_ENDED"]);
}
