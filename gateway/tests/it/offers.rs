//! A desk: a lead-service that knows one offer and moves it as its contract says.

use std::sync::{Arc, Mutex};

use chassis::config::Secret;
use chassis::fault::{self, Kind};
use chassis::{clock, token};
use chrono::TimeDelta;
use contracts::lead::v1::{
    CloseLeadRequest, CloseLeadResponse, ConfirmLeadRequest, ConfirmLeadResponse,
    DeclineLeadRequest, DeclineLeadResponse, GetOfferRequest, GetOfferResponse, Offer, OfferState,
    Urgency,
};
use prost_types::Timestamp;
use serde_json::json;
use test_support::Fake;
use tonic::Status;

use crate::world::LINK_SECRET;

pub(crate) const LEAD: &str = "5c0ffee5-0000-5000-8000-000000000001";
pub(crate) const ATTEMPT: i32 = 2;

/// The offer's page, below the gateway's base.
pub(crate) fn link() -> String {
    link_of("offer", TimeDelta::days(60))
}

pub(crate) fn link_of(purpose: &str, left: TimeDelta) -> String {
    let claims = json!({"lead_id": LEAD, "attempt": ATTEMPT});
    let expires = clock::now() + left;
    let token = token::sign(&Secret::new(LINK_SECRET), purpose, &claims, expires);
    format!("/c/{token}")
}

/// The one offer; clones are the same desk.
#[derive(Clone)]
pub(crate) struct Desk(Arc<Mutex<Offer>>);

impl Desk {
    /// Opens a desk in `services` with an offer in `language`.
    pub(crate) fn open(services: &Fake, language: &str) -> Self {
        let desk = Self(Arc::new(Mutex::new(fresh(language))));
        let at = desk.clone();
        services.answer("LeadService/GetOffer", move |asked: GetOfferRequest| {
            if (asked.lead_id.as_str(), asked.attempt) != (LEAD, ATTEMPT) {
                let none = "no such offer";
                return Err(fault::plain(Kind::NotFound, "UNKNOWN_OFFER", none));
            }
            let offer = Some(at.shown());
            Ok(GetOfferResponse { offer })
        });
        let at = desk.clone();
        let confirm = move |asked: ConfirmLeadRequest| {
            assert_eq!(
                (asked.attempt, asked.actor.as_str()),
                (ATTEMPT, "provider:link")
            );
            let changed = at.to(OfferState::Accepted, OfferState::Open)?;
            Ok(ConfirmLeadResponse {
                lead: None,
                changed,
            })
        };
        services.answer("LeadService/ConfirmLead", confirm);
        let at = desk.clone();
        let decline = move |asked: DeclineLeadRequest| {
            assert_eq!(
                (asked.attempt, asked.actor.as_str()),
                (ATTEMPT, "provider:link")
            );
            let changed = at.to(OfferState::Declined, OfferState::Open)?;
            Ok(DeclineLeadResponse {
                lead: None,
                changed,
            })
        };
        services.answer("LeadService/DeclineLead", decline);
        let at = desk.clone();
        let close = move |asked: CloseLeadRequest| {
            use contracts::lead::v1::result::Result::{Lost, Won};
            assert_eq!(
                (asked.attempt, asked.actor.as_str()),
                (ATTEMPT, "provider:link")
            );
            let result = asked.result.unwrap();
            let state = match result.result.as_ref().unwrap() {
                Won(_) => OfferState::Won,
                Lost(_) => OfferState::Lost,
            };
            let changed = at.to(state, OfferState::Accepted)?;
            at.change(|offer| offer.result = Some(result));
            Ok(CloseLeadResponse {
                lead: None,
                changed,
            })
        };
        services.answer("LeadService/CloseLead", close);
        desk
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Offer)) {
        change(&mut self.0.lock().unwrap());
    }

    pub(crate) fn put(&self, state: OfferState) {
        self.change(|offer| offer.state = state.into());
    }

    pub(crate) fn state(&self) -> OfferState {
        self.0.lock().unwrap().state()
    }

    /// The customer is shown to the provider who accepted, and to nobody else (R49).
    fn shown(&self) -> Offer {
        let mut offer = self.0.lock().unwrap().clone();
        if offer.state() != OfferState::Accepted {
            offer.customer_name.clear();
            offer.customer_phone_e164.clear();
            offer.customer_language.clear();
            offer.recording_url.clear();
        }
        offer
    }

    fn to(&self, state: OfferState, from: OfferState) -> Result<bool, Status> {
        let now = self.state();
        if now == state {
            return Ok(false);
        }
        if now == OfferState::Over {
            let over = "the offer is over";
            return Err(fault::plain(Kind::Refused, "OFFER_OVER", over));
        }
        if now != from {
            let illegal = "not from this state";
            return Err(fault::plain(Kind::Refused, "ILLEGAL_MOVE", illegal));
        }
        self.put(state);
        Ok(true)
    }
}

fn fresh(language: &str) -> Offer {
    // 21 November 2026, 17:30 UTC.
    let moment = |seconds| Some(Timestamp { seconds, nanos: 0 });
    Offer {
        lead_id: LEAD.to_owned(),
        attempt: ATTEMPT,
        state: OfferState::Open.into(),
        language: language.to_owned(),
        provider_name: "Plomberie du Léman Sàrl".to_owned(),
        reference: "K7-3F9AQ".to_owned(),
        category_name: "Plomberie".to_owned(),
        service: "Chauffe-eau qui fuit <b>& goutte</b>".to_owned(),
        location: "Carouge, 3e étage".to_owned(),
        urgency: Urgency::Emergency.into(),
        time_zone: "Europe/Zurich".to_owned(),
        create_time: moment(1_795_280_400),
        answer_deadline_time: moment(1_795_282_200),
        customer_name: "Dana Reyes".to_owned(),
        customer_phone_e164: "+41790000042".to_owned(),
        customer_language: "en-GB".to_owned(),
        recording_url: "https://gw.example.com/r/sound.token".to_owned(),
        result: None,
        currency: "CHF".to_owned(),
    }
}
