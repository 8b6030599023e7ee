//! Numbers: the search of those for sale in a country, and those that the account owns with their
//! webhooks. A refusal for want of an address or a bundle is a fault (`reject` 21631, 21649).

use axum::Json;
use axum::extract::{OriginalUri, Path, RawForm, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};

use super::messages::Form;
use super::model::Number;
use super::paging::{Query, page};
use super::{bare, country_of, error, not_found};
use crate::hub::{Shared, now, random_text, rfc2822, sid};

/// Numbers for sale: five for each country and kind, the same at every search until bought.
pub(super) async fn search(
    State(hub): State<Shared>,
    OriginalUri(uri): OriginalUri,
    Path((account, country, kind)): Path<(String, String, String)>,
) -> Response {
    let query = Query::parse(uri.query());
    let kind = bare(&kind).to_owned();
    let (prefix, place) = match (country.as_str(), kind.as_str()) {
        ("CH", "Mobile") => ("+4179", ""),
        ("CH", _) => ("+4122", "Geneva"),
        ("ID", "Mobile") => ("+62812", ""),
        ("ID", _) => ("+62361", "Denpasar"),
        ("FR", _) => ("+33450", "Annemasse"),
        ("DE", _) => ("+49761", "Freiburg"),
        ("IT", _) => ("+39031", "Como"),
        ("ES", _) => ("+34931", "Barcelona"),
        ("GB", _) => ("+44203", "London"),
        ("US", _) => ("+1415", "San Francisco"),
        _ => return not_found(uri.path()),
    };
    let owned: Vec<String> = hub
        .world()
        .twilio
        .numbers
        .iter()
        .map(|n| n.phone_number.clone())
        .collect();
    let contains = query.get("Contains").unwrap_or_default().replace('*', "");
    let mobile = kind == "Mobile";
    let rows: Vec<Value> = (0..5)
        .map(|index| format!("{prefix}55501{index:02}"))
        .filter(|number| !owned.contains(number) && number.contains(&contains))
        .map(|number| {
            json!({
                "friendly_name": number, "phone_number": number, "lata": null, "locality": place,
                "rate_center": null, "latitude": null, "longitude": null, "region": null,
                "postal_code": null, "iso_country": country,
                "address_requirements": if country == "US" { "none" } else { "local" },
                "beta": false,
                "capabilities": {"voice": true, "sms": mobile || country == "US", "mms": false, "fax": false},
            })
        })
        .collect();
    let path =
        format!("/2010-04-01/Accounts/{account}/AvailablePhoneNumbers/{country}/{kind}.json");
    Json(json!({"available_phone_numbers": rows, "uri": path})).into_response()
}

/// The fields of the API's form and of its reply.
const SETTABLE: [(&str, &str); 18] = [
    ("FriendlyName", "friendly_name"),
    ("VoiceUrl", "voice_url"),
    ("VoiceMethod", "voice_method"),
    ("VoiceFallbackUrl", "voice_fallback_url"),
    ("VoiceFallbackMethod", "voice_fallback_method"),
    ("VoiceApplicationSid", "voice_application_sid"),
    ("VoiceReceiveMode", "voice_receive_mode"),
    ("StatusCallback", "status_callback"),
    ("StatusCallbackMethod", "status_callback_method"),
    ("SmsUrl", "sms_url"),
    ("SmsMethod", "sms_method"),
    ("SmsFallbackUrl", "sms_fallback_url"),
    ("SmsFallbackMethod", "sms_fallback_method"),
    ("SmsApplicationSid", "sms_application_sid"),
    ("TrunkSid", "trunk_sid"),
    ("AddressSid", "address_sid"),
    ("BundleSid", "bundle_sid"),
    ("IdentitySid", "identity_sid"),
];

/// A number of the account as the API shows it, with nothing configured.
pub(crate) fn fresh(account: &str, phone_number: &str) -> Number {
    let sid = sid("PN");
    let at = rfc2822(now());
    let mobile = ["+417", "+628", "+1"]
        .iter()
        .any(|prefix| phone_number.starts_with(prefix));
    let fields = json!({
        "account_sid": account, "address_requirements": "local", "address_sid": null,
        "api_version": "2010-04-01", "beta": false, "bundle_sid": null,
        "capabilities": {"voice": true, "sms": mobile, "mms": false, "fax": false},
        "date_created": at, "date_updated": at, "emergency_address_sid": null,
        "emergency_address_status": "unregistered", "emergency_status": "Inactive",
        "friendly_name": phone_number, "identity_sid": null, "origin": "twilio",
        "phone_number": phone_number, "sid": sid, "sms_application_sid": "",
        "sms_fallback_method": "POST", "sms_fallback_url": "", "sms_method": "POST", "sms_url": "",
        "status": "in-use", "status_callback": "", "status_callback_method": "POST",
        "trunk_sid": null, "type": if mobile { "mobile" } else { "local" },
        "uri": format!("/2010-04-01/Accounts/{account}/IncomingPhoneNumbers/{sid}.json"),
        "voice_application_sid": "", "voice_caller_id_lookup": false,
        "voice_fallback_method": "POST", "voice_fallback_url": "", "voice_method": "POST",
        "voice_receive_mode": "voice", "voice_url": "",
    });
    Number {
        sid,
        phone_number: phone_number.to_owned(),
        fields,
    }
}

fn configure(number: &mut Number, form: &Form) {
    for (name, value) in form.pairs() {
        if let Some((_, field)) = SETTABLE.iter().find(|(key, _)| *key == name) {
            number.fields[*field] = json!(value);
        }
    }
    number.fields["date_updated"] = json!(rfc2822(now()));
}

pub(super) async fn buy(State(hub): State<Shared>, RawForm(body): RawForm) -> Response {
    let form = Form::parse(&body);
    let account = hub.config.twilio_account_sid.clone();
    let wanted = match (form.get("PhoneNumber"), form.get("AreaCode")) {
        (Some("+15005550000"), _) => return error(400, 21422, ""),
        (Some("+15005550001"), _) => return error(400, 21421, "PhoneNumber is invalid"),
        (_, Some("533")) => return error(400, 21452, ""),
        (Some(number), _) => number.to_owned(),
        (None, Some(area)) => format!("+1{area}555{}", random_text(4, b"0123456789")),
        (None, None) => return error(400, 21421, "PhoneNumber or AreaCode is required"),
    };
    let digits = wanted.strip_prefix('+').unwrap_or_default();
    if !(8..=15).contains(&digits.len()) || country_of(&wanted).is_empty() {
        return error(400, 21421, "PhoneNumber is invalid");
    }
    let mut world = hub.world();
    if world
        .twilio
        .numbers
        .iter()
        .any(|number| number.phone_number == wanted)
    {
        return error(400, 21422, "");
    }
    let mut number = fresh(&account, &wanted);
    configure(&mut number, &form);
    if !number.text("voice_fallback_url").is_empty() && number.text("voice_url").is_empty() {
        return error(
            400,
            21405,
            "VoiceFallbackUrl cannot be set without VoiceUrl",
        );
    }
    let reply = number.fields.clone();
    world.twilio.numbers.push(number);
    (StatusCode::CREATED, Json(reply)).into_response()
}

pub(super) async fn list(State(hub): State<Shared>, OriginalUri(uri): OriginalUri) -> Response {
    let query = Query::parse(uri.query());
    let world = hub.world();
    let wanted = query.get("PhoneNumber").map(|text| text.replace('*', ""));
    let rows: Vec<Value> = world
        .twilio
        .numbers
        .iter()
        .filter(|n| {
            wanted
                .as_ref()
                .is_none_or(|wanted| n.phone_number.contains(wanted.as_str()))
        })
        .filter(|n| query.allows("FriendlyName", n.text("friendly_name")))
        .map(|n| n.fields.clone())
        .collect();
    page(uri.path(), uri.query(), "incoming_phone_numbers", &rows)
}

pub(super) async fn fetch(
    State(hub): State<Shared>,
    OriginalUri(uri): OriginalUri,
    Path((_, sid)): Path<(String, String)>,
) -> Response {
    match hub
        .world()
        .twilio
        .numbers
        .iter()
        .find(|number| number.sid == bare(&sid))
    {
        Some(number) => Json(number.fields.clone()).into_response(),
        None => not_found(uri.path()),
    }
}

pub(super) async fn update(
    State(hub): State<Shared>,
    OriginalUri(uri): OriginalUri,
    Path((_, sid)): Path<(String, String)>,
    RawForm(body): RawForm,
) -> Response {
    let mut world = hub.world();
    let Some(number) = world
        .twilio
        .numbers
        .iter_mut()
        .find(|n| n.sid == bare(&sid))
    else {
        return not_found(uri.path());
    };
    configure(number, &Form::parse(&body));
    Json(number.fields.clone()).into_response()
}

pub(super) async fn release(
    State(hub): State<Shared>,
    OriginalUri(uri): OriginalUri,
    Path((_, sid)): Path<(String, String)>,
) -> Response {
    let mut world = hub.world();
    let before = world.twilio.numbers.len();
    world
        .twilio
        .numbers
        .retain(|number| number.sid != bare(&sid));
    if world.twilio.numbers.len() == before {
        return not_found(uri.path());
    }
    StatusCode::NO_CONTENT.into_response()
}
