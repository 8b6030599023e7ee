//! A scan as it is shown: coverage, what is left, and what to do next.

use super::*;

fn scan(closed: i64, ended: i64) -> quality::Scan {
    quality::Scan {
        scan_id: "s1".into(),
        slot_time: Some(prost_types::Timestamp {
            seconds: 1_795_253_400,
            nanos: 0,
        }),
        state: quality::ScanState::Good.into(),
        judged: 12,
        ended_calls: ended,
        closed_calls: closed,
        recovered: 1,
        asked_by: "operator:ana".into(),
        ..Default::default()
    }
}

/// R56: what is left is never rounded away.
#[test]
fn coverage_is_a_hundred_only_when_every_ended_call_is_closed() {
    assert_eq!(coverage(&scan(12, 12)), Some(100));
    assert_eq!(coverage(&scan(9_999, 10_000)), Some(99));
    assert_eq!(coverage(&scan(0, 0)), None);
    let lines = shown(&scan(11, 12));
    assert!(
        lines[1].contains("11/12 91 %") && lines[1].contains("operator:ana"),
        "{lines:?}"
    );
    assert!(shown(&scan(0, 0))[1].contains("no call ended"));
    assert_eq!(as_json(&scan(11, 12))["coverage_percent"], 91);
    assert_eq!(as_json(&scan(0, 0))["coverage_percent"], Value::Null);
}

#[test]
fn a_scan_that_left_something_is_an_error_that_says_what_next() {
    assert!(good(&scan(1, 1)).is_ok());
    let failed = quality::Scan {
        state: quality::ScanState::Failed.into(),
        failures: vec!["lead-service did not answer".into()],
        flags_raised: 2,
        ..scan(1, 2)
    };
    let lines = shown(&failed);
    assert!(
        lines.contains(&"  lead-service did not answer".to_owned()),
        "{lines:?}"
    );
    assert!(lines.last().unwrap().contains("`bord flags`"), "{lines:?}");
    let told = good(&failed).unwrap_err().to_string();
    assert!(
        told.contains("failed") && told.contains("`bord status`"),
        "{told}"
    );
}
