//! How calls are closed.

use super::*;

fn call(state: &str, duration_ms: i64, ago_min: i64) -> (Call, DateTime<Utc>) {
    let now = DateTime::from_timestamp(1_795_253_436, 0).unwrap();
    let call = Call {
        call_sid: "CA1".to_owned(),
        site_id: "plombiersgeneve".to_owned(),
        conversation_id: String::new(),
        state: state.to_owned(),
        duration_ms: Some(duration_ms),
        end_time: now - TimeDelta::minutes(ago_min),
    };
    (call, now)
}

const NOTHING: Entries = Entries {
    lead: None,
    heard: None,
    without_agent: false,
    tool_called: false,
    real_need: None,
};

#[test]
fn a_lead_closes_its_call_whatever_was_heard_b2() {
    let (call, now) = call("completed", 90_000, 5);
    let spam = Entries {
        lead: Some(false),
        heard: Some(Heard::Spam),
        ..NOTHING
    };
    assert_eq!(
        close(&call, spam, now),
        Closing::As(Class::Lead, "it made a lead")
    );
    let found = Entries {
        lead: Some(true),
        ..NOTHING
    };
    assert!(matches!(
        close(&call, found, now),
        Closing::As(Class::Recovered, _)
    ));
}

#[test]
fn a_real_need_or_a_tool_call_without_a_lead_is_recovered_b3() {
    let (call, now) = call("completed", 90_000, 5);
    let real = Entries {
        heard: Some(Heard::Real),
        real_need: Some(true),
        ..NOTHING
    };
    assert_eq!(close(&call, real, now), Closing::Recover);
    let fired = Entries {
        heard: Some(Heard::OffTopic),
        tool_called: true,
        ..NOTHING
    };
    assert_eq!(close(&call, fired, now), Closing::Recover);
}

#[test]
fn judge_and_vendor_that_disagree_go_to_a_person_and_are_never_guessed_b3() {
    let (call, now) = call("completed", 90_000, 5);
    for (heard, real_need) in [
        (Heard::Real, Some(false)),
        (Heard::Real, None),
        (Heard::OffTopic, Some(true)),
        (Heard::Spam, Some(true)),
    ] {
        let entries = Entries {
            heard: Some(heard),
            real_need,
            ..NOTHING
        };
        assert!(matches!(close(&call, entries, now), Closing::Ask(_)));
    }
}

#[test]
fn what_is_no_need_is_closed_by_what_was_heard_r76() {
    let (call, now) = call("completed", 30_000, 5);
    for (heard, class) in [
        (Heard::OffTopic, Class::OffTopic),
        (Heard::Spam, Class::Spam),
        (Heard::HangUp, Class::HangUp),
    ] {
        let entries = Entries {
            heard: Some(heard),
            real_need: Some(false),
            ..NOTHING
        };
        assert!(matches!(close(&call, entries, now), Closing::As(found, _) if found == class));
    }
}

#[test]
fn a_call_without_a_conversation_waits_an_hour_and_then_needs_a_person() {
    let (young, now) = call("completed", 30_000, 59);
    assert_eq!(close(&young, NOTHING, now), Closing::Wait);
    let (old, now) = call("completed", 30_000, 61);
    assert!(matches!(close(&old, NOTHING, now), Closing::Ask(_)));
    let (short, now) = call("completed", 3_000, 1);
    assert!(matches!(
        close(&short, NOTHING, now),
        Closing::As(Class::HangUp, _)
    ));
    let (unanswered, now) = call("no_answer", 0, 1);
    assert!(matches!(
        close(&unanswered, NOTHING, now),
        Closing::As(Class::HangUp, _)
    ));
}

#[test]
fn a_silent_voicemail_is_a_hang_up_b12() {
    let entries = Entries {
        without_agent: true,
        ..NOTHING
    };
    let (young, now) = call("completed", 30_000, 5);
    assert_eq!(close(&young, entries, now), Closing::Wait);
    let (old, now) = call("completed", 30_000, 61);
    assert!(matches!(
        close(&old, entries, now),
        Closing::As(Class::HangUp, _)
    ));
}
