//! Messages, numbers, Lookup, templates and mail: shapes as recorded, refusals by their codes,
//! reports in order and signed.

use serde_json::{Value, json};
use vendor_twin::{Behaviour, Reply, TwinConfig};

use crate::shapes::{has_fields_of, sample};
use crate::support::{Bord, PUBLIC};

const PROVIDER: &str = "+41790000077";
const OURS: &str = "+41315550142";

async fn sms(bord: &Bord, to: &str) -> (u16, Value) {
    let callback = format!("{PUBLIC}/twilio/messages/status?delivery=d1#rc=2&rp=all");
    let form = [
        ("To", to),
        ("From", OURS),
        ("Body", "Offre K7"),
        ("StatusCallback", callback.as_str()),
    ];
    bord.twilio("POST", "/Messages.json", &form).await
}

#[tokio::test]
async fn an_sms_is_accepted_as_recorded_and_reported_sent_then_delivered() {
    let bord = Bord::start(TwinConfig::default()).await;
    let (status, reply) = sms(&bord, PROVIDER).await;
    assert_eq!(status, 201);
    assert_eq!(reply["status"], "queued");
    let recorded = sample(include_str!(
        "../../fixtures/twilio_message_create_201_from.json"
    ));
    assert_eq!(
        crate::shapes::fields(&reply),
        crate::shapes::fields(&recorded)
    );
    let reports = bord.wait("/twilio/messages/status", 2).await;
    let states: Vec<_> = reports
        .iter()
        .map(|r| r.form("MessageStatus").unwrap())
        .collect();
    assert_eq!(states, ["sent", "delivered"]);
    assert!(reports.iter().all(|r| r.signed));
    let sid = reply["sid"].as_str().unwrap();
    let fetched = bord
        .twilio("GET", &format!("/Messages/{sid}.json"), &[])
        .await
        .1;
    assert_eq!(fetched["status"], "delivered");
    let list = bord
        .twilio(
            "GET",
            "/Messages.json",
            &[("To", PROVIDER), ("DateSent>", "2020-01-01")],
        )
        .await
        .1;
    assert_eq!(list["messages"][0]["sid"], sid);
    let recorded = sample(include_str!("../../fixtures/twilio_message_list_200.json"));
    has_fields_of(&list, &recorded, &[]);
    assert_eq!(
        bord.twilio("GET", "/Messages.json", &[("To", "+41790000078")])
            .await
            .1["messages"],
        json!([])
    );
}

#[tokio::test]
async fn a_messaging_service_and_a_template_answer_as_recorded() {
    let bord = Bord::start(TwinConfig::default()).await;
    let service = [
        ("To", PROVIDER),
        ("MessagingServiceSid", "MG2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d"),
        ("Body", "x"),
    ];
    let reply = bord.twilio("POST", "/Messages.json", &service).await.1;
    assert_eq!(
        (&reply["status"], &reply["from"], &reply["num_segments"]),
        (&json!("accepted"), &Value::Null, &json!("0"))
    );
    let whatsapp = format!("whatsapp:{PROVIDER}");
    let template = [
        ("To", whatsapp.as_str()),
        ("From", "whatsapp:+41315550142"),
        ("ContentSid", "HX4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"),
        ("ContentVariables", "{\"1\":\"K7\"}"),
    ];
    let (status, reply) = bord.twilio("POST", "/Messages.json", &template).await;
    assert_eq!(status, 201);
    assert!(reply["sid"].as_str().unwrap().starts_with("MM"));
    assert!(reply["body"].as_str().unwrap().contains("K7"));
    let recorded = sample(include_str!(
        "../../fixtures/twilio_message_create_201_whatsapp_template.json"
    ));
    assert_eq!(
        crate::shapes::fields(&reply),
        crate::shapes::fields(&recorded)
    );
}

#[tokio::test]
async fn free_whatsapp_text_fails_with_63016_unless_the_user_wrote_within_a_day() {
    let bord = Bord::start(TwinConfig::default()).await;
    let to = format!("whatsapp:{PROVIDER}");
    let from = format!("whatsapp:{OURS}");
    let callback = format!("{PUBLIC}/twilio/messages/status");
    let form = [
        ("To", to.as_str()),
        ("From", &from),
        ("Body", "Hello"),
        ("StatusCallback", &callback),
    ];
    assert_eq!(bord.twilio("POST", "/Messages.json", &form).await.0, 201);
    let failed = bord.wait("/twilio/messages/status", 1).await;
    assert_eq!(failed[0].form("ErrorCode").as_deref(), Some("63016"));
    bord.twin
        .reply(Reply::whatsapp(PROVIDER, OURS, "oui"))
        .await;
    assert_eq!(bord.twilio("POST", "/Messages.json", &form).await.0, 201);
    let reports = bord.wait("/twilio/messages/status", 3).await;
    assert_eq!(
        reports[2].form("MessageStatus").as_deref(),
        Some("delivered")
    );
}

#[tokio::test]
async fn each_behaviour_of_a_number_gives_its_code() {
    let bord = Bord::start(TwinConfig::default()).await;
    for (behaviour, code) in [
        (Behaviour::Landline, 21614),
        (Behaviour::LandlineFine, 21635),
        (Behaviour::Invalid, 21211),
        (Behaviour::OptedOut, 21610),
        (Behaviour::GeoPermissionOff, 21408),
        (Behaviour::NoRoute, 21612),
    ] {
        bord.twin.number_behaviour(PROVIDER, behaviour);
        let (status, body) = sms(&bord, PROVIDER).await;
        assert_eq!((status, &body["code"]), (400, &json!(code)));
        assert_eq!(
            body["more_info"],
            format!("https://www.twilio.com/docs/errors/{code}")
        );
    }
    for (behaviour, code, state) in [
        (Behaviour::UnknownHandset30005, "30005", "undelivered"),
        (Behaviour::Unreachable30003, "30003", "undelivered"),
        (Behaviour::Expired30036, "30036", "failed"),
    ] {
        bord.received.lock().unwrap().clear();
        bord.twin.number_behaviour(PROVIDER, behaviour);
        assert_eq!(sms(&bord, PROVIDER).await.0, 201);
        let count = if state == "failed" { 1 } else { 2 };
        let last = bord
            .wait("/twilio/messages/status", count)
            .await
            .pop()
            .unwrap();
        assert_eq!(last.form("MessageStatus").as_deref(), Some(state));
        assert_eq!(last.form("ErrorCode").as_deref(), Some(code));
    }
    let (status, body) = sms(&bord, "0790000077").await;
    assert_eq!((status, &body["code"]), (400, &json!(21211)));
}

#[tokio::test]
async fn an_answer_arrives_signed_with_the_recorded_parameters_and_stop_closes_the_channel() {
    let bord = Bord::start(TwinConfig::default()).await;
    assert!(
        bord.twin
            .reply(Reply::sms(PROVIDER, OURS, "OUI K7"))
            .await
            .is_ok()
    );
    let tap = Reply::button(PROVIDER, OURS, "Übernehmen", "confirm:d1");
    assert!(bord.twin.reply(tap).await.is_ok());
    let got = bord.got("/twilio/messages/inbound");
    assert!(got.iter().all(|r| r.signed));
    assert_eq!(got[1].form("ButtonPayload").as_deref(), Some("confirm:d1"));
    let requests = sample(include_str!("../../fixtures/twilio_webhook_requests.json"));
    for (index, file) in [
        (0, "message_inbound_sms.form.txt"),
        (1, "message_inbound_whatsapp_button.form.txt"),
    ] {
        let requests = requests["requests"].as_array().unwrap();
        let recorded = requests.iter().find(|r| r["file"] == file).unwrap();
        for name in recorded["params"]
            .as_object()
            .unwrap()
            .keys()
            .filter(|n| *n != "MessagingServiceSid")
        {
            assert!(got[index].names().contains(name), "{file} has {name}");
        }
    }
    bord.twin.reply(Reply::sms(PROVIDER, OURS, "STOP")).await;
    assert_eq!(sms(&bord, PROVIDER).await.1["code"], 21610);
    bord.twin.reply(Reply::sms(PROVIDER, OURS, "START")).await;
    assert_eq!(sms(&bord, PROVIDER).await.0, 201);
}
