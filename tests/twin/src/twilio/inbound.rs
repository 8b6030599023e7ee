//! Inbound messages: a person answers by SMS, by WhatsApp text or by tapping a quick reply, and
//! Twilio tells bord with a signed webhook. STOP and START change what later sends get.

use chrono::Utc;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::content::fill;
use super::model::Message;
use super::{country_of, e164};
use crate::hooks::{self, HookReceipt};
use crate::hub::{Shared, now, sid};

/// A message from a person to one of our numbers. WhatsApp addresses carry `whatsapp:`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Reply {
    pub from: String,
    pub to: String,
    #[serde(default)]
    pub body: String,
    /// The payload of a tapped quick reply; the body is then the button's text.
    #[serde(default)]
    pub button_payload: Option<String>,
    #[serde(default)]
    pub profile_name: Option<String>,
    /// The sid to send again under: a repeat of the same webhook.
    #[serde(default)]
    pub message_sid: Option<String>,
}

impl Reply {
    pub fn sms(from: &str, to: &str, body: &str) -> Self {
        Self {
            from: from.into(),
            to: to.into(),
            body: body.into(),
            ..Self::default()
        }
    }

    pub fn whatsapp(from: &str, to: &str, body: &str) -> Self {
        Self::sms(
            &format!("whatsapp:{}", e164(from)),
            &format!("whatsapp:{}", e164(to)),
            body,
        )
    }

    /// A tap on a quick reply.
    pub fn button(from: &str, to: &str, text: &str, payload: &str) -> Self {
        Self {
            button_payload: Some(payload.into()),
            ..Self::whatsapp(from, to, text)
        }
    }
}

/// Posts the signed inbound webhook and answers what bord said to it.
pub(crate) async fn reply(hub: &Shared, reply: Reply) -> HookReceipt {
    let sid = reply.message_sid.clone().unwrap_or_else(|| sid("SM"));
    let form = note(hub, &reply, &sid);
    let Some(base) = hub.public_base() else {
        return HookReceipt {
            failure: Some("bord's URL is not set".into()),
            ..Default::default()
        };
    };
    let url = format!("{base}/twilio/messages/inbound");
    let hook = hooks::twilio_form(hub, "webhook.inbound_message", &url, &form);
    hooks::send(hub, hook).await
}

/// Taps the button at `index` of a template message, with the payload that its variables make.
pub(crate) async fn press(hub: &Shared, message_sid: &str, index: usize) -> Option<HookReceipt> {
    let tap = {
        let world = hub.world();
        let message = world
            .twilio
            .messages
            .iter()
            .find(|m| m.sid == message_sid)?;
        let content = world.twilio.contents.get(message.content_sid.as_deref()?)?;
        let (title, payload) = content.button(index)?;
        let payload = fill(&payload, &message.content_variables);
        Reply::button(&message.to, message.from.as_deref()?, &title, &payload)
    };
    Some(reply(hub, tap).await)
}

/// Keeps the message at the twin and makes the webhook's form.
fn note(hub: &Shared, reply: &Reply, sid: &str) -> Vec<(String, String)> {
    let whatsapp = reply.from.starts_with("whatsapp:");
    let mut world = hub.world();
    let store = &mut world.twilio;
    let keyword = reply.body.trim().to_uppercase();
    let opt_out = match keyword.as_str() {
        "STOP" | "UNSUBSCRIBE" | "END" | "QUIT" | "CANCEL" | "STOPALL" if !whatsapp => Some("STOP"),
        "START" | "UNSTOP" if !whatsapp => Some("START"),
        "HELP" | "INFO" if !whatsapp => Some("HELP"),
        _ => None,
    };
    match opt_out {
        Some("STOP") => drop(store.opted_out.insert(reply.from.clone())),
        Some("START") => drop(store.opted_out.remove(&reply.from)),
        _ => {}
    }
    if whatsapp {
        store
            .windows
            .insert((reply.from.clone(), reply.to.clone()), now());
    }
    let last = store
        .messages
        .iter()
        .rev()
        .find(|m| m.to == reply.from)
        .map(|m| m.sid.clone());
    if !store.messages.iter().any(|m| m.sid == sid) {
        store.messages.push(received(reply, sid, now()));
    }
    drop(world);

    let mut form: Vec<(String, String)> = Vec::new();
    let mut put = |name: &str, value: &str| form.push((name.to_owned(), value.to_owned()));
    put("SmsMessageSid", sid);
    put("NumMedia", "0");
    put("SmsSid", sid);
    put("SmsStatus", "received");
    put("Body", &reply.body);
    put("To", &reply.to);
    put("NumSegments", "1");
    put("MessageSid", sid);
    put("AccountSid", &hub.config.twilio_account_sid);
    put("From", &reply.from);
    put("ApiVersion", "2010-04-01");
    if whatsapp {
        let name = reply.profile_name.as_deref().unwrap_or("Twin User");
        let user = e164(&reply.from).trim_start_matches('+');
        put("ProfileName", name);
        put("WaId", user);
        put("ReferralNumMedia", "0");
        let context = json!({"ProfileName": name, "WaId": user});
        let metadata = json!({"type": "whatsapp", "data": {"context": context}});
        put("ChannelMetadata", &metadata.to_string());
        if let Some(payload) = &reply.button_payload {
            put("MessageType", "button");
            put("ButtonText", &reply.body);
            put("ButtonPayload", payload);
            put("ButtonType", "REPLY");
            put("OriginalRepliedMessageSender", &reply.to);
            put(
                "OriginalRepliedMessageSid",
                last.as_deref().unwrap_or_default(),
            );
            put("Forwarded", "false");
            put("FrequentlyForwarded", "false");
        } else {
            put("MessageType", "text");
        }
    } else {
        for (side, number) in [("From", &reply.from), ("To", &reply.to)] {
            put(&format!("{side}Country"), country_of(number));
            for part in ["State", "City", "Zip"] {
                put(&format!("{side}{part}"), "");
            }
        }
        if let Some(kind) = opt_out {
            put("OptOutType", kind);
        }
    }
    form
}

fn received(reply: &Reply, sid: &str, at: chrono::DateTime<Utc>) -> Message {
    Message {
        sid: sid.to_owned(),
        to: reply.to.clone(),
        from: Some(reply.from.clone()),
        messaging_service_sid: None,
        body: reply.body.clone(),
        content_sid: None,
        content_variables: serde_json::Value::Null,
        status: "received".to_owned(),
        error_code: None,
        direction: "inbound".to_owned(),
        status_callback: None,
        validity_secs: None,
        created: at,
        sent: Some(at),
        price: None,
        fault: None,
    }
}
