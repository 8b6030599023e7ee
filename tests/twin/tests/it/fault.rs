//! Faults: each kind does what it says, is counted, and leaves its mark in the ledger.

use std::time::Duration;

use serde_json::{Value, json};
use vendor_twin::{Fault, FaultKind, TwinConfig, Vendor};

use crate::support::{Bord, GOOD_PROMPT, PUBLIC, http};

async fn send(bord: &Bord) -> Result<(u16, Value), reqwest::Error> {
    let config = bord.twin.config();
    let url = format!(
        "{}/2010-04-01/Accounts/{}/Messages.json",
        bord.twin.url(),
        config.twilio_account_sid
    );
    let callback = format!("{PUBLIC}/twilio/messages/status");
    let reply = http()
        .post(url)
        .timeout(Duration::from_millis(400))
        .basic_auth(&config.twilio_account_sid, Some(&config.twilio_auth_token))
        .form(&[
            ("To", "+41790000077"),
            ("From", "+41315550142"),
            ("Body", "x"),
            ("StatusCallback", &callback),
        ])
        .send()
        .await?;
    let status = reply.status().as_u16();
    Ok((
        status,
        serde_json::from_str(&reply.text().await?).unwrap_or_default(),
    ))
}

fn twilio(kind: FaultKind) -> Fault {
    Fault::once(Vendor::Twilio, "messages.create", kind)
}

#[tokio::test]
async fn refused_requests_are_not_processed_and_accepted_ones_are_in_the_ledger() {
    let bord = Bord::start(TwinConfig::default()).await;
    // (fault, status that the client sees, whether the message exists)
    for (kind, seen, accepted) in [
        (
            FaultKind::TooManyRequests {
                retry_after: Some(2),
            },
            Some(429),
            false,
        ),
        (FaultKind::ServerError { status: 500 }, Some(500), false),
        (FaultKind::Unauthorized, Some(401), false),
        (FaultKind::Html { status: 502 }, Some(502), false),
        (FaultKind::Reset, None, false),
        (FaultKind::Refuse, None, false),
        (FaultKind::Hang, None, false),
        (FaultKind::AcceptThenHang, None, true),
        (FaultKind::AcceptThenReset, None, true),
        (FaultKind::AcceptThenError { status: 503 }, Some(503), true),
        (FaultKind::Delay { ms: 50 }, Some(201), true),
        (
            FaultKind::Reject {
                status: 400,
                code: 21611,
                message: String::new(),
            },
            Some(400),
            false,
        ),
    ] {
        bord.twin.reset();
        let number = bord.twin.fault(twilio(kind.clone()));
        let reply = send(&bord).await;
        assert_eq!(
            reply.as_ref().ok().map(|(status, _)| *status),
            seen,
            "{kind:?}"
        );
        assert_eq!(bord.twin.fired(number), 1, "{kind:?}");
        assert_eq!(
            bord.twin.messages().len(),
            usize::from(accepted),
            "{kind:?}"
        );
        let marks: Vec<_> = bord
            .twin
            .ledger()
            .into_iter()
            .map(|entry| entry.fault)
            .collect();
        assert_eq!(
            marks,
            if accepted {
                vec![Some(kind.name())]
            } else {
                vec![]
            },
            "{kind:?}"
        );
        assert_eq!(send(&bord).await.unwrap().0, 201, "the fault fires once");
    }
}

#[tokio::test]
async fn a_429_carries_retry_after_only_when_told_to() {
    let bord = Bord::start(TwinConfig::default()).await;
    let url = format!("{}/v1/convai/agents", bord.twin.url());
    for after in [None, Some(7)] {
        bord.twin.fault(Fault::once(
            Vendor::Elevenlabs,
            "agents.list",
            FaultKind::TooManyRequests { retry_after: after },
        ));
        let key = &bord.twin.config().elevenlabs_api_key;
        let reply = http()
            .get(&url)
            .header("xi-api-key", key)
            .send()
            .await
            .unwrap();
        assert_eq!(reply.status(), 429);
        let given = reply
            .headers()
            .get("retry-after")
            .map(|v| v.to_str().unwrap().to_owned());
        assert_eq!(given, after.map(|seconds| seconds.to_string()));
        let body: Value = reply.json().await.unwrap();
        assert_eq!(body["detail"]["type"], "rate_limit_error");
    }
}

#[tokio::test]
async fn a_closed_port_refuses_connections_and_opens_again() {
    let bord = Bord::start(TwinConfig::default()).await;
    bord.twin.refuse_connections(true);
    let mut refused = false;
    for _ in 0..100 {
        if send(&bord).await.is_err_and(|error| error.is_connect()) {
            refused = true;
            break;
        }
    }
    assert!(refused);
    bord.twin.refuse_connections(false);
    let mut back = false;
    for _ in 0..100 {
        if send(&bord).await.is_ok() {
            back = true;
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(back);
}

#[tokio::test]
async fn status_callbacks_are_lost_doubled_and_reordered_on_demand() {
    for (kind, states) in [
        (FaultKind::Lost, vec!["delivered"]),
        (FaultKind::Doubled, vec!["sent", "sent", "delivered"]),
        (FaultKind::Reordered, vec!["delivered", "sent"]),
        (FaultKind::Late { ms: 30 }, vec!["sent", "delivered"]),
    ] {
        let bord = Bord::start(TwinConfig::default()).await;
        let fault = Fault::once(Vendor::Twilio, "webhook.message_status", kind.clone());
        bord.twin.fault(fault.matching("MessageStatus=sent"));
        send(&bord).await.unwrap();
        let got = bord.wait("/twilio/messages/status", states.len()).await;
        let seen: Vec<_> = got
            .iter()
            .map(|r| r.form("MessageStatus").unwrap())
            .collect();
        assert_eq!(seen, states, "{kind:?}");
        assert_eq!(bord.twin.faults_fired().len(), 1);
    }
}

#[tokio::test]
async fn the_admin_endpoints_set_faults_place_calls_and_show_what_was_accepted() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let url = bord.twin.url();
    let post = async |path: &str, body: Value| -> Value {
        let reply = http()
            .post(format!("{url}{path}"))
            .json(&body)
            .send()
            .await
            .unwrap();
        assert_eq!(reply.status(), 200, "{path}");
        reply.json().await.unwrap()
    };
    let get = async |path: &str| -> Value {
        http()
            .get(format!("{url}{path}"))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    };
    post(
        "/admin/faults",
        json!({"vendor": "twilio", "operation": "messages.create",
        "kind": "accept_then_error", "times": 1}),
    )
    .await;
    assert_eq!(send(&bord).await.unwrap().0, 500);
    let faults = get("/admin/faults").await;
    assert_eq!(
        (&faults["faults"][0]["fired"], &faults["fired"][0]["kind"]),
        (&json!(1), &json!("accept_then_error"))
    );
    assert_eq!(
        get("/admin/state").await["ledger"][0]["fault"],
        "accept_then_error"
    );
    let outcome = post(
        "/admin/calls",
        json!({"from": "+41790000042", "to": "+41225394512",
        "scenario": "plumbing-french"}),
    )
    .await;
    assert_eq!(outcome["tool_calls"].as_array().unwrap().len(), 1);
    let outcome = post(
        "/admin/calls",
        json!({"from": "+41790000042", "to": "+41225394512",
        "scenario": {"need": {"service": "fuite", "location": "Lancy"}}}),
    )
    .await;
    assert_eq!(outcome["tool_calls"][0]["request"]["location"], "Lancy");
    post(
        "/admin/replies",
        json!({"from": "+41790000077", "to": "+41315550142", "body": "OUI"}),
    )
    .await;
    assert_eq!(bord.got("/twilio/messages/inbound").len(), 1);
    post(
        "/admin/numbers",
        json!({"number": "+41790000077", "behaviour": "landline"}),
    )
    .await;
    assert_eq!(send(&bord).await.unwrap().1["code"], 21614);
    post("/admin/reset", json!({})).await;
    assert!(bord.twin.messages().is_empty() && bord.twin.agents().is_empty());
}
