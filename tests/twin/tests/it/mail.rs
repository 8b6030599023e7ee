//! Mail: its own Message-Id kept, events as recorded, the bounce list.

use serde_json::{Value, json};
use vendor_twin::{MailBehaviour, TwinConfig};

use crate::shapes::{has_fields_of, sample};
use crate::support::{Bord, http};

async fn mail(bord: &Bord, to: &str, key: &str) -> (u16, String) {
    let form = reqwest::multipart::Form::new()
        .text("from", "Leads <leads@mg.example.com>")
        .text("to", to.to_owned())
        .text("subject", "Offre")
        .text("text", "Bonjour")
        .text("h:Message-Id", "<d1.1@mg.example.com>")
        .text("v:delivery_id", "d1");
    let url = format!("{}/v3/mg.example.com/messages", bord.twin.url());
    let reply = http()
        .post(url)
        .basic_auth("api", Some(key))
        .multipart(form)
        .send()
        .await
        .unwrap();
    (reply.status().as_u16(), reply.text().await.unwrap())
}

async fn events(bord: &Bord) -> Value {
    let url = format!(
        "{}/v3/mg.example.com/events?message-id=d1.1@mg.example.com",
        bord.twin.url()
    );
    let key = bord.twin.config().mailgun_api_key.clone();
    http()
        .get(url)
        .basic_auth("api", Some(key))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_mail_keeps_its_message_id_and_its_event_is_signed_and_found_by_it() {
    let bord = Bord::start(TwinConfig::default()).await;
    let key = bord.twin.config().mailgun_api_key.clone();
    let (status, body) = mail(&bord, "p@sanitaer-muster.example", &key).await;
    assert_eq!(status, 200);
    assert_eq!(
        sample(&body),
        json!({"id": "<d1.1@mg.example.com>", "message": "Queued. Thank you."})
    );
    let got = bord.wait("/mailgun/events", 1).await;
    assert!(got[0].signed);
    let event = &got[0].json()["event-data"];
    assert_eq!(
        (&event["event"], &event["user-variables"]["delivery_id"]),
        (&json!("delivered"), &json!("d1"))
    );
    let recorded = sample(include_str!(
        "../../fixtures/mailgun_webhook_delivered.json"
    ));
    has_fields_of(&got[0].json(), &recorded, &["event-data.user-variables"]);
    let listed = events(&bord).await;
    let kinds: Vec<_> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["event"].clone())
        .collect();
    assert_eq!(kinds, ["delivered", "accepted"]);
    assert_eq!(
        mail(&bord, "p@x.example", "wrong").await,
        (401, "Forbidden".to_owned())
    );
    let (status, body) = mail(&bord, "nobody", &key).await;
    assert_eq!(status, 400);
    assert!(body.contains("to parameter is not a valid address"));
}

#[tokio::test]
async fn a_bounced_address_is_suppressed_until_its_entry_is_deleted() {
    let bord = Bord::start(TwinConfig::default()).await;
    let key = bord.twin.config().mailgun_api_key.clone();
    let address = "gone@example.org";
    bord.twin.mail_behaviour(address, MailBehaviour::HardBounce);
    mail(&bord, address, &key).await;
    let bounce = bord.wait("/mailgun/events", 1).await[0].json();
    has_fields_of(
        &bounce,
        &sample(include_str!(
            "../../fixtures/mailgun_webhook_failed_permanent_hard_bounce.json"
        )),
        &["event-data.user-variables"],
    );
    mail(&bord, address, &key).await;
    let second = bord.wait("/mailgun/events", 2).await[1].json();
    assert_eq!(second["event-data"]["delivery-status"]["code"], 605);
    let url = format!("{}/v3/mg.example.com/bounces/{address}", bord.twin.url());
    assert_eq!(
        http()
            .delete(url)
            .basic_auth("api", Some(&key))
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
}
