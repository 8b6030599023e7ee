//! The message webhooks: what became of a message of ours, and messages that people send us.

use axum::extract::{Request, State};
use axum::response::Response;
use contracts::lead::v1::RecordReplyRequest;
use contracts::notification::v1::record_delivery_report_request::Report;
use contracts::notification::v1::{RecordDeliveryReportRequest, TwilioReport};

use crate::Gateway;
use crate::clients::{self, CALLBACK_LIMIT};
use crate::edge;
use crate::problem::Problem;
use crate::twilio::form::query_value;
use crate::twilio::{Signed, twiml};

/// `POST /twilio/messages/status?d=DELIVERY&t=TRACEPARENT`: a status callback. The delivery's id in
/// our own signed URL proves that the carrier accepted it (B7).
pub async fn status(State(gateway): State<Gateway>, request: Request) -> Result<Response, Problem> {
    let points = &gateway.crash_points;
    let Signed { form, query } = gateway.twilio.check_passing(request, points).await?;
    let query = query.as_deref();
    let mut fields = form.fields();
    let report = TwilioReport {
        delivery_id: query_value(query, "d"),
        message_sid: fields.required("MessageSid"),
        status: fields.required("MessageStatus"),
        error_code: fields.number("ErrorCode").unwrap_or(0),
    };
    fields.finish()?;
    edge::resume(&query_value(query, "t"));
    let request = RecordDeliveryReportRequest {
        report: Some(Report::Twilio(report)),
    };
    let mut notifications = gateway.clients.notifications.clone();
    points.pass("gateway.before_rpc").await?;
    clients::within(
        CALLBACK_LIMIT,
        notifications.record_delivery_report(request),
    )
    .await?;
    points.pass("gateway.after_rpc").await?;
    Ok(edge::taken())
}

/// `POST /twilio/messages/inbound`: somebody wrote to one of our numbers. An empty document sends
/// nothing back, which would cost money.
pub async fn inbound(
    State(gateway): State<Gateway>,
    request: Request,
) -> Result<Response, Problem> {
    let points = &gateway.crash_points;
    let Signed { form, .. } = gateway.twilio.check_passing(request, points).await?;
    let mut fields = form.fields();
    let message_sid = fields.required("MessageSid");
    let (channel, from) = address(&fields.required("From"));
    let (_, to) = address(&fields.required("To"));
    let request = RecordReplyRequest {
        message_sid,
        from,
        to,
        channel: channel.to_owned(),
        body: fields.text("Body"),
        button_payload: fields.text("ButtonPayload"),
        opt_out_type: fields.text("OptOutType"),
    };
    fields.finish()?;
    let mut leads = gateway.clients.leads.clone();
    points.pass("gateway.before_rpc").await?;
    clients::within(CALLBACK_LIMIT, leads.record_reply(request)).await?;
    points.pass("gateway.after_rpc").await?;
    Ok(twiml::answer(twiml::empty()))
}

fn address(sent: &str) -> (&'static str, String) {
    match sent.strip_prefix("whatsapp:") {
        Some(number) => ("whatsapp", number.to_owned()),
        None => ("sms", sent.to_owned()),
    }
}
