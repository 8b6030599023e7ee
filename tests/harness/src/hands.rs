//! Other hands at work during a run: an operator who cancels now and then, and callers who ring
//! through the twin's telephone, so that every service has something to do.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use contracts::lead::v1 as lead;
use contracts::lead::v1::lead_service_client::LeadServiceClient;
use contracts::lead::v1::{CancelLeadRequest, CloseLeadRequest, Won};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use tonic::Code;
use vendor_twin::{PlaceCall, Scenario};

use crate::arena::Arena;
use crate::cell::CELLS;
use crate::ledger::client::Key;
use crate::load::understood;

/// Every other second cancels a lead, and books another's result where a provider accepted it.
pub async fn operator(arena: Arc<Arena>) {
    let Ok(channel) = chassis::client::channel(arena.url("LEAD_URL")) else {
        return;
    };
    let mut leads = LeadServiceClient::new(channel);
    let mut rng = StdRng::seed_from_u64(arena.seed ^ 0x0be7);
    let mut done: BTreeSet<String> = BTreeSet::new();
    while !arena.life.is_stopping() {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let lead_id = {
            let client = arena.client();
            let known: Vec<&str> = client.leads().collect();
            if known.is_empty() {
                continue;
            }
            known[rng.random_range(0..known.len())].to_owned()
        };
        if !done.insert(lead_id.clone()) {
            continue;
        }
        if close(&mut leads, &arena, lead_id.clone()).await {
            continue;
        }
        let asked = CancelLeadRequest {
            lead_id,
            actor: "operator:harness".to_owned(),
            cause: "the customer called back".to_owned(),
        };
        match leads.cancel_lead(asked).await {
            Ok(_) => arena.tally.count("cancelled by the operator"),
            Err(status) if status.code() == Code::Unimplemented => {
                arena.tally.count("cancel is not served");
            }
            Err(_) => arena.tally.count("cancel failed"),
        }
    }
}

/// Books what was billed, where the lead is confirmed; each of them for ever.
async fn close(
    leads: &mut LeadServiceClient<chassis::client::Channel>,
    arena: &Arena,
    lead_id: String,
) -> bool {
    let billed = Won {
        amount_minor: 45_000,
        currency: "CHF".to_owned(),
    };
    let asked = CloseLeadRequest {
        lead_id,
        attempt: 0,
        actor: "operator:harness".to_owned(),
        result: Some(lead::Result {
            result: Some(lead::result::Result::Won(billed)),
        }),
    };
    let closed = leads.close_lead(asked).await;
    if closed.is_ok() {
        arena.tally.count("closed by the operator");
    }
    closed.is_ok()
}

/// Rings, one call after the other; every fourth ends at the voicemail.
pub async fn callers(arena: Arc<Arena>) {
    let mut n = 0_usize;
    while !arena.life.is_stopping() {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        n += 1;
        let cell = &CELLS[0];
        let call = PlaceCall {
            from: cell.number(9_000_000 + n),
            to: cell.did.to_owned(),
            forwarded_from: None,
            scenario: if n.is_multiple_of(4) {
                Scenario::Voicemail
            } else {
                Scenario::PlumbingFrench
            },
            call_sid: None,
            parameters: Vec::new(),
        };
        let ringing = arena.twin.place_call(call);
        let Ok(outcome) = tokio::time::timeout(Duration::from_secs(40), ringing).await else {
            arena.tally.count("call that hung");
            continue;
        };
        arena.tally.count(format!("call {}", outcome.status));
        let Some(conversation) = outcome.conversation_id else {
            continue;
        };
        for tool in outcome.tool_calls {
            let said = serde_json::from_str(&tool.response).unwrap_or_default();
            let key = Key {
                conversation: conversation.clone(),
                second: false,
            };
            let mut heard = understood(&said);
            if let crate::ledger::client::Outcome::Ok(told) = &mut heard {
                // The agent may ask in other words each time.
                told.say = String::new();
            }
            arena.client().note(&key, heard);
        }
    }
}
