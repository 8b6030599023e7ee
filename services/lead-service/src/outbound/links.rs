//! Signed, expiring links: to the recording of a voicemail, and to the page of an offer.

use std::time::Duration;

use chassis::config::Secret;
use chassis::token;
use chrono::{DateTime, Utc};
use serde::Serialize;
use url::Url;
use uuid::Uuid;

use crate::domain::lead::Lead;

/// Makes links; each is the same every time for the same thing.
#[derive(Clone)]
pub struct Links {
    pub secret: Secret,
    pub base: Url,
    pub valid: Duration,
    /// How long the page of an offer opens, from its assignment.
    pub offer_valid: Duration,
}

#[derive(Serialize)]
struct OfferClaims {
    lead_id: Uuid,
    attempt: i32,
}

#[derive(Serialize)]
struct RecordingClaims<'a> {
    call_sid: &'a str,
    exp: i64,
}

impl Links {
    /// A signed, expiring link to a call's voicemail; the same one each time for the same lead.
    #[must_use]
    pub fn recording(&self, lead: &Lead) -> String {
        if lead.recording_sid.is_empty() {
            return String::new();
        }
        let until = lead.create_time + self.valid;
        let claims = RecordingClaims {
            call_sid: &lead.call_sid,
            exp: until.timestamp(),
        };
        let token = token::sign(&self.secret, "recording", &claims, until);
        format!("{}/r/{token}", self.base.as_str().trim_end_matches('/'))
    }

    /// The signed, expiring link to the page of an offer that was made at `offer_time`; the same one
    /// each time.
    #[must_use]
    pub fn offer(&self, lead_id: Uuid, attempt: i32, offer_time: DateTime<Utc>) -> String {
        let claims = OfferClaims { lead_id, attempt };
        let until = offer_time + self.offer_valid;
        let token = token::sign(&self.secret, "offer", &claims, until);
        format!("{}/c/{token}", self.base.as_str().trim_end_matches('/'))
    }
}
