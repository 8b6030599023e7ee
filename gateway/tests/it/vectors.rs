//! Every signature vector of the fact sheets gives its verdict.

use chassis::config::Secret;
use chrono::DateTime;
use gateway::elevenlabs::signature::{Check, Refusal};
use gateway::mailgun;
use gateway::twilio::form::Form;
use gateway::twilio::signature::{Algorithm, Content, Keys, SharedKey, verify};
use serde_json::Value;

use crate::world::fixture;

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

#[test]
fn every_twilio_vector_gives_its_verdict() {
    let file: Value = serde_json::from_str(&fixture("twilio/signature_vectors.json")).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 32);
    for vector in vectors {
        let id = text(vector, "id");
        let settings = vector["headers"]["X-Twilio-Webhooks-Signature-Settings"].as_str();
        let secret = Secret::new(text(vector, "auth_token"));
        // A shared key is configured only where the vector speaks of one; bord configures none.
        let shared = settings.map(|settings| SharedKey {
            id: settings.split([',', '=']).nth(1).unwrap().to_owned(),
            algorithm: Algorithm::HmacSha256,
            secret: secret.clone(),
        });
        let keys = Keys {
            auth_tokens: vec![secret],
            shared: shared.into_iter().collect(),
        };
        let body = text(vector, "body");
        let form = Form::decode(body.as_bytes()).unwrap();
        let content = if text(vector, "method") == "GET" {
            Content::Url
        } else if vector["params"].is_null() {
            Content::Raw(body.as_bytes())
        } else {
            let mut fields = form.fields();
            for pair in vector["params"].as_array().unwrap() {
                let name: &'static str = pair[0].as_str().unwrap().to_owned().leak();
                assert!(form.has(name), "{id}: {name} was not decoded");
                assert!(
                    !fields.text(name).is_empty() || pair[1] == "",
                    "{id}: {name} is lost"
                );
            }
            Content::Form(&form)
        };
        let signature = vector["headers"]["X-Twilio-Signature"]
            .as_str()
            .unwrap_or_default();
        let genuine = verify(&keys, text(vector, "url"), content, signature, settings);
        assert_eq!(genuine, text(vector, "expect") == "accept", "{id}");
        // As bord is configured: what names a shared key is refused, whatever it is signed with.
        let ours = Keys {
            auth_tokens: keys.auth_tokens,
            shared: Vec::new(),
        };
        if settings.is_some() {
            assert!(
                !verify(&ours, text(vector, "url"), content, signature, settings),
                "{id}"
            );
        }
    }
}

#[test]
fn every_recorded_twilio_request_is_genuine_and_none_with_a_pair_less() {
    let file: Value = serde_json::from_str(&fixture("twilio/webhook_requests.json")).unwrap();
    let requests = file["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 32);
    let token = Secret::new(text(&file, "auth_token"));
    let keys = Keys {
        auth_tokens: vec![token],
        shared: Vec::new(),
    };
    for request in requests {
        let name = text(request, "file");
        let body = fixture(&format!("twilio/{name}"));
        let body = body.trim_end_matches('\n');
        let signature = text(&request["headers"], "X-Twilio-Signature");
        let genuine = |body: &str| {
            let form = Form::decode(body.as_bytes()).unwrap();
            verify(
                &keys,
                text(request, "url"),
                Content::Form(&form),
                signature,
                None,
            )
        };
        assert!(genuine(body), "{name}");
        let shorter = body.rsplit_once('&').unwrap().0;
        assert!(!genuine(shorter), "{name} without its last pair");
    }
}

#[test]
fn every_elevenlabs_vector_gives_its_verdict() {
    let file: Value = serde_json::from_str(&fixture("elevenlabs/signature_vectors.json")).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 23);
    for vector in vectors {
        let name = text(vector, "name");
        let body = match vector["body_file"].as_str() {
            Some(file) => fixture(&format!("elevenlabs/{file}")),
            None => text(vector, "body").to_owned(),
        };
        let secrets = [Secret::new("another"), Secret::new(text(vector, "secret"))];
        let now = DateTime::from_timestamp(vector["now_unix"].as_i64().unwrap(), 0).unwrap();
        let verdict = Check::start(&secrets, text(vector, "header"), now).and_then(|mut check| {
            // In pieces, as a body arrives.
            body.as_bytes()
                .chunks(7)
                .for_each(|piece| check.update(piece));
            check.finish()
        });
        // Stricter than the SDKs, as the fact sheet allows: no time far ahead, no repeated part.
        let expected = match (name, text(vector, "expect")) {
            ("accept_future_timestamp", _) => Err(Refusal::InFuture),
            (_, "either") => Err(Refusal::Malformed),
            ("reject_too_old", _) => Err(Refusal::TooOld),
            (_, "accept") => Ok(()),
            _ => {
                assert!(verdict.is_err(), "{name}");
                continue;
            }
        };
        assert_eq!(verdict, expected, "{name}");
    }
}

#[test]
fn every_mailgun_vector_gives_its_verdict() {
    let file: Value = serde_json::from_str(&fixture("mailgun/signature_vectors.json")).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 8);
    for vector in vectors {
        let id = text(vector, "id");
        let signed = serde_json::from_value(vector["signature"].clone()).unwrap();
        let now = DateTime::from_timestamp(vector["receiver_clock"].as_i64().unwrap(), 0).unwrap();
        let verdict = |key: &str| {
            let keys = [Secret::new("key-another"), Secret::new(key)];
            mailgun::signature::verify(&keys, &signed, now)
        };
        let key = text(vector, "http_signing_key");
        let genuine = verdict(key).is_ok();
        match text(vector, "expect") {
            "accept" => assert!(genuine, "{id}"),
            // The token is stored by notification-service, which refuses it with another event.
            "reject" if id == "reject-3-replay" => assert!(genuine, "{id}"),
            _ => assert!(!genuine, "{id}"),
        }
        if id == "accept-3-subaccount" {
            assert!(
                verdict("key-55c5c5c5c55f55ca5cd5f55d5c555c55").is_ok(),
                "by the parent's key"
            );
            assert!(verdict("key-of-nobody").is_err());
        }
    }
}
