//! How each vendor proves that a webhook is its own: Twilio's HMAC-SHA1 over URL and sorted
//! form, ElevenLabs' HMAC-SHA256 over time and raw body, Mailgun's over timestamp and token.
//! Checked against the recorded vectors in `fixtures/`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;

/// Twilio's `X-Twilio-Signature`: the URL without fragment and user, then names and values
/// sorted by name (repeated values de-duplicated and sorted), with no separator.
pub fn twilio(auth_token: &str, url: &str, form: &[(String, String)]) -> String {
    let mut text = url.split('#').next().unwrap_or_default().to_owned();
    let mut pairs: Vec<&(String, String)> = form.iter().collect();
    pairs.sort();
    pairs.dedup();
    for (name, value) in pairs {
        text.push_str(name);
        text.push_str(value);
    }
    let mut mac = Hmac::<Sha1>::new_from_slice(auth_token.as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// ElevenLabs' `ElevenLabs-Signature` header for a raw body at a Unix time.
pub fn elevenlabs(secret: &str, unix: i64, body: &[u8]) -> String {
    let mut mac = sha256(secret);
    mac.update(format!("{unix}.").as_bytes());
    mac.update(body);
    format!("t={unix},v0={}", hex::encode(mac.finalize().into_bytes()))
}

/// Mailgun's signature over `timestamp` and `token`.
pub fn mailgun(signing_key: &str, timestamp: &str, token: &str) -> String {
    let mut mac = sha256(signing_key);
    mac.update(timestamp.as_bytes());
    mac.update(token.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

fn sha256(key: &str) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length")
}
