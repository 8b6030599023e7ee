//! A stand-in for the gateway: it carries the twin's callbacks to the service.

use std::collections::HashMap;

use axum::Router;
use axum::extract::{RawForm, RawQuery, State as Shared};
use axum::http::StatusCode;
use axum::routing::post;
use contracts::notification::v1 as wire;
use contracts::notification::v1::notification_service_client::NotificationServiceClient;
use serde_json::Value;
use tonic::{Code, Status};

use super::{Client, channel};

/// Carries the twin's callbacks to the service as the gateway does; signatures are the gateway's
/// own concern.
pub(super) async fn start(service: &str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let client = NotificationServiceClient::new(channel(service));
    let routes = Router::new()
        .route("/twilio/messages/status", post(twilio_status))
        .route("/mailgun/events", post(mailgun_event))
        .with_state(client);
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's server, which ends with its runtime"
    )]
    tokio::spawn(async move { axum::serve(listener, routes).await });
    url
}

async fn twilio_status(
    Shared(mut client): Shared<Client>,
    RawQuery(query): RawQuery,
    RawForm(body): RawForm,
) -> StatusCode {
    let pairs = |text: &[u8]| -> HashMap<String, String> {
        form_urlencoded::parse(text).into_owned().collect()
    };
    let query = pairs(query.unwrap_or_default().as_bytes());
    let form = pairs(&body);
    let get = |name: &str| form.get(name).cloned().unwrap_or_default();
    let report = wire::TwilioReport {
        delivery_id: query.get("d").cloned().unwrap_or_default(),
        message_sid: get("MessageSid"),
        status: get("MessageStatus"),
        error_code: get("ErrorCode").parse().unwrap_or(0),
    };
    let report = wire::record_delivery_report_request::Report::Twilio(report);
    status(
        client
            .record_delivery_report(wire::RecordDeliveryReportRequest {
                report: Some(report),
            })
            .await
            .map(drop),
    )
}

async fn mailgun_event(Shared(mut client): Shared<Client>, body: String) -> StatusCode {
    let body: Value = serde_json::from_str(&body).unwrap();
    let report = mailgun_report(&body);
    status(client.record_delivery_report(report).await.map(drop))
}

/// A webhook body as the gateway hands it on.
pub(crate) fn mailgun_report(body: &Value) -> wire::RecordDeliveryReportRequest {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let event = &body["event-data"];
    let report = wire::MailgunReport {
        token: text(&body["signature"]["token"]),
        event_key: format!("{}:{}", text(&event["id"]), event["timestamp"]),
        event: text(&event["event"]),
        severity: text(&event["severity"]),
        reason: text(&event["reason"]),
        code: event["delivery-status"]["code"].as_i64().unwrap_or(0) as i32,
        message_id: text(&event["message"]["headers"]["message-id"]),
        delivery_id: text(&event["user-variables"]["delivery_id"]),
    };
    let report = wire::record_delivery_report_request::Report::Mailgun(report);
    wire::RecordDeliveryReportRequest {
        report: Some(report),
    }
}

fn status(outcome: Result<(), Status>) -> StatusCode {
    match outcome {
        Ok(()) => StatusCode::OK,
        Err(refused) if refused.code() == Code::FailedPrecondition => StatusCode::NOT_ACCEPTABLE,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
