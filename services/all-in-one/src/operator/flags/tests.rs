//! How flags are shown: the words of the evidence on demand only, and nothing that a terminal obeys.

use chrono::DateTime;

use super::*;

fn flag() -> quality::Flag {
    quality::Flag {
        flag_id: "0b5f2a70-8c2e-5d5b-9a4e-6f2a1b3c4d5e".into(),
        kind: "BIRTH_ASKED".into(),
        severity: quality::Severity::Warning.into(),
        state: quality::FlagState::Mending.into(),
        subject: "bord-geneva-dental".into(),
        agent_name: "bord-geneva-dental".into(),
        text: "The agent asked for a date of birth.".into(),
        evidence: vec![quality::Evidence {
            turn: 4,
            rule: "birth: date-of-birth".into(),
            words: "votre date\u{1b}[31m de\nnaissance".into(),
            ..Default::default()
        }],
        raise_time: Some(prost_types::Timestamp {
            seconds: 1_795_253_436 - 3_720,
            nanos: 0,
        }),
        owner: "machine".into(),
        times: 3,
        ..Default::default()
    }
}

#[test]
fn a_flag_is_a_row_with_severity_age_owner_and_text() {
    let now = DateTime::from_timestamp(1_795_253_436, 0).unwrap();
    let lines = table(&[flag()], now).lines();
    for part in [
        "warning",
        "BIRTH_ASKED",
        "1 h 2 min",
        "machine",
        "mending",
        "bord-geneva-dental",
        "asked for a date of birth",
        "0b5f2a70",
    ] {
        assert!(lines[1].contains(part), "{part} is missing in {}", lines[1]);
    }
    assert!(!lines[1].contains("naissance"), "{}", lines[1]);
}

/// The words of a conversation are personal: a script gets them on demand only, and a terminal what
/// it shows and does not obey.
#[test]
fn words_are_shown_on_demand_and_as_words() {
    let now = DateTime::from_timestamp(1_795_253_436, 0).unwrap();
    let bare = as_json(&flag(), now, false);
    assert_eq!(bare["evidence"][0]["turn"], 4);
    assert!(!bare.to_string().contains("naissance"), "{bare}");
    assert_eq!(bare["age_seconds"], 3_720);
    let full = as_json(&flag(), now, true);
    assert!(full.to_string().contains("naissance"), "{full}");
    let lines = shown(&flag(), now);
    let told = lines.last().unwrap();
    assert!(
        told.ends_with("turn 4, birth: date-of-birth: « votre date [31m de naissance »"),
        "{told:?}"
    );
    let mut silent = flag();
    silent.evidence[0].words.clear();
    let lines = shown(&silent, now);
    assert!(lines.last().unwrap().ends_with("birth: date-of-birth"));
    assert!(!lines.iter().any(|line| line.starts_with("resolved")));
}

#[test]
fn a_beginning_names_one_flag_or_says_what_to_do() {
    assert!(single("0b5f", vec![flag()]).is_ok());
    let none = single("0b5f", vec![]).unwrap_err().to_string();
    assert!(none.contains("`bord flags --all`"), "{none}");
    let two = single("0b5f", vec![flag(), flag()])
        .unwrap_err()
        .to_string();
    assert!(two.contains("2 flags"), "{two}");
}
