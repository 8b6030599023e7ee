//! `X-Twilio-Signature`: proof that Twilio sent a request, over its public URL and its form.
//!
//! The URL is the configured public base plus the raw path and query, never the Host header. Twilio
//! signs some URLs with their port and some without, so both are tried (twilio.md section 2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chassis::config::Secret;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::form::Form;

/// What may have signed a request: auth tokens (old and new during a rotation), and shared keys.
///
/// bord configures no shared key, so a request that names one is refused.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    pub auth_tokens: Vec<Secret>,
    pub shared: Vec<SharedKey>,
}

/// A key of Twilio's webhook configuration, named by the request that it signed.
#[derive(Debug, Clone)]
pub struct SharedKey {
    pub id: String,
    pub algorithm: Algorithm,
    pub secret: Secret,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    HmacSha1,
    HmacSha256,
}

impl Algorithm {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "HMAC_SHA1" => Some(Self::HmacSha1),
            "HMAC_SHA256" => Some(Self::HmacSha256),
            _ => None,
        }
    }
}

/// The part of a request's content that the signature covers.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// A GET, or a request without a body: the URL says it all.
    Url,
    /// A POST of a form: its pairs are appended to the URL.
    Form(&'a Form),
    /// Any other body: the URL carries its SHA-256 as `bodySHA256`.
    Raw(&'a [u8]),
}

/// Whether one of `keys` signed the request for `url`.
///
/// `settings` is the header `X-Twilio-Webhooks-Signature-Settings`; it chooses the key, and only
/// among those configured, with the algorithm that was configured for it.
#[must_use]
pub fn verify(
    keys: &Keys,
    url: &str,
    content: Content<'_>,
    signature: &str,
    settings: Option<&str>,
) -> bool {
    if signature.is_empty() {
        return false;
    }
    if let Content::Raw(body) = content
        && !body_hash_matches(url, body)
    {
        return false;
    }
    let shared;
    let (algorithm, secrets): (_, Vec<&Secret>) = match settings {
        None => (Algorithm::HmacSha1, keys.auth_tokens.iter().collect()),
        Some(settings) => {
            shared = named_key(keys, settings);
            let Some(key) = shared else { return false };
            (key.algorithm, vec![&key.secret])
        }
    };
    let urls = with_and_without_port(url);
    let pairs = match content {
        Content::Form(form) => form.signed_pairs(),
        Content::Url | Content::Raw(_) => Vec::new(),
    };
    // Every candidate is computed, so that the time does not tell which one was near.
    let mut genuine = false;
    for secret in secrets {
        if secret.expose().is_empty() {
            continue;
        }
        for url in &urls {
            let expected = sign(algorithm, secret, url, &pairs);
            genuine |= bool::from(expected.as_bytes().ct_eq(signature.as_bytes()));
        }
    }
    genuine
}

/// The signature that Twilio would send.
#[must_use]
pub fn sign(algorithm: Algorithm, secret: &Secret, url: &str, pairs: &[(&[u8], &[u8])]) -> String {
    let key = secret.expose().as_bytes();
    let pieces = std::iter::once(url.as_bytes())
        .chain(pairs.iter().flat_map(|(name, value)| [*name, *value]));
    match algorithm {
        Algorithm::HmacSha1 => {
            let mut mac =
                Hmac::<Sha1>::new_from_slice(key).expect("HMAC takes a key of any length");
            pieces.for_each(|piece| mac.update(piece));
            BASE64.encode(mac.finalize().into_bytes())
        }
        Algorithm::HmacSha256 => {
            let mut mac =
                Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
            pieces.for_each(|piece| mac.update(piece));
            BASE64.encode(mac.finalize().into_bytes())
        }
    }
}

fn named_key<'a>(keys: &'a Keys, settings: &str) -> Option<&'a SharedKey> {
    let part = |name: &str| {
        settings
            .split(',')
            .find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
    };
    let id = part("key")?;
    let algorithm = Algorithm::parse(part("algorithm")?)?;
    keys.shared
        .iter()
        .find(|key| key.id == id && key.algorithm == algorithm)
}

fn body_hash_matches(url: &str, body: &[u8]) -> bool {
    let Some((_, query)) = url.split_once('?') else {
        return false;
    };
    let stated = super::form::query_value(Some(query), "bodySHA256");
    let actual = hex::encode(Sha256::digest(body));
    actual.as_bytes().ct_eq(stated.as_bytes()).into()
}

/// The URL without a port and the URL with one: its own, or the scheme's.
fn with_and_without_port(url: &str) -> [String; 2] {
    let Some((scheme, rest)) = url.split_once("://") else {
        return [url.to_owned(), url.to_owned()];
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    // A colon inside an IPv6 address is no port.
    let after_host = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    let port = authority[after_host..]
        .rfind(':')
        .map(|colon| after_host + colon);
    let (host, port) = match port {
        Some(colon) => (&authority[..colon], &authority[colon + 1..]),
        None if matches!(scheme, "https" | "wss") => (authority, "443"),
        None => (authority, "80"),
    };
    [
        format!("{scheme}://{host}{tail}"),
        format!("{scheme}://{host}:{port}{tail}"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_tried_with_and_without_its_port() {
        let both = |url| with_and_without_port(url);
        assert_eq!(
            both("https://a.ch/x?y"),
            ["https://a.ch/x?y", "https://a.ch:443/x?y"]
        );
        assert_eq!(
            both("https://a.ch:8443"),
            ["https://a.ch", "https://a.ch:8443"]
        );
        assert_eq!(
            both("http://[::1]/x"),
            ["http://[::1]/x", "http://[::1]:80/x"]
        );
        assert_eq!(
            both("http://[::1]:9/x"),
            ["http://[::1]/x", "http://[::1]:9/x"]
        );
        assert_eq!(both("no url"), ["no url", "no url"]);
    }

    #[test]
    fn a_request_signed_with_the_old_or_the_new_token_is_genuine() {
        let form = Form::decode(b"CallSid=CA1").unwrap();
        let keys = Keys {
            auth_tokens: vec![Secret::new("new"), Secret::new("old")],
            shared: Vec::new(),
        };
        for token in ["old", "new", "other", ""] {
            let signature = sign(
                Algorithm::HmacSha1,
                &Secret::new(token),
                "https://a.ch/x",
                &form.signed_pairs(),
            );
            let genuine = verify(
                &keys,
                "https://a.ch/x",
                Content::Form(&form),
                &signature,
                None,
            );
            assert_eq!(genuine, token == "old" || token == "new", "{token}");
        }
    }

    #[test]
    fn without_a_token_nothing_is_genuine() {
        let keys = Keys {
            auth_tokens: vec![Secret::new("")],
            shared: Vec::new(),
        };
        let signature = sign(Algorithm::HmacSha1, &Secret::new(""), "https://a.ch/", &[]);
        assert!(!verify(
            &keys,
            "https://a.ch/",
            Content::Url,
            &signature,
            None
        ));
    }
}
