//! The twin's signatures against the recorded vectors of all three vendors.

use serde_json::Value;
use vendor_twin::signature;

fn vectors(text: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(text).unwrap();
    file["vectors"].as_array().unwrap().clone()
}

fn pairs(body: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect()
}

#[test]
fn twilio_signatures_equal_the_accepted_vectors_of_posted_forms() {
    let mut checked = 0;
    for vector in vectors(include_str!("../../fixtures/twilio_signature_vectors.json")) {
        let (url, body) = (
            vector["url"].as_str().unwrap(),
            vector["body"].as_str().unwrap_or(""),
        );
        let headers = &vector["headers"];
        let form = headers["Content-Type"]
            .as_str()
            .unwrap_or("")
            .contains("form-urlencoded");
        let plain = vector["algorithm"] == "HMAC_SHA1"
            && vector["string_that_was_signed"]
                .as_str()
                .is_some_and(|text| text.starts_with(url));
        if vector["expect"] != "accept" || vector["method"] != "POST" || !form || !plain {
            continue;
        }
        let token = vector["auth_token"].as_str().unwrap();
        let id = &vector["id"];
        assert_eq!(
            signature::twilio(token, url, &pairs(body)),
            headers["X-Twilio-Signature"],
            "{id}"
        );
        checked += 1;
    }
    assert!(checked >= 6, "only {checked} vectors were checked");
}

#[test]
fn twilio_signatures_equal_those_of_every_recorded_form() {
    let file: Value =
        serde_json::from_str(include_str!("../../fixtures/twilio_webhook_requests.json")).unwrap();
    let token = file["auth_token"].as_str().unwrap();
    for request in file["requests"].as_array().unwrap() {
        let form: Vec<(String, String)> = request["params"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect();
        let expected = &request["headers"]["X-Twilio-Signature"];
        let url = request["url"].as_str().unwrap();
        assert_eq!(
            &Value::from(signature::twilio(token, url, &form)),
            expected,
            "{}",
            request["file"]
        );
    }
}

#[test]
fn elevenlabs_headers_equal_the_accepted_vectors() {
    let mut checked = 0;
    for vector in vectors(include_str!(
        "../../fixtures/elevenlabs_signature_vectors.json"
    )) {
        let header = vector["header"].as_str().unwrap_or_default();
        let at = header
            .strip_prefix("t=")
            .and_then(|rest| rest.split(',').next()?.parse().ok());
        let (Some(at), true) = (
            at,
            vector["expect"] == "accept" && header.matches("v0=").count() == 1,
        ) else {
            continue;
        };
        let body = match vector["body"].as_str() {
            Some(text) => text.as_bytes().to_vec(),
            None => include_bytes!("../../fixtures/eleven_post_call_transcription.json").to_vec(),
        };
        let own = signature::elevenlabs(vector["secret"].as_str().unwrap(), at, &body);
        let hash = own.split("v0=").nth(1).unwrap();
        assert!(
            header.contains(hash),
            "{}: {own} against {header}",
            vector["name"]
        );
        checked += 1;
    }
    assert!(checked >= 5, "only {checked} vectors were checked");
}

#[test]
fn mailgun_signatures_equal_the_accepted_vectors() {
    for vector in vectors(include_str!(
        "../../fixtures/mailgun_signature_vectors.json"
    )) {
        if vector["expect"] != "accept" {
            continue;
        }
        let proof = &vector["signature"];
        let text = |value: &Value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        };
        let own = signature::mailgun(
            vector["http_signing_key"].as_str().unwrap(),
            &text(&proof["timestamp"]),
            &text(&proof["token"]),
        );
        assert_eq!(own, proof["signature"], "{}", vector["id"]);
    }
}
