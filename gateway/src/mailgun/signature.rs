//! Mailgun's signature: a triple inside the body that covers its own time and token, nothing else.
//!
//! Integrity of the event rests on TLS, so the token is stored with the event's effect by
//! notification-service; here stand the HMAC and the age (mailgun.md section 2.4).

use chassis::config::Secret;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// Retries run for eight hours and may keep the first time.
const OLDEST_S: i64 = 24 * 3600;
/// Clocks may lie by a quarter of an hour (I18).
const FURTHEST_AHEAD_S: i64 = 15 * 60;

/// The member `signature` of a webhook.
#[derive(Debug, Clone, Deserialize)]
pub struct Signature {
    pub timestamp: Timestamp,
    pub token: String,
    pub signature: String,
    /// Of the primary account, on events of a subaccount.
    #[serde(default, rename = "parent-signature")]
    pub parent: Option<String>,
}

/// A string in practice and a number in the vendor's docs; its text is what is signed.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Timestamp {
    Text(String),
    Number(i64),
}

impl Timestamp {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// Why a signature proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    Malformed,
    TooOld,
    InFuture,
    Forged,
}

impl Refusal {
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Malformed => "SIGNATURE_MALFORMED",
            Self::TooOld => "SIGNATURE_TOO_OLD",
            Self::InFuture => "SIGNATURE_IN_FUTURE",
            Self::Forged => "SIGNATURE_INVALID",
        }
    }
}

/// Checks the triple against each key; a subaccount's event passes by either account's key.
pub fn verify(keys: &[Secret], signed: &Signature, now: DateTime<Utc>) -> Result<(), Refusal> {
    let time = signed.timestamp.text();
    let readable = (1..=12).contains(&time.len()) && time.bytes().all(|b| b.is_ascii_digit());
    if !readable || signed.token.is_empty() || signed.token.len() > 200 {
        return Err(Refusal::Malformed);
    }
    let mut genuine = false;
    for key in keys.iter().filter(|key| !key.expose().is_empty()) {
        let expected = sign(key, &time, &signed.token);
        for candidate in std::iter::once(&signed.signature).chain(&signed.parent) {
            genuine |= bool::from(expected.as_bytes().ct_eq(candidate.as_bytes()));
        }
    }
    if !genuine {
        return Err(Refusal::Forged);
    }
    let at: i64 = time.parse().map_err(|_| Refusal::Malformed)?;
    let age_s = now.timestamp() - at;
    if age_s > OLDEST_S {
        return Err(Refusal::TooOld);
    }
    if age_s < -FURTHEST_AHEAD_S {
        return Err(Refusal::InFuture);
    }
    Ok(())
}

/// The signature that Mailgun would send.
#[must_use]
pub fn sign(key: &Secret, timestamp: &str, token: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(timestamp.as_bytes());
    mac.update(token.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}
