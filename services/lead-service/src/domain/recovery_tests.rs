//! Who was told before a loss, case by case.

use super::*;

fn held(attempt: i32, state: HeldState) -> Held {
    Held {
        attempt,
        provider_id: "fontaine".to_owned(),
        state,
        cause: String::new(),
    }
}

fn kept(attempt: i32, provider: &str, about: About, live: bool) -> Kept {
    Kept {
        attempt,
        provider_id: provider.to_owned(),
        about,
        live,
    }
}

fn sighting(masked: &str, to_operator: bool) -> Sighting {
    Sighting {
        masked_address: masked.to_owned(),
        to_operator,
        send_us: Some(7),
    }
}

fn reached(provider: &str, takes_it: bool) -> Reached {
    Reached {
        provider_id: provider.to_owned(),
        takes_it,
        masked_addresses: vec![format!("mask of {provider}")],
        send_us: 7,
    }
}

fn is_operators(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Operator(_))
}

#[test]
fn a_standing_assignment_is_whose_the_lead_is_b3() {
    let offer = [kept(2, "fontaine", About::Offer, true)];
    let two = [held(1, HeldState::Released), held(2, HeldState::Reserved)];
    assert_eq!(
        by_books(&two, &offer),
        Books::Settled(with(2, "fontaine", false, None))
    );
    assert!(matches!(
        by_books(&two, &[]),
        Books::Standing { attempt: 2, .. }
    ));
    assert_eq!(
        by_books(&[held(1, HeldState::Confirmed)], &[]),
        Books::Settled(with(1, "fontaine", true, None))
    );
    for state in [HeldState::Completed, HeldState::Released] {
        let Books::Settled(verdict) = by_books(&[held(1, state)], &[]) else {
            panic!("{state:?}")
        };
        assert!(is_operators(&verdict), "{state:?}");
    }
    assert_eq!(
        standing(1, "fontaine", &[reached("fontaine", true)]),
        with(1, "fontaine", false, Some(7))
    );
    assert_eq!(
        standing(1, "fontaine", &[]),
        with(1, "fontaine", false, None)
    );
}

#[test]
fn kept_messages_name_one_provider_or_the_operator_decides() {
    let dead = kept(1, "leman", About::Offer, false);
    let live = kept(2, "fontaine", About::Offer, true);
    assert_eq!(by_books(&[], std::slice::from_ref(&dead)), Books::Silent);
    assert_eq!(
        by_books(&[], &[dead, live.clone()]),
        Books::Settled(with(2, "fontaine", false, None))
    );
    let taken_back = kept(2, "fontaine", About::Released, true);
    let other = kept(1, "leman", About::Offer, true);
    let unknown = kept(1, "", About::Offer, true);
    for more in [
        vec![live.clone(), taken_back],
        vec![live, other],
        vec![unknown],
    ] {
        let Books::Settled(verdict) = by_books(&[], &more) else {
            panic!("{more:?}")
        };
        assert!(is_operators(&verdict), "{more:?}");
    }
}

#[test]
fn carriers_name_one_provider_or_the_operator_decides_b3() {
    let customer = ["mask of customer".to_owned()];
    let ours = [sighting("mask of customer", false), sighting("o***", true)];
    let judge = |seen: &[Sighting], who: &[Reached]| by_carriers(seen, &customer, who, true, 1);
    assert_eq!(judge(&[], &[]), Verdict::Nobody);
    assert_eq!(judge(&ours, &[]), Verdict::Nobody);
    let told = [sighting("mask of fontaine", false)];
    let fontaine = [reached("fontaine", true)];
    assert_eq!(judge(&told, &fontaine), with(1, "fontaine", false, Some(7)));
    assert!(is_operators(&judge(&told, &[])), "nobody has that address");
    assert!(is_operators(&judge(&told, &[reached("fontaine", false)])));
    let two = [reached("fontaine", true), reached("leman", true)];
    assert!(is_operators(&judge(&told, &two)));
    assert!(is_operators(&by_carriers(
        &told, &customer, &fontaine, false, 1
    )));
}
