//! From the wire to verbs: who says what about which attempt of which lead.

use chassis::fault::{InvalidRequest, Violations};
use contracts::lead::v1 as wire;

use super::decode::{lead_id, short};
use crate::app::verb::Verb;
use crate::domain::attempt::LeadResult;

pub(super) fn confirm(request: wire::ConfirmLeadRequest) -> Result<Verb, InvalidRequest> {
    let wire::ConfirmLeadRequest {
        lead_id: id,
        attempt,
        actor,
        cause,
    } = request;
    Ok(Verb {
        lead_id: lead_id(&id)?,
        attempt,
        actor,
        words: cause,
        ..Verb::default()
    })
}

pub(super) fn decline(request: wire::DeclineLeadRequest) -> Result<Verb, InvalidRequest> {
    let wire::DeclineLeadRequest {
        lead_id: id,
        attempt,
        actor,
        reason,
    } = request;
    Ok(Verb {
        lead_id: lead_id(&id)?,
        attempt,
        actor,
        words: reason,
        ..Verb::default()
    })
}

pub(super) fn offer(request: wire::OfferLeadRequest) -> Result<Verb, InvalidRequest> {
    let wire::OfferLeadRequest {
        lead_id: id,
        provider_id,
        actor,
        cause,
    } = request;
    let lead_id = lead_id(&id)?;
    let mut v = Violations::new();
    if provider_id.is_empty() {
        v.add("provider_id", "is required: take it from `bord providers`");
    }
    short(&mut v, "provider_id", &provider_id);
    v.finish()?;
    Ok(Verb {
        lead_id,
        actor,
        words: cause,
        provider_id,
        ..Verb::default()
    })
}

pub(super) fn close(request: wire::CloseLeadRequest) -> Result<Verb, InvalidRequest> {
    let wire::CloseLeadRequest {
        lead_id: id,
        attempt,
        actor,
        result,
    } = request;
    let result = result
        .and_then(|result| result.result)
        .map(|result| match result {
            wire::result::Result::Won(wire::Won {
                amount_minor,
                currency,
            }) => LeadResult::Won {
                amount_minor,
                currency,
            },
            wire::result::Result::Lost(wire::Lost { reason }) => LeadResult::Lost { reason },
        });
    Ok(Verb {
        lead_id: lead_id(&id)?,
        attempt,
        actor,
        result,
        ..Verb::default()
    })
}

pub(super) fn cancel(request: wire::CancelLeadRequest) -> Result<Verb, InvalidRequest> {
    let wire::CancelLeadRequest {
        lead_id: id,
        actor,
        cause,
    } = request;
    Ok(Verb {
        lead_id: lead_id(&id)?,
        actor,
        words: cause,
        ..Verb::default()
    })
}

pub(super) fn retry(request: wire::RetryLeadRequest) -> Result<Verb, InvalidRequest> {
    let wire::RetryLeadRequest {
        lead_id: id,
        actor,
        cause,
    } = request;
    Ok(Verb {
        lead_id: lead_id(&id)?,
        actor,
        words: cause,
        ..Verb::default()
    })
}
