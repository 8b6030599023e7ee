//! The standing of a channel under every order of evidence: by example, and by property.

use proptest::prelude::*;

use super::*;

fn day(n: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(1000 + n)
}

/// After each sign of its day, from an address declared on day 0.
fn after(signs: &[(Sign, i64)]) -> Standing {
    let mut standing = Standing::new(day(0));
    for (sign, at) in signs {
        if let Some(next) = standing.weigh(*sign, day(*at), "CAUSE", day(*at)) {
            standing = next;
        }
    }
    standing
}

use Sign::{Answered, Gone, OptedIn, OptedOut, Proof, Reached, Suspect, Withdrawn, Wrong};

#[test]
fn hard_evidence_quarantines_at_once_and_names_its_cause() {
    for sign in [Wrong, Gone, Withdrawn] {
        let found = after(&[(sign, 1)]);
        assert_eq!(
            (found.health, found.health_time),
            (Health::Quarantined, day(1))
        );
        assert_eq!(found.health_cause, "CAUSE");
    }
}

#[test]
fn a_number_that_was_reached_is_gone_only_at_the_second_word_of_it() {
    assert_eq!(after(&[(Reached, 1), (Gone, 2)]).health, Health::Unproven);
    assert_eq!(
        after(&[(Reached, 1), (Gone, 2), (Gone, 3)]).health,
        Health::Quarantined
    );
    assert_eq!(
        after(&[(Reached, 1), (Gone, 2), (Reached, 3), (Gone, 4)]).health,
        Health::Unproven
    );
}

#[test]
fn suspicion_counts_to_two_within_thirty_days_without_a_delivery_between() {
    assert_eq!(after(&[(Suspect, 1)]).health, Health::Unproven);
    assert_eq!(
        after(&[(Suspect, 1), (Suspect, 31)]).health,
        Health::Quarantined
    );
    assert_eq!(
        after(&[(Suspect, 1), (Suspect, 32)]).health,
        Health::Unproven
    );
    assert_eq!(
        after(&[(Suspect, 1), (Suspect, 32), (Suspect, 40)]).health,
        Health::Quarantined
    );
    assert_eq!(
        after(&[(Suspect, 1), (Reached, 2), (Suspect, 3)]).health,
        Health::Unproven
    );
    // Told out of order.
    assert_eq!(
        after(&[(Suspect, 3), (Reached, 2), (Suspect, 1)]).health,
        Health::Unproven
    );
    assert_eq!(
        after(&[(Suspect, 3), (Suspect, 1)]).health,
        Health::Quarantined
    );
}

#[test]
fn a_yes_after_a_no_serves_unproven_and_brings_no_wrong_number_back() {
    assert_eq!(after(&[(Proof, 1), (OptedOut, 2)]).health, Health::OptedOut);
    assert_eq!(
        after(&[(Proof, 1), (OptedOut, 2), (OptedIn, 3)]).health,
        Health::Unproven
    );
    assert_eq!(
        after(&[(Wrong, 1), (OptedOut, 2), (OptedIn, 3)]).health,
        Health::Quarantined
    );
    assert_eq!(
        after(&[(OptedOut, 1), (Wrong, 2), (OptedIn, 3)]).health,
        Health::Quarantined
    );
    assert_eq!(
        after(&[(Proof, 1), (OptedIn, 2)]).health,
        Health::Proven,
        "no no came before"
    );
}

#[test]
fn an_answer_proves_but_lifts_no_quarantine() {
    assert_eq!(after(&[(Answered, 1)]).health, Health::Proven);
    assert_eq!(
        after(&[(Wrong, 1), (Answered, 2)]).health,
        Health::Quarantined
    );
    assert_eq!(
        after(&[(Wrong, 1), (Reached, 2)]).health,
        Health::Quarantined
    );
    assert_eq!(after(&[(Wrong, 1), (Proof, 2)]).health, Health::Proven);
    assert_eq!(
        after(&[(OptedOut, 1), (Answered, 2)]).health,
        Health::OptedOut
    );
}

#[test]
fn a_second_proof_is_news_and_a_second_fault_is_not() {
    let proven = after(&[(Proof, 1)]);
    let again = proven.weigh(Proof, day(2), "proof", day(2)).unwrap();
    assert!(again.is_news_after(&proven));
    assert_eq!(
        after(&[(Wrong, 1)]).weigh(Wrong, day(2), "OTHER", day(2)),
        None
    );
}

#[test]
fn what_is_older_than_the_declaration_says_nothing() {
    for sign in [Wrong, Suspect, Reached, Answered, Proof, OptedOut, OptedIn] {
        assert_eq!(after(&[]).weigh(sign, day(-1), "CAUSE", day(1)), None);
    }
}

#[test]
fn a_returning_address_keeps_a_no_and_a_fault_but_no_proof() {
    let back = |signs: &[(Sign, i64)]| after(signs).on_return(day(9));
    assert_eq!(back(&[(Proof, 1), (Suspect, 2)]), Standing::new(day(9)));
    assert_eq!(back(&[(Wrong, 1)]).health, Health::Quarantined);
    let no = back(&[(Wrong, 1), (OptedOut, 2)]);
    assert_eq!(
        (no.health, no.faulty, no.declared_time),
        (Health::OptedOut, true, day(9))
    );
}

fn sign() -> impl Strategy<Value = Sign> {
    proptest::sample::select(vec![
        Wrong, Gone, Suspect, Reached, Answered, Proof, OptedOut, OptedIn, Withdrawn,
    ])
}

proptest! {
    /// Whatever comes in whatever order: a fault leaves by proof only, a no by a yes only, nothing
    /// that stands unproven or proven is faulty, and each change of health is dated and named.
    #[test]
    fn faults_end_by_proof_and_a_no_by_a_yes(
        signs in proptest::collection::vec((sign(), -3i64..60), 0..40)
    ) {
        let mut standing = Standing::new(day(0));
        for (step, (sign, at)) in signs.into_iter().enumerate() {
            let now = day(100) + TimeDelta::seconds(i64::try_from(step).unwrap());
            let Some(next) = standing.weigh(sign, day(at), "CAUSE", now) else { continue };
            prop_assert!(at >= 0);
            if standing.faulty && !next.faulty {
                prop_assert_eq!(sign, Proof);
            }
            if standing.health == Health::Quarantined && next.health != Health::Quarantined {
                prop_assert!(matches!(sign, Proof | OptedOut));
            }
            if standing.health == Health::OptedOut && next.health != Health::OptedOut {
                prop_assert_eq!(sign, OptedIn);
                prop_assert!(next.health != Health::Proven);
            }
            if next.health == Health::Proven && standing.health != Health::Proven {
                prop_assert!(matches!(sign, Proof | Answered));
            }
            prop_assert_eq!(next.faulty && next.health != Health::OptedOut, next.health == Health::Quarantined);
            prop_assert!(!(next.faulty && next.suspect_time.is_some()));
            if next.health != standing.health {
                prop_assert_eq!(next.health_time, now);
                prop_assert_eq!(next.health_cause.as_str(), "CAUSE");
            }
            prop_assert_eq!(next.declared_time, standing.declared_time);
            // The same sign again changes nothing more, but a proof and a suspicion.
            if !matches!(sign, Proof | Suspect | Gone) {
                prop_assert_eq!(next.weigh(sign, day(at), "CAUSE", now), None);
            }
            standing = next;
        }
    }
}
