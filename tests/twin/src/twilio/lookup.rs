//! Lookup v2: 200 for valid and invalid numbers alike; the line type follows the behaviour that
//! the twin was given for the number, else the country's own numbering.

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::country_of;
use super::delivery::Behaviour;
use super::paging::Query;
use crate::hub::Shared;

pub(super) async fn lookup(
    State(hub): State<Shared>,
    OriginalUri(uri): OriginalUri,
    Path(number): Path<String>,
) -> Response {
    let query = Query::parse(uri.query());
    let fields = query.get("Fields").unwrap_or_default();
    let url = format!("https://lookups.twilio.com/v2/PhoneNumbers/{number}");
    let known = hub.world().twilio.behaviours.get(&number).copied();
    let digits = number.trim_start_matches('+').len();
    if known == Some(Behaviour::Invalid) || !(9..=15).contains(&digits) {
        let fault = if digits > 15 { "TOO_LONG" } else { "TOO_SHORT" };
        return Json(json!({
            "calling_country_code": null, "country_code": null, "phone_number": number,
            "national_format": null, "valid": false, "validation_errors": [fault],
            "line_type_intelligence": null, "url": url,
        }))
        .into_response();
    }
    let country = country_of(&number);
    let calling = match country {
        "CH" => "41",
        "ID" => "62",
        "FR" => "33",
        "DE" => "49",
        "IT" => "39",
        "ES" => "34",
        "GB" => "44",
        "AT" => "43",
        "US" => "1",
        _ => "",
    };
    let kind = line_type(&number, known);
    let mobile = kind == "mobile";
    let intelligence = fields.contains("line_type_intelligence").then(|| {
        json!({
            "carrier_name": if country == "CH" { "Swisscom (Switzerland) Ltd" } else { "Carrier" },
            "error_code": null,
            "mobile_country_code": mobile.then_some(if country == "CH" { "228" } else { "510" }),
            "mobile_network_code": mobile.then_some("01"),
            "type": kind,
        })
    });
    let national = number.get(calling.len() + 1..).unwrap_or_default();
    let suffix = if fields.is_empty() {
        String::new()
    } else {
        format!("?Fields={fields}")
    };
    Json(json!({
        "calling_country_code": calling,
        "country_code": country,
        "phone_number": number,
        "national_format": format!("0{national}"),
        "valid": true,
        "validation_errors": [],
        "caller_name": null, "sim_swap": null, "call_forwarding": null, "line_status": null,
        "line_type_intelligence": intelligence.unwrap_or(Value::Null),
        "identity_match": null, "reassigned_number": null, "sms_pumping_risk": null,
        "phone_number_quality_score": null, "pre_fill": null,
        "url": format!("{url}{suffix}"),
    }))
    .into_response()
}

fn line_type(number: &str, known: Option<Behaviour>) -> &'static str {
    match known {
        Some(Behaviour::Landline | Behaviour::LandlineFine | Behaviour::LandlineCarrier30006) => {
            return "landline";
        }
        Some(Behaviour::Premium) => return "premium",
        _ => {}
    }
    let mobile: &[&str] = &[
        "+417", "+628", "+336", "+337", "+491", "+393", "+346", "+347", "+447",
    ];
    let bound = ["+41", "+62", "+33", "+49", "+39", "+34", "+44"];
    if bound.iter().any(|p| number.starts_with(p)) && !mobile.iter().any(|p| number.starts_with(p))
    {
        "landline"
    } else {
        "mobile"
    }
}
