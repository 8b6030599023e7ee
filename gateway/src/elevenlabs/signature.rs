//! `ElevenLabs-Signature: t=…,v0=…`: proof over the time and the raw body, checked as it streams.
//!
//! Stricter than the vendor's SDKs where those disagree: a repeated part, a time that is no number
//! and a time more than five minutes ahead are refused (elevenlabs.md section 4.4).

use chassis::config::Secret;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// How old a signature may be. Exactly this old is still good, as in the vendor's SDKs.
const OLDEST_S: i64 = 30 * 60;
/// How far ahead of ours the vendor's clock may be.
const FURTHEST_AHEAD_S: i64 = 5 * 60;

/// Why a signature proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No header, or not `t` and `v0` once each.
    Malformed,
    TooOld,
    InFuture,
    /// Not the signature of this body by any of our secrets.
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

/// A check in progress: fed with the body, piece by piece.
#[derive(Debug)]
pub struct Check {
    macs: Vec<Hmac<Sha256>>,
    expected: String,
    age_s: i64,
}

impl Check {
    /// Refuses what the header alone gives away, before a byte of the body is read (I16).
    pub fn start(secrets: &[Secret], header: &str, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let (time, expected) = parts(header).ok_or(Refusal::Malformed)?;
        // Ten digits and more reach past the year 2286; a longer number is no time.
        if time.is_empty() || time.len() > 12 || !time.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Refusal::Malformed);
        }
        let at: i64 = time.parse().map_err(|_| Refusal::Malformed)?;
        let age_s = now.timestamp() - at;
        if age_s > OLDEST_S {
            return Err(Refusal::TooOld);
        }
        if age_s < -FURTHEST_AHEAD_S {
            return Err(Refusal::InFuture);
        }
        let macs = secrets
            .iter()
            .filter(|secret| !secret.expose().is_empty())
            .map(|secret| {
                let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
                    .expect("HMAC takes a key of any length");
                mac.update(time.as_bytes());
                mac.update(b".");
                mac
            })
            .collect();
        Ok(Self {
            macs,
            expected: expected.to_owned(),
            age_s,
        })
    }

    /// How old the signature is, in seconds; whether retries are signed anew is not documented.
    #[must_use]
    pub fn age_s(&self) -> i64 {
        self.age_s
    }

    pub fn update(&mut self, piece: &[u8]) {
        for mac in &mut self.macs {
            mac.update(piece);
        }
    }

    /// The verdict over all that was fed.
    pub fn finish(self) -> Result<(), Refusal> {
        let mut genuine = false;
        for mac in self.macs {
            // Compared as text: the vendor sends lower case, and only that is taken.
            let actual = hex::encode(mac.finalize().into_bytes());
            genuine |= bool::from(actual.as_bytes().ct_eq(self.expected.as_bytes()));
        }
        if genuine {
            Ok(())
        } else {
            Err(Refusal::Forged)
        }
    }
}

/// The header that the vendor would send.
#[must_use]
pub fn sign(secret: &Secret, at: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(at.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    format!("t={at},v0={}", hex::encode(mac.finalize().into_bytes()))
}

/// Time and hash; parts of other schemes are ignored, blanks are not trimmed.
fn parts(header: &str) -> Option<(&str, &str)> {
    let mut time = None;
    let mut hash = None;
    for part in header.split(',') {
        let repeated = if let Some(value) = part.strip_prefix("t=") {
            time.replace(value).is_some()
        } else if let Some(value) = part.strip_prefix("v0=") {
            hash.replace(value).is_some()
        } else {
            false
        };
        if repeated {
            return None;
        }
    }
    Some((time?, hash?))
}
