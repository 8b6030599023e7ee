//! Numbers, Lookup and templates: replies as recorded.

use serde_json::{Value, json};
use vendor_twin::TwinConfig;

use crate::shapes::{has_fields_of, sample};
use crate::support::{Bord, PUBLIC, http};

const PROVIDER: &str = "+41790000077";
const OURS: &str = "+41315550142";

#[tokio::test]
async fn a_known_template_is_rendered_and_its_button_carries_the_variables() {
    let bord = Bord::start(TwinConfig::default()).await;
    let config = bord.twin.config().clone();
    let content = http()
        .post(format!("{}/v1/Content", bord.twin.url()))
        .basic_auth(&config.twilio_account_sid, Some(&config.twilio_auth_token))
        .json(&sample(include_str!(
            "../../fixtures/twilio_content_create_request.json"
        )))
        .send()
        .await
        .unwrap();
    assert_eq!(content.status(), 201);
    let content: Value = content.json().await.unwrap();
    let to = format!("whatsapp:{PROVIDER}");
    let from = format!("whatsapp:{OURS}");
    let variables = json!({"1": "Fuite", "2": "Carouge", "3": "d77"}).to_string();
    let form = [
        ("To", to.as_str()),
        ("From", &from),
        ("ContentSid", content["sid"].as_str().unwrap()),
        ("ContentVariables", &variables),
    ];
    let sent = bord.twilio("POST", "/Messages.json", &form).await.1;
    assert!(sent["body"].as_str().unwrap().contains("Carouge"));
    let receipt = bord
        .twin
        .press_button(sent["sid"].as_str().unwrap(), 0)
        .await
        .unwrap();
    assert!(receipt.is_ok());
    assert_eq!(
        bord.got("/twilio/messages/inbound")[0]
            .form("ButtonPayload")
            .as_deref(),
        Some("confirm:d77")
    );
}

#[tokio::test]
async fn numbers_are_found_bought_once_configured_and_released() {
    let bord = Bord::start(TwinConfig::default()).await;
    let offers = bord
        .twilio("GET", "/AvailablePhoneNumbers/CH/Local.json", &[])
        .await
        .1;
    has_fields_of(
        &offers,
        &sample(include_str!(
            "../../fixtures/twilio_available_local_ch_200.json"
        )),
        &[],
    );
    let number = offers["available_phone_numbers"][0]["phone_number"]
        .as_str()
        .unwrap();
    let voice = format!("{PUBLIC}/twilio/voice");
    let form = [("PhoneNumber", number), ("VoiceUrl", voice.as_str())];
    let (status, bought) = bord
        .twilio("POST", "/IncomingPhoneNumbers.json", &form)
        .await;
    assert_eq!(status, 201);
    let recorded = sample(include_str!(
        "../../fixtures/twilio_incoming_number_create_201.json"
    ));
    assert_eq!(
        crate::shapes::fields(&bought),
        crate::shapes::fields(&recorded)
    );
    assert_eq!(
        bord.twilio("POST", "/IncomingPhoneNumbers.json", &form)
            .await
            .1["code"],
        21422
    );
    let list = bord
        .twilio(
            "GET",
            "/IncomingPhoneNumbers.json",
            &[("PhoneNumber", number)],
        )
        .await
        .1;
    assert_eq!(list["incoming_phone_numbers"][0]["voice_url"], voice);
    let path = format!(
        "/IncomingPhoneNumbers/{}.json",
        bought["sid"].as_str().unwrap()
    );
    assert_eq!(bord.twilio("DELETE", &path, &[]).await.0, 204);
    assert!(bord.twin.numbers().is_empty());
}

#[tokio::test]
async fn lookup_answers_as_recorded_for_valid_and_invalid_numbers() {
    let bord = Bord::start(TwinConfig::default()).await;
    let config = bord.twin.config().clone();
    let ask = async |number: &str| -> Value {
        let url = format!(
            "{}/v2/PhoneNumbers/{number}?Fields=line_type_intelligence",
            bord.twin.url()
        );
        let request = http().get(url).basic_auth(
            &config.twilio_api_key_sid,
            Some(&config.twilio_api_key_secret),
        );
        request.send().await.unwrap().json().await.unwrap()
    };
    let mobile = ask("%2B41790000077").await;
    assert_eq!(mobile["line_type_intelligence"]["type"], "mobile");
    has_fields_of(
        &mobile,
        &sample(include_str!(
            "../../fixtures/twilio_lookup_v2_mobile_200.json"
        )),
        &[],
    );
    assert_eq!(
        ask("+41443334455").await["line_type_intelligence"]["type"],
        "landline"
    );
    let invalid = ask("+417900").await;
    assert_eq!(invalid["validation_errors"], json!(["TOO_SHORT"]));
    has_fields_of(
        &invalid,
        &sample(include_str!(
            "../../fixtures/twilio_lookup_v2_invalid_200.json"
        )),
        &[],
    );
}
