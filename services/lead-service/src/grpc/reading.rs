//! What is read of leads beyond the lists: offers, sums, the stream of events, the ownership check;
//! and erasure. Decode, call, encode.

use std::pin::Pin;
use std::sync::Arc;

use chassis::fault::{self, InvalidRequest, Violations};
use chassis::feed::{self, Entry, Position};
use contracts::lead::v1 as wire;
use futures::{Stream, StreamExt as _};
use tonic::Status;
use uuid::Uuid;

use super::{decode, encode};
use crate::app::Leads;
use crate::app::erase::Erased;
use crate::app::get_offer::{Customer, Offer, OfferState};
use crate::app::ownership::{Report, Scope};
use crate::app::record_reply::Recorded;
use crate::domain::attempt::is_operator;
use crate::domain::ownership::Finding;
use crate::store::events;

pub(super) type Watch =
    Pin<Box<dyn Stream<Item = Result<wire::WatchLeadsResponse, Status>> + Send>>;

pub(super) async fn get_offer(
    app: &Arc<Leads>,
    request: wire::GetOfferRequest,
) -> Result<wire::GetOfferResponse, Status> {
    let wire::GetOfferRequest { lead_id, attempt } = request;
    let id = decode::lead_id(&lead_id)?;
    if attempt < 1 {
        let mut v = Violations::new();
        v.add("attempt", "must be 1 or above");
        return Err(v
            .finish()
            .err()
            .map_or_else(|| Status::internal(""), Status::from));
    }
    let offer = app.get_offer(id, attempt).await;
    let offer = offer.map_err(|e| fault::status(&e))?;
    Ok(wire::GetOfferResponse {
        offer: Some(encoded(offer)),
    })
}

fn encoded(offer: Offer) -> wire::Offer {
    let state = match offer.state {
        OfferState::Open => wire::OfferState::Open,
        OfferState::Accepted => wire::OfferState::Accepted,
        OfferState::Declined => wire::OfferState::Declined,
        OfferState::Over => wire::OfferState::Over,
        OfferState::Cancelled => wire::OfferState::Cancelled,
        OfferState::Won => wire::OfferState::Won,
        OfferState::Lost => wire::OfferState::Lost,
    };
    let Customer {
        name,
        phone,
        language,
        recording_url,
    } = offer.customer;
    wire::Offer {
        lead_id: offer.lead_id.to_string(),
        attempt: offer.attempt,
        state: state.into(),
        language: offer.language,
        provider_name: offer.provider_name,
        reference: offer.reference,
        category_name: offer.category_name,
        service: offer.service,
        location: offer.location,
        urgency: encode::urgency(offer.urgency).into(),
        time_zone: offer.time_zone,
        create_time: Some(encode::timestamp(offer.create_time)),
        answer_deadline_time: offer.answer_deadline.map(encode::timestamp),
        customer_name: name,
        customer_phone_e164: phone,
        customer_language: language,
        recording_url,
        result: offer.result.map(encode::result),
        currency: offer.currency.to_owned(),
    }
}

pub(super) async fn summarize(app: &Arc<Leads>) -> Result<wire::SummarizeLeadsResponse, Status> {
    let summed = app.summarize_leads().await;
    let summed = summed.map_err(|e| fault::status(&e))?;
    Ok(wire::SummarizeLeadsResponse {
        by_state: summed.by_state.into_iter().collect(),
        operator_owned: summed.operator_owned,
        oldest_unmatched_time: summed.oldest_unmatched.map(encode::timestamp),
        overdue: summed.overdue,
    })
}

/// Events of all leads, or of one, after a position; open until the service stops.
pub(super) fn watch(app: &Arc<Leads>, request: wire::WatchLeadsRequest) -> Result<Watch, Status> {
    let wire::WatchLeadsRequest {
        epoch,
        number,
        lead_id,
    } = request;
    let only = match lead_id.as_str() {
        "" => None,
        id => Some(decode::lead_id(id)?),
    };
    let mine = move |entry: &Entry| {
        only.is_none_or(|id: Uuid| Uuid::try_parse(&entry.subject).is_ok_and(|of| of == id))
    };
    let stream = feed::stream(
        app.db.clone(),
        Position::new(epoch, number),
        app.life.clone(),
    );
    Ok(Box::pin(stream.filter_map(move |entry| {
        std::future::ready(match entry {
            Ok(entry) if mine(&entry) => Some(Ok(published(entry))),
            Ok(_) => None,
            Err(error) => Some(Err(fault::status(&error))),
        })
    })))
}

fn published(entry: Entry) -> wire::WatchLeadsResponse {
    // What another version wrote is told as far as it is understood (I27).
    let event = events::from_feed(&entry).map(encode::event);
    wire::WatchLeadsResponse {
        entry: Some(wire::LeadEntry {
            epoch: entry.position.epoch,
            number: entry.position.number,
            lead_id: entry.subject,
            event,
        }),
    }
}

pub(super) async fn check_ownership(
    app: &Arc<Leads>,
    request: wire::CheckOwnershipRequest,
) -> Result<wire::CheckOwnershipResponse, Status> {
    let wire::CheckOwnershipRequest {
        lead_id,
        since_time,
    } = request;
    let lead = match lead_id.as_str() {
        "" => None,
        id => Some(decode::lead_id(id)?),
    };
    let since = since_time.and_then(|time| {
        let nanos = u32::try_from(time.nanos).ok()?;
        chrono::DateTime::from_timestamp(time.seconds, nanos)
    });
    let checked = app.check_ownership(Scope { lead, since }).await;
    let report = checked.map_err(|e| fault::status(&e))?;
    let Report {
        findings,
        leads,
        assignments,
        messages,
        omitted,
    } = report;
    let finding = |finding: Finding| wire::OwnershipFinding {
        kind: finding.kind.to_owned(),
        lead_id: match finding.lead_id {
            id if id == Uuid::nil() => String::new(),
            id => id.to_string(),
        },
        detail: finding.detail,
    };
    Ok(wire::CheckOwnershipResponse {
        findings: findings.into_iter().map(finding).collect(),
        leads,
        assignments,
        messages,
        findings_omitted: omitted,
    })
}

pub(super) async fn erase(
    app: &Arc<Leads>,
    request: wire::EraseRequest,
) -> Result<wire::EraseResponse, Status> {
    let (phone, actor, dry_run) = erase_request(request)?;
    let erased = app.erase(phone, actor, dry_run).await;
    let erased = erased.map_err(|e| fault::status(&e))?;
    let Erased {
        emptied,
        lead_ids,
        conversation_ids,
        call_sids,
    } = erased;
    let store = |store: &str, count: u64| wire::ErasedStore {
        store: store.to_owned(),
        count: i64::try_from(count).unwrap_or(i64::MAX),
    };
    Ok(wire::EraseResponse {
        stores: vec![
            store("lead.lead", emptied.leads),
            store("lead.amendment", emptied.amendments),
            store("lead.attempt", emptied.attempts),
            store("lead.reply", emptied.replies),
            store("lead.alarm", emptied.alarms),
            store("lead.conversion", emptied.conversions),
        ],
        lead_ids: lead_ids.iter().map(ToString::to_string).collect(),
        conversation_ids: conversation_ids.into_iter().collect(),
        call_sids: call_sids.into_iter().collect(),
    })
}

fn erase_request(request: wire::EraseRequest) -> Result<(String, String, bool), InvalidRequest> {
    let wire::EraseRequest {
        phone_e164,
        actor,
        dry_run,
    } = request;
    let mut v = Violations::new();
    let is_e164 = phone_e164.strip_prefix('+').is_some_and(|digits| {
        (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    });
    if !is_e164 {
        v.add("phone_e164", "must be a number such as +41791234567");
    }
    if !is_operator(&actor) && actor != "quality" {
        v.add("actor", "must be an operator, such as operator:ana");
    }
    v.finish()?;
    Ok((phone_e164, actor, dry_run))
}

pub(super) fn recorded(recorded: Recorded) -> wire::RecordReplyResponse {
    wire::RecordReplyResponse {
        stored: recorded.stored,
        understood_as: recorded.understood_as,
        lead_id: recorded
            .lead_id
            .map(|id| id.to_string())
            .unwrap_or_default(),
    }
}
