//! The rules and the order D3, one by one.

use chrono::TimeDelta;

use super::*;
use crate::domain::hours::Window;

fn now() -> DateTime<Utc> {
    // Saturday, 12:00 in Zurich.
    DateTime::parse_from_rfc3339("2026-11-21T11:00:00Z")
        .unwrap()
        .to_utc()
}

fn facts(id: &str) -> Facts {
    Facts {
        provider_id: id.parse().unwrap(),
        covers: Covers::Cell,
        paused: false,
        serving: 1,
        priority: 1,
        held: 0,
        capacity: 10,
        max_per_day: 0,
        day: None,
        day_taken: 0,
        hours: Hours::new(chrono_tz::Europe::Zurich, Vec::new()).unwrap(),
        last_assign_time: None,
    }
}

fn closed() -> Hours {
    let monday = Window::new(1, 480, 720).unwrap();
    Hours::new(chrono_tz::Europe::Zurich, vec![monday]).unwrap()
}

fn order(candidates: Vec<Facts>) -> Vec<String> {
    let found = survey(candidates, now(), &[]);
    found
        .standing
        .iter()
        .map(|facts| facts.provider_id.to_string())
        .collect()
}

#[test]
fn priority_comes_before_load_d3() {
    let (mut first, mut second) = (facts("b"), facts("a"));
    first.held = 9;
    second.priority = 2;
    assert_eq!(order(vec![second, first]), ["b", "a"]);
}

#[test]
fn the_fewest_open_leads_against_capacity_come_first_d3() {
    let (mut one, mut other) = (facts("a"), facts("b"));
    (one.held, one.capacity) = (2, 10);
    (other.held, other.capacity) = (1, 3);
    assert_eq!(order(vec![other.clone(), one.clone()]), ["a", "b"]);
    // 1/3 against 333333/1000000: only exact arithmetic tells them apart.
    (one.held, one.capacity) = (333_333, 1_000_000);
    assert_eq!(order(vec![other, one]), ["a", "b"]);
}

#[test]
fn the_longest_since_the_last_lead_comes_first_and_never_is_longest_d3() {
    let (mut a, mut b, c) = (facts("a"), facts("b"), facts("c"));
    a.last_assign_time = Some(now());
    b.last_assign_time = Some(now() - TimeDelta::microseconds(1));
    assert_eq!(order(vec![a, b, c]), ["c", "b", "a"]);
}

#[test]
fn the_id_decides_last_d3() {
    assert_eq!(
        order(vec![facts("b"), facts("c"), facts("a")]),
        ["a", "b", "c"]
    );
}

#[test]
fn each_rule_removes_and_is_named_b6() {
    let case = |change: fn(&mut Facts)| {
        let mut one = facts("a");
        change(&mut one);
        one.removed_by(now(), &["x".parse().unwrap()])
            .map(Rule::name)
    };
    assert_eq!(case(|_| {}), None);
    assert_eq!(case(|f| f.covers = Covers::OtherCategory), Some("CATEGORY"));
    assert_eq!(case(|f| f.covers = Covers::OtherCity), Some("CITY"));
    assert_eq!(
        case(|f| f.provider_id = "x".parse().unwrap()),
        Some("EXCLUDED")
    );
    assert_eq!(case(|f| f.paused = true), Some("PAUSED"));
    assert_eq!(case(|f| f.serving = 0), Some("CHANNEL"));
    assert_eq!(case(|f| f.held = 10), Some("CAPACITY"));
    assert_eq!(case(|f| f.hours = closed()), Some("HOURS"));
    let day = |f: &mut Facts| {
        (f.max_per_day, f.day_taken, f.day) = (2, 2, Some("2026-11-21".to_owned()));
    };
    assert_eq!(case(day), Some("MAX_PER_DAY"));
    let yesterday = |f: &mut Facts| {
        (f.max_per_day, f.day_taken, f.day) = (2, 2, Some("2026-11-20".to_owned()));
    };
    assert_eq!(case(yesterday), None);
}

#[test]
fn the_next_change_is_the_earliest_that_time_alone_brings() {
    let (mut shut, mut spent, mut full) = (facts("a"), facts("b"), facts("c"));
    shut.hours = closed();
    (spent.max_per_day, spent.day_taken) = (1, 1);
    spent.day = Some("2026-11-21".to_owned());
    full.held = 10;
    let next = |candidates| survey(candidates, now(), &[]).next_change_time;
    let at = |text| Some(DateTime::parse_from_rfc3339(text).unwrap().to_utc());
    assert_eq!(next(vec![full.clone()]), None);
    assert_eq!(next(vec![shut.clone(), full]), at("2026-11-23T07:00:00Z"));
    assert_eq!(next(vec![shut, spent]), at("2026-11-21T23:00:00Z"));
}

#[test]
fn who_stands_is_ranked_and_who_does_not_follows_with_the_rule_b6() {
    let (mut paused, mut elsewhere) = (facts("a"), facts("b"));
    paused.paused = true;
    elsewhere.covers = Covers::OtherCity;
    let found = survey(vec![elsewhere, paused, facts("d"), facts("c")], now(), &[]);
    let told: Vec<_> = found
        .looked
        .iter()
        .map(|l| (l.provider_id.as_str(), l.rank, l.removed_by.map(Rule::name)))
        .collect();
    assert_eq!(
        told,
        [
            ("c", Some(1), None),
            ("d", Some(2), None),
            ("a", None, Some("PAUSED")),
            ("b", None, Some("CITY")),
        ]
    );
    assert_eq!(
        found.looked[2].explanation(),
        "is paused: priority 1, 0 of 10 slots held, no lead yet"
    );
}
