//! Notify's request: the notice, by its kind.

use chassis::fault::Violations;
use chrono::{DateTime, Utc};
use contracts::notification::v1 as wire;
use tonic::Status;

use crate::domain::notice::{LeadFacts, Notice, ProviderFacts, ReleaseCause};

use super::answer::answer;
use super::facts::{lead, provider};
use super::fields::{key, optional_id, required, text, time};
use super::kind;
use super::summary::summary;

pub(crate) struct Notify {
    pub(crate) key: String,
    pub(crate) not_after: Option<DateTime<Utc>>,
    pub(crate) notice: Notice,
}

pub(crate) fn notify(request: wire::NotifyRequest) -> Result<Notify, Status> {
    let wire::NotifyRequest {
        message_key,
        not_after,
        notice,
    } = request;
    let mut faults = Violations::new();
    let key = key(&mut faults, message_key);
    let not_after = not_after.and_then(|at| time(&mut faults, "not_after", at));
    let notice = match notice {
        None => {
            faults.add("notice", "is required: one of the kinds of notice");
            None
        }
        Some(notice) => told(&mut faults, notice),
    };
    faults.finish()?;
    // Without a violation there is a notice: each arm that yields none has recorded one.
    let notice = notice.ok_or_else(|| Status::invalid_argument("notice is required"))?;
    Ok(Notify {
        key,
        not_after,
        notice,
    })
}

/// The notice, or nothing when a fault was recorded.
fn told(faults: &mut Violations, notice: wire::notify_request::Notice) -> Option<Notice> {
    use wire::notify_request::Notice as N;
    Some(match notice {
        N::LeadAssigned(wire::LeadAssigned { lead, provider }) => {
            let (lead, provider) = both(faults, "lead_assigned", lead, provider)?;
            Notice::LeadAssigned { lead, provider }
        }
        N::LeadUnmatched(wire::LeadUnmatched { lead: facts, cause }) => {
            let facts = lead(faults, "lead_unmatched.lead", facts);
            let cause = text(faults, "lead_unmatched.cause", cause);
            let lead = Box::new(facts?);
            Notice::LeadUnmatched { lead, cause }
        }
        N::OperatorAlarm(wire::OperatorAlarm {
            kind,
            subject,
            text: body,
        }) => Notice::OperatorAlarm {
            kind: required(faults, "operator_alarm.kind", kind),
            subject: required(faults, "operator_alarm.subject", subject),
            text: required(faults, "operator_alarm.text", body),
        },
        N::InboundReply(wire::InboundReply {
            from,
            channel,
            body,
            lead_id,
            health,
        }) => Notice::InboundReply {
            from: required(faults, "inbound_reply.from", from),
            channel: text(faults, "inbound_reply.channel", channel),
            body: text(faults, "inbound_reply.body", body),
            lead_id: optional_id(faults, "inbound_reply.lead_id", &lead_id),
            health,
        },
        N::OfferReminder(wire::OfferReminder {
            lead,
            provider,
            answer_by_time: answer_by,
        }) => {
            let facts = both(faults, "offer_reminder", lead, provider);
            let at = "offer_reminder.answer_by_time";
            let Some(answer_by) = answer_by else {
                faults.add(at, "is required");
                return None;
            };
            let answer_by = time(faults, at, answer_by);
            let (lead, provider) = facts?;
            Notice::OfferReminder {
                lead,
                provider,
                answer_by: answer_by?,
            }
        }
        N::LeadReleased(wire::LeadReleased {
            lead,
            provider,
            cause,
        }) => {
            let facts = both(faults, "lead_released", lead, provider);
            let cause = released(faults, cause);
            let (lead, provider) = facts?;
            Notice::LeadReleased {
                lead,
                provider,
                cause: cause?,
            }
        }
        N::LeadConfirmed(wire::LeadConfirmed { lead, provider }) => {
            let (lead, provider) = both(faults, "lead_confirmed", lead, provider)?;
            Notice::LeadConfirmed { lead, provider }
        }
        N::ResultReminder(wire::ResultReminder { lead, provider }) => {
            let (lead, provider) = both(faults, "result_reminder", lead, provider)?;
            Notice::ResultReminder { lead, provider }
        }
        N::CallSummary(told) => Notice::CallSummary(Box::new(summary(faults, told)?)),
        N::ReplyAnswer(told) => Notice::ReplyAnswer(Box::new(answer(faults, told)?)),
        N::ChannelProof(wire::ChannelProof {
            provider: to,
            channel,
            code,
        }) => {
            let to = provider(faults, "channel_proof.provider", to);
            let channel = kind::channel(faults, "channel_proof.channel", channel);
            if code.len() > 12 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
                faults.add("channel_proof.code", "is at most 12 digits, or empty");
            }
            Notice::ChannelProof {
                provider: Box::new(to?),
                channel: channel?,
                code,
            }
        }
    })
}

/// Lead and provider of a notice, with the faults of both.
fn both(
    faults: &mut Violations,
    at: &str,
    facts: Option<wire::LeadFacts>,
    to: Option<wire::ProviderFacts>,
) -> Option<(Box<LeadFacts>, Box<ProviderFacts>)> {
    let facts = lead(faults, &format!("{at}.lead"), facts);
    let to = provider(faults, &format!("{at}.provider"), to);
    facts.zip(to).map(|(f, to)| (Box::new(f), Box::new(to)))
}

fn released(faults: &mut Violations, cause: i32) -> Option<ReleaseCause> {
    use wire::ReleaseCause as W;
    let cause = match W::try_from(cause) {
        Ok(W::Silent) => Some(ReleaseCause::Silent),
        Ok(W::Declined) => Some(ReleaseCause::Declined),
        Ok(W::Undeliverable) => Some(ReleaseCause::Undeliverable),
        Ok(W::Operator) => Some(ReleaseCause::Operator),
        Ok(W::Cancelled) => Some(ReleaseCause::Cancelled),
        Ok(W::Unspecified) | Err(_) => None,
    };
    if cause.is_none() {
        faults.add("lead_released.cause", "is required, one of the causes");
    }
    cause
}
