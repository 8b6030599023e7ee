//! From the wire to a closed call and its conversations; every fault at once.

use std::collections::BTreeSet;

use chassis::fault::{InvalidRequest, Violations};
use chrono::{DateTime, SubsecRound as _, Utc};
use contracts::lead::v1 as wire;

use super::decode_prices::amount;
use crate::domain::ledger::call_cost::{ClosedCall, Spoken};
use crate::domain::ledger::economics::{Call, Class};
use crate::grpc::decode::{id, short};

const MOST_CONVERSATIONS: usize = 100;

pub(super) fn closed_call(request: wire::RecordCostRequest) -> Result<ClosedCall, InvalidRequest> {
    let class = class(request.call_class());
    let wire::RecordCostRequest {
        call_sid,
        site_id,
        call_class: _,
        start_time,
        end_time,
        duration,
        called_number,
        with_agent,
        conversations,
        caller_heard,
    } = request;
    let mut v = Violations::new();
    id(&mut v, "call_sid", &call_sid);
    short(&mut v, "site_id", &site_id);
    short(&mut v, "called_number", &called_number);
    if class.is_none() {
        v.add(
            "call_class",
            "must be how the call ended, as CALL_CLASS_LEAD",
        );
    }
    let start = time(&mut v, "start_time", start_time);
    let end = time(&mut v, "end_time", end_time);
    if start.zip(end).is_some_and(|(start, end)| end < start) {
        v.add("end_time", "must not lie before start_time");
    }
    let seconds = length(&mut v, "duration", duration);
    if conversations.len() > MOST_CONVERSATIONS {
        v.add("conversations", "must be at most 100");
    }
    let mut seen = BTreeSet::new();
    let mut spoken = Vec::new();
    for (i, said) in conversations.into_iter().enumerate() {
        let field = |name: &str| format!("conversations[{i}].{name}");
        if !seen.insert(said.conversation_id.clone()) {
            let rule = "must not stand twice; send one, with all that is known";
            v.add(field("conversation_id"), rule);
        }
        id(&mut v, &field("conversation_id"), &said.conversation_id);
        short(&mut v, &field("agent_name"), &said.agent_name);
        let credits = said.credits.map(u32::try_from).transpose();
        if credits.is_err() {
            v.add(field("credits"), "must be from 0 to 4294967295");
        }
        spoken.push(Spoken {
            seconds: length(&mut v, &field("duration"), said.duration),
            credits: credits.unwrap_or_default(),
            actual: amount(&mut v, &field("actual"), said.actual.as_ref(), false),
            id: said.conversation_id,
            agent: said.agent_name,
        });
    }
    v.finish()?;
    let mut named = spoken.iter().map(|spoken| &spoken.agent);
    let agent = named.find(|name| !name.is_empty());
    Ok(ClosedCall {
        call: Call {
            id: call_sid,
            site: site_id,
            agent: agent.cloned().unwrap_or_default(),
            at: start.unwrap_or_default(),
            seconds,
            // A violation stands where it is missing.
            class: class.unwrap_or(Class::Flagged),
            heard: caller_heard,
        },
        end: end.unwrap_or_default(),
        number: called_number,
        with_agent,
        conversations: spoken,
    })
}

fn class(said: wire::CallClass) -> Option<Class> {
    Some(match said {
        wire::CallClass::Unspecified => return None,
        wire::CallClass::Lead => Class::Lead,
        wire::CallClass::Recovered => Class::Recovered,
        wire::CallClass::OffTopic => Class::OffTopic,
        wire::CallClass::Flagged => Class::Flagged,
        wire::CallClass::Spam => Class::Spam,
        wire::CallClass::HangUp => Class::HangUp,
    })
}

/// Required; cut to microseconds, as both databases keep them.
pub(super) fn time(
    v: &mut Violations,
    field: &str,
    said: Option<prost_types::Timestamp>,
) -> Option<DateTime<Utc>> {
    let said = v.required(field, said)?;
    let nanos = u32::try_from(said.nanos).ok();
    let time = nanos.and_then(|nanos| DateTime::from_timestamp(said.seconds, nanos));
    let time = time.filter(|time| (0..=253_402_300_799).contains(&time.timestamp()));
    if time.is_none() {
        v.add(field, "must be a time from 1970 to 9999");
    }
    time.map(|time| time.trunc_subsecs(6))
}

/// In whole seconds; one that has begun counts.
fn length(v: &mut Violations, field: &str, said: Option<prost_types::Duration>) -> Option<u32> {
    let said = said?;
    let seconds = said.seconds.saturating_add(i64::from(said.nanos > 0));
    let length = u32::try_from(seconds).ok().filter(|_| said.nanos >= 0);
    if length.is_none() {
        v.add(
            field,
            "must be zero or above; leave it out where it is unknown",
        );
    }
    length
}
