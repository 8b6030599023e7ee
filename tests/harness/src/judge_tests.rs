//! A judge that cannot fail is worthless: each lie that the ledgers can tell is told to it once.

use crate::judge::judge;
use crate::ledger::client::{Client, Key, Outcome, Told};
use crate::ledger::system::{Assignment, Delivery, Lead, Provider, System};
use crate::ledger::world::{Sent, World};

fn key(conversation: &str) -> Key {
    Key {
        conversation: conversation.to_owned(),
        second: false,
    }
}

fn told(lead: &str) -> Outcome {
    Outcome::Ok(Told {
        lead_id: lead.to_owned(),
        status: "notified".to_owned(),
        say: "noted".to_owned(),
    })
}

/// One lead with one owner who was told once: nothing to find.
fn sound() -> (Client, System, World) {
    let mut client = Client::default();
    client.note(&key("c1"), told("l1"));
    let lead = Lead {
        id: "l1".into(),
        conversation: "c1".into(),
        need: 1,
        state: "notified".into(),
        verified: true,
        country: "CH".into(),
        category: "plumbing".into(),
        city: "geneve".into(),
        attempt: 1,
        provider: "p1".into(),
        overdue: Some(-600),
        ..Lead::default()
    };
    let assignment = Assignment {
        lead: "l1".into(),
        attempt: 1,
        country: "CH".into(),
        provider: "p1".into(),
        holds_slot: true,
        ..Assignment::default()
    };
    let provider = |id: &str, held| Provider {
        id: id.into(),
        country: "CH".into(),
        capacity: 1,
        held,
        ready: true,
        covers: vec!["plumbing/geneve".into()],
    };
    let delivery = Delivery {
        id: "d1".into(),
        message_key: "lead:l1:1".into(),
        recipient: "provider".into(),
        channel: "sms".into(),
        lead: "l1".into(),
        state: "delivered".into(),
        carrier_id: "SM1".into(),
        source_country: "CH".into(),
        address_country: "CH".into(),
        ..Delivery::default()
    };
    let system = System {
        leads: vec![lead],
        assignments: vec![assignment],
        providers: vec![provider("p1", 1), provider("p2", 0)],
        deliveries: vec![delivery],
        notices: vec!["lead:l1:1".into()],
    };
    (
        client,
        system,
        World {
            sent: vec![sent("d1", "SM1")],
            ..World::default()
        },
    )
}

fn sent(delivery: &str, carrier: &str) -> Sent {
    Sent {
        delivery_id: delivery.into(),
        carrier_id: carrier.into(),
        to: "+41790000000".into(),
        fault: None,
        failed: false,
    }
}

/// What the judge finds once the sound ledgers were falsified.
fn found(lie: impl FnOnce(&mut Client, &mut System, &mut World)) -> Vec<&'static str> {
    let (mut client, mut system, mut world) = sound();
    lie(&mut client, &mut system, &mut world);
    let found = judge(&client, &system, &world);
    found.into_iter().map(|violation| violation.kind).collect()
}

#[test]
fn ledgers_that_agree_have_no_violation() {
    assert!(found(|_, _, _| {}).is_empty());
}

#[test]
fn a_lead_that_was_promised_and_is_not_there_is_lost() {
    let kinds = found(|client, _, _| client.note(&key("c2"), told("l2")));
    assert_eq!(kinds, ["LOST"]);
}

#[test]
fn two_answers_for_one_need_are_a_changed_answer() {
    let kinds = found(|client, system, _| {
        client.note(&key("c1"), told("l2"));
        let other = Lead {
            id: "l2".into(),
            conversation: "c9".into(),
            state: "cancelled".into(),
            ..Lead::default()
        };
        system.leads.push(other);
    });
    assert!(kinds.contains(&"CHANGED"), "{kinds:?}");
}

#[test]
fn two_leads_for_one_need_are_a_double_lead() {
    let kinds = found(|_, system, _| {
        let mut other = system.leads[0].clone();
        other.id = "l2".into();
        other.state = "cancelled".into();
        system.leads.push(other);
    });
    assert_eq!(kinds, ["DOUBLE_LEAD"]);
}

#[test]
fn two_assignments_that_stand_are_a_double_owner() {
    let kinds = found(|_, system, _| {
        let mut other = system.assignments[0].clone();
        other.attempt = 2;
        other.provider = "p2".into();
        other.holds_slot = false;
        system.assignments.push(other);
    });
    assert_eq!(kinds, ["DOUBLE_OWNER"]);
}

#[test]
fn a_lead_whose_owner_the_roster_does_not_know_is_a_double_owner() {
    assert_eq!(
        found(|_, system, _| system.leads[0].provider = "p2".into()),
        ["DOUBLE_OWNER"]
    );
    let released = found(|_, system, _| {
        system.assignments[0].released = true;
        system.assignments[0].holds_slot = false;
        system.providers[0].held = 0;
    });
    assert_eq!(released, ["DOUBLE_OWNER"]);
}

#[test]
fn a_cancelled_lead_that_somebody_still_has_is_found() {
    assert_eq!(
        found(|_, system, _| system.leads[0].state = "cancelled".into()),
        ["DOUBLE_OWNER"]
    );
}

#[test]
fn a_slot_that_nobody_holds_is_not_conserved() {
    assert_eq!(
        found(|_, system, _| system.providers[1].held = 1),
        ["CONSERVE"]
    );
}

#[test]
fn a_provider_above_capacity_is_not_conserved() {
    assert_eq!(
        found(|_, system, _| system.providers[0].capacity = 0),
        ["CONSERVE"]
    );
}

#[test]
fn an_assignment_or_a_message_abroad_is_a_crossing() {
    let kinds = found(|_, system, _| system.providers[0].country = "FR".into());
    assert_eq!(kinds, ["BORDER"]);
    let kinds = found(|_, system, _| system.deliveries[0].address_country = "FR".into());
    assert_eq!(kinds, ["BORDER"]);
}

#[test]
fn a_lead_that_nothing_is_due_for_is_in_limbo() {
    assert_eq!(
        found(|_, system, _| system.leads[0].overdue = None),
        ["LIMBO"]
    );
    assert_eq!(
        found(|_, system, _| system.leads[0].overdue = Some(600)),
        ["LIMBO"]
    );
}

#[test]
fn no_said_while_somebody_had_room_is_a_false_no() {
    assert_eq!(
        found(|_, system, _| system.leads[0].was_unmatched = true),
        ["FALSE_NO"]
    );
    let full = found(|_, system, _| {
        system.leads[0].was_unmatched = true;
        system.providers[1].ready = false;
    });
    assert!(full.is_empty(), "nobody else had room: {full:?}");
}

#[test]
fn a_plan_or_a_message_that_never_came_is_missed() {
    assert_eq!(found(|_, system, _| system.notices.clear()), ["MISSED"]);
    assert_eq!(
        found(|_, system, _| system.deliveries[0].state = "queued".into()),
        ["MISSED"]
    );
    assert_eq!(found(|_, _, world| world.sent.clear()), ["MISSED"]);
}

#[test]
fn a_second_message_needs_an_ambiguous_first() {
    let kinds = found(|_, _, world| world.sent.push(sent("d1", "SM2")));
    assert_eq!(kinds, ["UNEXPLAINED"]);
    let excused = found(|_, system, world| {
        world.sent.push(sent("d1", "SM2"));
        system.deliveries[0].ambiguous = 1;
    });
    assert!(excused.is_empty(), "{excused:?}");
    let after = found(|_, system, world| {
        world.sent.push(sent("d1", "SM2"));
        system.deliveries[0].ambiguous = 1;
        system.deliveries[0].after_acceptance = 1;
    });
    assert_eq!(after, ["UNEXPLAINED"]);
}

#[test]
fn a_message_after_one_that_did_not_arrive_is_no_double() {
    let kinds = found(|_, _, world| {
        world.sent[0].failed = true;
        world.sent.push(sent("d1", "SM2"));
    });
    assert!(kinds.is_empty(), "{kinds:?}");
}

#[test]
fn a_message_that_no_plan_names_is_unexplained() {
    assert_eq!(
        found(|_, _, world| world.sent.push(sent("d9", "SM9"))),
        ["UNEXPLAINED"]
    );
}
