//! Twilio's side of the twin: calls, recordings, messages on SMS and WhatsApp, templates, numbers
//! and Lookup, on the paths and with the replies of the 2010-04-01 API and its younger siblings.

mod calls;
mod content;
mod delivery;
mod inbound;
mod lookup;
mod messages;
mod model;
mod numbers;
mod paging;

use std::collections::{HashMap, HashSet};

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use http::{StatusCode, header};
use serde_json::json;

pub use delivery::Behaviour;
pub use inbound::Reply;
pub(crate) use inbound::{press, reply};
pub use model::{Call, Message, Number, Recording};
pub(crate) use numbers::fresh;

use crate::faults::Vendor;
use crate::hub::Shared;

#[derive(Default)]
pub(crate) struct Store {
    pub(crate) messages: Vec<Message>,
    pub(crate) calls: Vec<Call>,
    pub(crate) recordings: Vec<Recording>,
    pub(crate) numbers: Vec<Number>,
    pub(crate) contents: HashMap<String, content::Content>,
    pub(crate) behaviours: HashMap<String, Behaviour>,
    /// Recipients that said STOP.
    pub(crate) opted_out: HashSet<String>,
    /// When a WhatsApp user last wrote to a sender: what opens the 24 h window.
    pub(crate) windows: HashMap<(String, String), DateTime<Utc>>,
    pub(crate) requests: Vec<(Vendor, String)>,
}

pub(crate) fn routes() -> Router<Shared> {
    let account = Router::new()
        .route("/Messages.json", get(messages::list).post(messages::create))
        .route(
            "/Messages/{sid}",
            get(messages::fetch)
                .post(messages::update)
                .delete(messages::delete),
        )
        .route("/Calls.json", get(calls::list))
        .route(
            "/Calls/{sid}",
            get(calls::fetch).post(calls::update).delete(calls::delete),
        )
        .route(
            "/Calls/{sid}/Recordings.json",
            get(calls::recordings_of_call),
        )
        .route("/Recordings.json", get(calls::recordings))
        .route(
            "/Recordings/{sid}",
            get(calls::recording).delete(calls::delete_recording),
        )
        .route(
            "/AvailablePhoneNumbers/{country}/{kind}",
            get(numbers::search),
        )
        .route(
            "/IncomingPhoneNumbers.json",
            get(numbers::list).post(numbers::buy),
        )
        .route(
            "/IncomingPhoneNumbers/{sid}",
            get(numbers::fetch)
                .post(numbers::update)
                .delete(numbers::release),
        );
    Router::new()
        .nest("/2010-04-01/Accounts/{account}", account)
        .route("/v1/Content", get(content::list).post(content::create))
        .route("/v1/ContentAndApprovals", get(content::list_with_approvals))
        .route(
            "/v1/Content/{sid}",
            get(content::fetch).delete(content::delete),
        )
        .route("/v1/Content/{sid}/ApprovalRequests", get(content::approval))
        .route(
            "/v1/Content/{sid}/ApprovalRequests/whatsapp",
            post(content::submit),
        )
        .route("/v2/PhoneNumbers/{number}", get(lookup::lookup))
}

/// An error in the form of the 2010-04-01 API; the message is the dictionary's where none is given.
pub(crate) fn error(status: u16, code: u32, message: &str) -> Response {
    let message = if message.is_empty() {
        delivery::title(code)
    } else {
        message
    };
    let mut body = json!({
        "code": code,
        "message": message,
        "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
        "status": status,
    });
    if code == 20003 {
        body["detail"] = json!("Your AccountSid or AuthToken was incorrect.");
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (
        status,
        [(header::CONTENT_TYPE, "application/json")],
        body.to_string(),
    )
        .into_response()
}

pub(crate) fn not_found(path: &str) -> Response {
    error(
        404,
        20404,
        &format!("The requested resource {path} was not found"),
    )
}

/// `SM….json` as it stands in a path.
fn bare(sid: &str) -> &str {
    sid.trim_end_matches(".json")
}

/// The address without its channel.
pub(crate) fn e164(address: &str) -> &str {
    address.strip_prefix("whatsapp:").unwrap_or(address)
}

/// The country of a number, as far as the sample markets go: what Twilio puts into `FromCountry`.
pub(crate) fn country_of(number: &str) -> &'static str {
    let number = e164(number);
    [
        ("+41", "CH"),
        ("+62", "ID"),
        ("+33", "FR"),
        ("+49", "DE"),
        ("+39", "IT"),
        ("+34", "ES"),
        ("+44", "GB"),
        ("+43", "AT"),
        ("+32", "BE"),
        ("+31", "NL"),
        ("+351", "PT"),
        ("+61", "AU"),
        ("+65", "SG"),
        ("+66", "TH"),
        ("+52", "MX"),
        ("+1", "US"),
    ]
    .into_iter()
    .find(|(prefix, _)| number.starts_with(prefix))
    .map_or("", |(_, country)| country)
}
