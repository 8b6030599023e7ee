//! What becomes of a message: the statuses that it passes, the signed status callbacks, and the
//! behaviour of the recipient's number, which decides how it ends.

use serde::{Deserialize, Serialize};

use super::model::Message;
use super::{Store, e164};
use crate::hooks::{self, Hook};
use crate::hub::{Shared, now};

/// How a number behaves towards messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// 21614 at once on SMS: no mobile number. WhatsApp works.
    Landline,
    /// 21635 at once on SMS: the newer, finer code for a landline.
    LandlineFine,
    /// 21211 at once, on every channel.
    Invalid,
    /// 21268 at once: premium number.
    Premium,
    /// 21610 at once on SMS: the recipient said STOP.
    OptedOut,
    /// 21408 at once on SMS: geo permission off.
    GeoPermissionOff,
    /// 21612 at once on SMS: no route from this sender.
    NoRoute,
    /// undelivered 30005 on SMS.
    UnknownHandset30005,
    /// undelivered 30003 on SMS.
    Unreachable30003,
    /// undelivered 30004 on SMS.
    Blocked30004,
    /// undelivered 30006 on SMS.
    LandlineCarrier30006,
    /// undelivered 30007 on SMS.
    Filtered30007,
    /// undelivered 30008 on SMS.
    CarrierError30008,
    /// failed 30036 on SMS: validity period over.
    Expired30036,
    /// failed 63024 on WhatsApp; SMS works.
    NotOnWhatsApp63024,
    /// failed 63003 on WhatsApp.
    InactiveOnWhatsApp63003,
    /// failed 63049 on WhatsApp: Meta did not deliver.
    MetaLimited63049,
    /// Both: undelivered 30003 on SMS and failed 63024 on WhatsApp.
    GoneEverywhere,
    /// Stays `sent` for ever, on every channel: many carriers never confirm.
    NeverConfirms,
    /// Stays at its first status, without any callback.
    Stuck,
    /// A refusal at once with this code, on every channel.
    Refused(u32),
    /// `undelivered` with this code, on every channel.
    Undelivered(u32),
}

impl Behaviour {
    fn refusal(self, whatsapp: bool) -> Option<u32> {
        match self {
            Self::Invalid => Some(21211),
            Self::Refused(code) => Some(code),
            _ if whatsapp => None,
            Self::Landline => Some(21614),
            Self::LandlineFine => Some(21635),
            Self::Premium => Some(21268),
            Self::OptedOut => Some(21610),
            Self::GeoPermissionOff => Some(21408),
            Self::NoRoute => Some(21612),
            _ => None,
        }
    }

    fn failure(self, whatsapp: bool) -> Option<(&'static str, u32)> {
        match (self, whatsapp) {
            (Self::UnknownHandset30005, false) => Some(("undelivered", 30005)),
            (Self::Unreachable30003 | Self::GoneEverywhere, false) => Some(("undelivered", 30003)),
            (Self::Blocked30004, false) => Some(("undelivered", 30004)),
            (Self::LandlineCarrier30006, false) => Some(("undelivered", 30006)),
            (Self::Filtered30007, false) => Some(("undelivered", 30007)),
            (Self::CarrierError30008, false) => Some(("undelivered", 30008)),
            (Self::Expired30036, false) => Some(("failed", 30036)),
            (Self::NotOnWhatsApp63024 | Self::GoneEverywhere, true) => Some(("failed", 63024)),
            (Self::InactiveOnWhatsApp63003, true) => Some(("failed", 63003)),
            (Self::MetaLimited63049, true) => Some(("failed", 63049)),
            (Self::Undelivered(code), _) => Some(("undelivered", code)),
            _ => None,
        }
    }
}

/// The numbers with magic meaning of Twilio's test credentials hold here too.
fn behaviour(store: &Store, number: &str) -> Option<Behaviour> {
    store.behaviours.get(number).copied().or(match number {
        "+15005550001" => Some(Behaviour::Invalid),
        "+15005550002" => Some(Behaviour::NoRoute),
        "+15005550003" => Some(Behaviour::GeoPermissionOff),
        "+15005550004" => Some(Behaviour::OptedOut),
        "+15005550009" => Some(Behaviour::Landline),
        _ => None,
    })
}

/// The code with which a message to that number is refused at once, if it is.
pub(super) fn refusal(store: &Store, to: &str, from: Option<&str>) -> Option<u32> {
    let whatsapp = to.starts_with("whatsapp:");
    if whatsapp && from.is_some_and(|from| !from.starts_with("whatsapp:")) {
        return Some(63007);
    }
    if !whatsapp && store.opted_out.contains(to) {
        return Some(21610);
    }
    behaviour(store, e164(to))?.refusal(whatsapp)
}

pub(super) fn refusal_text(code: u32, to: &str) -> String {
    match code {
        21211 => format!("Invalid 'To' Phone Number: {to}"),
        21614 => format!("'To' number is not a valid mobile number: {to}"),
        21408 => format!(
            "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}"
        ),
        code => title(code).to_owned(),
    }
}

/// The dictionary's title of a code.
pub(crate) fn title(code: u32) -> &'static str {
    match code {
        20003 => "Authenticate",
        20404 => "The requested resource was not found",
        20429 => "Too Many Requests",
        20500 => "Internal Server Error",
        21211 => "Invalid 'To' Phone Number",
        21268 => "Message cannot be sent to a premium number",
        21408 => "Permission to send an SMS has not been enabled for the region",
        21422 => "Phone number is not available",
        21452 => "No phone numbers found in area code",
        21603 => "A 'From' phone number is required.",
        21604 => "A 'To' phone number is required.",
        21610 => "Attempt to send to unsubscribed recipient",
        21611 => "This 'From' number has exceeded the maximum number of queued messages",
        21612 => {
            "Message cannot be sent with the current combination of 'To' and/or 'From' parameters"
        }
        21614 => "'To' number is not a valid mobile number",
        21617 => "The concatenated message body exceeds the 1600 character limit",
        21619 => "A text message body or media urls must be specified.",
        21631 => "Phone Number Requires an Address but the 'AddressSid' parameter was empty",
        21635 => "'To' number cannot be a landline",
        21649 => "Phone Number Requires a Regulatory Bundle",
        21656 => "The ContentVariables Parameter is invalid",
        30003 => "Unreachable destination handset",
        30004 => "Message blocked",
        30005 => "Unknown destination handset",
        30006 => "Landline or unreachable carrier",
        30007 => "Message filtered",
        30008 => "Unknown error",
        30036 => "Validity Period Expired",
        63003 => "Channel could not find To address",
        63007 => "Twilio could not find a Channel with the specified From address",
        63016 => "Failed to send freeform message because you are outside the allowed window",
        63024 => "Invalid message recipient",
        63049 => "Meta chose not to deliver this WhatsApp marketing message",
        _ => "Error",
    }
}

/// Moves a message through its statuses in the background.
pub(super) fn start(hub: &Shared, sid: &str) {
    let shared = hub.clone();
    let sid = sid.to_owned();
    hub.spawn(async move { run(&shared, &sid).await });
}

async fn run(hub: &Shared, sid: &str) {
    let (steps, error) = {
        let world = hub.world();
        let Some(message) = world.twilio.messages.iter().rev().find(|m| m.sid == sid) else {
            return;
        };
        course(&world.twilio, message)
    };
    let last = steps.len();
    for (index, status) in steps.into_iter().enumerate() {
        tokio::time::sleep(hub.config.report_delay).await;
        let error = error.filter(|_| index + 1 == last);
        let Some(hook) = advance(hub, sid, status, error) else {
            return;
        };
        if let Some(hook) = hook {
            hooks::send(hub, hook).await;
        }
    }
}

/// The statuses after the first, and the error that the last one carries.
fn course(store: &Store, message: &Message) -> (Vec<&'static str>, Option<u32>) {
    let whatsapp = message.is_whatsapp();
    let known = behaviour(store, e164(&message.to));
    let mut steps = Vec::new();
    if known == Some(Behaviour::Stuck) {
        return (steps, None);
    }
    if message.messaging_service_sid.is_some() {
        steps.push("queued");
    }
    if whatsapp && message.content_sid.is_none() && !window_open(store, message) {
        steps.push("failed");
        return (steps, Some(63016));
    }
    match known.and_then(|known| known.failure(whatsapp)) {
        Some(("failed", code)) => {
            steps.push("failed");
            return (steps, Some(code));
        }
        Some((status, code)) => {
            steps.extend(["sent", status]);
            return (steps, Some(code));
        }
        None => steps.push("sent"),
    }
    if known != Some(Behaviour::NeverConfirms) {
        steps.push("delivered");
    }
    (steps, None)
}

fn window_open(store: &Store, message: &Message) -> bool {
    store
        .windows
        .iter()
        .any(|((user, _), at)| user == &message.to && now() - *at < chrono::Duration::hours(24))
}

/// Writes a status and answers the callback that tells of it; `None` when the message is gone.
fn advance(hub: &Shared, sid: &str, status: &str, error: Option<u32>) -> Option<Option<Hook>> {
    let mut world = hub.world();
    let owned = world
        .twilio
        .numbers
        .first()
        .map(|number| number.phone_number.clone());
    let message = world
        .twilio
        .messages
        .iter_mut()
        .rev()
        .find(|m| m.sid == sid)?;
    if message.from.is_none() {
        let sender = owned.unwrap_or_else(|| "+15005550006".to_owned());
        message.from = Some(if message.is_whatsapp() {
            format!("whatsapp:{sender}")
        } else {
            sender
        });
    }
    message.status = status.to_owned();
    message.error_code = error;
    if status == "sent" {
        message.sent = Some(now());
        message.price = Some("-0.0700".to_owned());
    }
    let message = message.clone();
    drop(world);
    let form = callback_form(&hub.config.twilio_account_sid, &message);
    let url = message.status_callback.as_deref();
    Some(url.map(|url| hooks::twilio_form(hub, "webhook.message_status", url, &form)))
}

fn callback_form(account: &str, message: &Message) -> Vec<(String, String)> {
    let mut form: Vec<(String, String)> = Vec::new();
    let mut put = |name: &str, value: &str| form.push((name.to_owned(), value.to_owned()));
    put("SmsSid", &message.sid);
    put("SmsStatus", &message.status);
    put("MessageStatus", &message.status);
    put("To", &message.to);
    if let Some(service) = &message.messaging_service_sid {
        put("MessagingServiceSid", service);
    }
    put("MessageSid", &message.sid);
    put("AccountSid", account);
    put("From", message.from.as_deref().unwrap_or_default());
    put("ApiVersion", "2010-04-01");
    if let Some(code) = message.error_code {
        put("ErrorCode", &code.to_string());
    }
    if message.is_whatsapp() {
        put("ChannelPrefix", "whatsapp");
        put("ChannelInstallSid", "XE96969696969696969696969696969696");
        if message.error_code == Some(63024) {
            put("ChannelStatusMessage", "Message undeliverable");
        }
    } else if matches!(message.status.as_str(), "delivered" | "undelivered") {
        put("RawDlrDoneDate", &now().format("%y%m%d%H%M").to_string());
    }
    form
}
