//! Signed, expiring tokens: links that people open and proofs that travel with a call.
//!
//! `base64url(payload).base64url(HMAC-SHA256)`. The purpose is signed with the payload, so a token
//! made for one use opens nothing else. The payload can be read by anybody: ids only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::config::Secret;

#[derive(Serialize, Deserialize)]
struct Payload<C> {
    c: C,
    /// Expiry in seconds since the epoch.
    e: i64,
}

/// Why a token opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    #[error("the token is not one of ours")]
    Forged,
    #[error("the token has expired")]
    Expired,
    #[error("the token does not carry what this use needs")]
    Unreadable,
}

/// Signs `claims` for `purpose` until `expire_time`.
pub fn sign<C: Serialize>(
    secret: &Secret,
    purpose: &str,
    claims: &C,
    expire_time: DateTime<Utc>,
) -> String {
    let payload = Payload {
        c: claims,
        e: expire_time.timestamp(),
    };
    let payload = serde_json::to_vec(&payload).expect("claims are plain data with string keys");
    let payload = BASE64.encode(payload);
    let signature = mac(secret, purpose, &payload).finalize().into_bytes();
    format!("{payload}.{}", BASE64.encode(signature))
}

/// The claims of a token that one of `secrets` signed for `purpose` and that is still good at `now`.
///
/// The signature is checked, in constant time, before anything is parsed.
pub fn verify<C: DeserializeOwned>(
    secrets: &[Secret],
    purpose: &str,
    token: &str,
    now: DateTime<Utc>,
) -> Result<C, Invalid> {
    let (payload, signature) = token.split_once('.').ok_or(Invalid::Forged)?;
    let signature = BASE64.decode(signature).map_err(|_| Invalid::Forged)?;
    let genuine = secrets.iter().any(|secret| {
        mac(secret, purpose, payload)
            .verify_slice(&signature)
            .is_ok()
    });
    if !genuine {
        return Err(Invalid::Forged);
    }
    let payload = BASE64.decode(payload).map_err(|_| Invalid::Unreadable)?;
    let payload: Payload<C> = serde_json::from_slice(&payload).map_err(|_| Invalid::Unreadable)?;
    if now.timestamp() >= payload.e {
        Err(Invalid::Expired)
    } else {
        Ok(payload.c)
    }
}

fn mac(secret: &Secret, purpose: &str, payload: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
        .expect("HMAC takes a key of any length");
    // A zero byte cannot occur in the payload, so purpose and payload cannot run into each other.
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(payload.as_bytes());
    mac
}
