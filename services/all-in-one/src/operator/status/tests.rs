//! What the screen shows of what is known, of what is not, and what makes it exit 1.

use super::*;

fn well() -> Status {
    Status {
        serving: vec![("lead-service", "http://127.0.0.1:50052/".into(), true)],
        leads: Ok(lead::SummarizeLeadsResponse {
            by_state: [("unmatched".to_owned(), 1), ("notified".to_owned(), 3)].into(),
            operator_owned: 2,
            oldest_unmatched_time: Some(prost_types::Timestamp {
                seconds: 1_795_253_436 - 3_720,
                nanos: 0,
            }),
            overdue: 1,
        }),
        out: Ok(vec![(
            "plomberie".into(),
            roster::Channel {
                kind: roster::ChannelKind::Sms.into(),
                health: roster::ChannelHealth::Quarantined.into(),
                health_cause: "TWILIO_21211".into(),
                ..Default::default()
            },
        )]),
        paused: vec![("clinique".into(), "operator:ana".into())],
        owners: Ok(lead::CheckOwnershipResponse::default()),
        books: Books(Ok(Default::default())),
        gauges: Gauges::default(),
    }
}

#[test]
fn the_screen_shows_services_leads_channels_pauses_and_owners() {
    let now = DateTime::from_timestamp(1_795_253_436, 0).unwrap();
    let status = well();
    let shown = status.lines(now).join("\n");
    for part in [
        "lead-service  serves",
        "leads                 3 notified, 1 unmatched",
        "oldest unmatched      1 h 2 min old, since 2026-11-21T08:28:36Z",
        "waiting for a person  2",
        "overdue offers        1",
        "plomberie: SMS quarantined since - (TWILIO_21211)",
        "paused                clinique, by operator:ana",
        "0 findings",
        "bord_leads_two_owners",
    ] {
        assert!(shown.contains(part), "« {part} » is missing in:\n{shown}");
    }
    assert!(status.wrong(now).is_empty(), "{:?}", status.wrong(now));
    let json = status.as_json(now);
    assert_eq!(json["serving"]["lead-service"], true);
    assert_eq!(json["leads"]["by_state"]["notified"], 3);
    assert_eq!(json["channels_out"][0]["kind"], "sms");
    assert_eq!(json["ownership_findings"], 0);
}

#[test]
fn what_is_silent_or_differs_is_shown_and_is_wrong() {
    let now = DateTime::from_timestamp(1_795_253_436, 0).unwrap();
    let mut status = well();
    status.serving[0].2 = false;
    status.leads = Err("leads cannot be counted: unreachable".into());
    status.owners = Ok(lead::CheckOwnershipResponse {
        findings_omitted: 2,
        ..Default::default()
    });
    let shown = status.lines(now).join("\n");
    assert!(shown.contains("DOES NOT SERVE"), "{shown}");
    assert!(
        shown.contains("unknown: leads cannot be counted"),
        "{shown}"
    );
    let wrong = status.wrong(now).join("\n");
    assert!(wrong.contains("lead-service does not serve"), "{wrong}");
    assert!(wrong.contains("`bord check`"), "{wrong}");
    assert_eq!(status.as_json(now)["leads"], Value::Null);
}
