//! The carriers' clients against answers that no twin gives: cut off, wrong, hostile.

use std::time::Duration;

use chassis::config::Secret;
use notification_service::domain::carrier::{ErrorClass, SendOutcome};
use notification_service::provider::mailgun::{self, Mailgun};
use notification_service::provider::twilio::{self, Say, Twilio};
use wiremock::matchers::{any, body_string_contains, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const ACCOUNT: &str = "ACa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1";

fn twilio(server: &MockServer) -> Twilio {
    Twilio {
        base: server.uri().parse().unwrap(),
        account_sid: ACCOUNT.to_owned(),
        key_sid: "SKkey".to_owned(),
        key_secret: Secret::new("secret"),
        limit: Duration::from_millis(500),
        http: chassis::http::client(),
    }
}

fn mailgun(server: &MockServer) -> Mailgun {
    Mailgun {
        base: server.uri().parse().unwrap(),
        domain: "mg.example.com".to_owned(),
        from: "bord <leads@mg.example.com>".to_owned(),
        key: Secret::new("secret"),
        limit: Duration::from_millis(500),
        http: chassis::http::client(),
    }
}

async fn create(twilio: &Twilio) -> SendOutcome {
    twilio
        .create(&twilio::Outgoing {
            whatsapp: false,
            from: "+41798071420",
            to: "+41795530141",
            say: Say::Body("Réf. K7-ABCDE"),
            callback: "https://bord.example/twilio/messages/status?d=1#rc=5&rp=all",
            valid: Duration::from_secs(7_200),
        })
        .await
}

async fn send(mailgun: &Mailgun) -> SendOutcome {
    mailgun
        .send(&mailgun::Outgoing {
            retries: 0,
            delivery_id: uuid::Uuid::nil(),
            to: "a@b.example",
            subject: "Betreff",
            text: "text",
            html: "<p>text</p>",
            traceparent: None,
            valid: Duration::from_secs(7_200),
        })
        .await
}

#[tokio::test]
async fn twilio_gets_what_the_fact_sheet_asks_for() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path(format!(
            "/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
        )))
        // SKkey:secret
        .and(header("authorization", "Basic U0trZXk6c2VjcmV0"))
        .and(body_string_contains(
            "To=%2B41795530141&From=%2B41798071420",
        ))
        .and(body_string_contains("ValidityPeriod=7200"))
        .and(body_string_contains("%23rc%3D5%26rp%3Dall"))
        .respond_with(
            ResponseTemplate::new(201)
                .set_body_string(include_str!("fixtures/message_create_201_from.json")),
        )
        .expect(1)
        .mount(&server)
        .await;
    let accepted = SendOutcome::Accepted {
        carrier_id: "SM5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a".to_owned(),
    };
    assert_eq!(create(&twilio(&server)).await, accepted);
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_ambiguous() {
    for (status, body) in [
        (201, "<html>"),
        (201, "{\"sid\":"),
        (200, ""),
        (500, "oops"),
        (503, "{}"),
    ] {
        let server = MockServer::start().await;
        let reply = ResponseTemplate::new(status).set_body_string(body);
        Mock::given(any()).respond_with(reply).mount(&server).await;
        let sms = create(&twilio(&server)).await;
        assert!(
            matches!(sms, SendOutcome::Ambiguous { .. }),
            "{status} {body}: {sms:?}"
        );
        let mail = send(&mailgun(&server)).await;
        // Mailgun answers 200 and nothing else when it took a mail.
        let refused = matches!(&mail, SendOutcome::Refused(r) if r.class == ErrorClass::Config);
        let ambiguous = matches!(mail, SendOutcome::Ambiguous { .. });
        assert!(
            ambiguous || (status == 201 && refused),
            "{status} {body}: {mail:?}"
        );
    }
}

#[tokio::test]
async fn a_time_out_is_ambiguous_and_a_closed_port_is_not() {
    let server = MockServer::start().await;
    let slow = ResponseTemplate::new(201).set_delay(Duration::from_secs(5));
    Mock::given(any()).respond_with(slow).mount(&server).await;
    let timeout = SendOutcome::Ambiguous {
        reason: "TWILIO_TIMEOUT".to_owned(),
    };
    assert_eq!(create(&twilio(&server)).await, timeout);
    let client = twilio(&server);
    let closed = Twilio {
        base: "http://127.0.0.1:9".parse().unwrap(),
        ..client
    };
    let SendOutcome::Refused(refusal) = create(&closed).await else {
        panic!("not refused")
    };
    assert_eq!(
        (refusal.class, refusal.reason.as_str()),
        (ErrorClass::Retry, "TWILIO_UNREACHABLE")
    );
}

#[tokio::test]
async fn every_error_body_of_the_fact_sheets_is_classed() {
    let samples: serde_json::Value =
        serde_json::from_str(include_str!("fixtures/twilio_error_bodies.json")).unwrap();
    for case in samples["cases"].as_array().unwrap() {
        let server = MockServer::start().await;
        let status = u16::try_from(case["http_status"].as_u64().unwrap()).unwrap();
        let reply = ResponseTemplate::new(status).set_body_json(&case["body"]);
        Mock::given(any()).respond_with(reply).mount(&server).await;
        let outcome = create(&twilio(&server)).await;
        let class = case["class"].as_str().unwrap();
        use ErrorClass as C;
        let expected = match class {
            "permanent: number invalid" | "permanent for SMS" => C::Address,
            "permanent until START" => C::OptedOut,
            text if text.starts_with("retry") => C::Retry,
            text if text.starts_with("ambiguous") => C::Ambiguous,
            _ if status == 401 => C::Credentials,
            _ => C::Config,
        };
        assert_eq!(
            class_of(&outcome),
            expected,
            "{status} {class}: {outcome:?}"
        );
    }
    let samples: serde_json::Value =
        serde_json::from_str(include_str!("fixtures/mailgun_errors.json")).unwrap();
    for case in samples["cases"].as_array().unwrap() {
        let server = MockServer::start().await;
        let status = u16::try_from(case["status"].as_u64().unwrap()).unwrap();
        // A bare word or page as it is, an object as JSON.
        let body = case["body"]
            .as_str()
            .map_or_else(|| case["body"].to_string(), str::to_owned);
        let reply = ResponseTemplate::new(status).set_body_string(body);
        Mock::given(any()).respond_with(reply).mount(&server).await;
        let outcome = send(&mailgun(&server)).await;
        use ErrorClass as C;
        let class = case["class"].as_str().unwrap();
        let expected = match (status, class) {
            (401 | 404, _) => C::Credentials,
            (_, text) if text.starts_with("recipient address invalid") => C::Address,
            (429, _) => C::Retry,
            (500.., _) => C::Ambiguous,
            _ => C::Config,
        };
        assert_eq!(
            class_of(&outcome),
            expected,
            "{status} {class}: {outcome:?}"
        );
    }
}

fn class_of(outcome: &SendOutcome) -> ErrorClass {
    match outcome {
        SendOutcome::Refused(refusal) => refusal.class,
        SendOutcome::Ambiguous { .. } => ErrorClass::Ambiguous,
        SendOutcome::Accepted { .. } => panic!("accepted"),
    }
}

#[tokio::test]
async fn a_list_is_read_page_by_page_and_never_from_another_host() {
    let server = MockServer::start().await;
    let elsewhere = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200))
        .expect(0)
        .mount(&elsewhere)
        .await;
    let message = |sid: &str| {
        serde_json::json!({
            "sid": sid, "status": "delivered", "body": "Réf. K7-ABCDE", "error_code": null,
            "date_created": "Sat, 21 Nov 2026 08:33:20 +0000",
        })
    };
    let first = serde_json::json!({
        "messages": [message("SM1")],
        "next_page_uri": format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json?Page=1"),
    });
    let second = serde_json::json!({
        "messages": [message("SM2")], "next_page_uri": format!("{}/steal", elsewhere.uri()),
    });
    Mock::given(wiremock::matchers::query_param("Page", "1"))
        .respond_with(ResponseTemplate::new(200).set_body_json(second))
        .with_priority(1)
        .mount(&server)
        .await;
    Mock::given(wiremock::matchers::query_param(
        "To",
        "whatsapp:+41795530141",
    ))
    .respond_with(ResponseTemplate::new(200).set_body_json(first))
    .mount(&server)
    .await;
    let since = chrono::DateTime::from_timestamp(1_795_250_000, 0).unwrap();
    let listed = twilio(&server)
        .list(true, "+41795530141", since)
        .await
        .unwrap();
    let sids: Vec<&str> = listed.iter().map(|m| m.carrier_id.as_str()).collect();
    assert_eq!(sids, ["SM1", "SM2"]);
    assert_eq!(listed[0].created_us, 1_795_250_000_000_000);
}

#[tokio::test]
async fn mailgun_gets_our_message_id_and_no_tracking() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v3/mg.example.com/messages"))
        // api:secret
        .and(header("authorization", "Basic YXBpOnNlY3JldA=="))
        .and(body_string_contains(
            "<00000000-0000-0000-0000-000000000000@mg.example.com>",
        ))
        .and(body_string_contains("name=\"o:tracking\"\r\n\r\nno\r\n"))
        .and(body_string_contains(
            "name=\"o:deliver-within\"\r\n\r\n2h\r\n",
        ))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_string(include_str!("fixtures/mailgun_send_reply_200.json")),
        )
        .expect(1)
        .mount(&server)
        .await;
    assert!(matches!(
        send(&mailgun(&server)).await,
        SendOutcome::Accepted { .. }
    ));
}

#[test]
fn secrets_are_never_printed() {
    let secret = Secret::new("hunter2");
    assert!(!format!("{secret:?}").contains("hunter2"));
}
