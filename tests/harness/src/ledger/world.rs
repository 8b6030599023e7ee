//! The world's ledger: every message and mail that the twin's carriers accepted, each with the
//! delivery that it belongs to and the fault under which it was accepted.

use std::collections::BTreeSet;

use vendor_twin::Twin;

/// One message that exists at a carrier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The delivery that the sender named; empty when it named none.
    pub delivery_id: String,
    pub carrier_id: String,
    pub to: String,
    /// Accepted under a fault: the sender may believe that it failed.
    pub fault: Option<String>,
    /// The carrier said that it did not arrive: sending it again doubles nothing.
    pub failed: bool,
}

#[derive(Clone, Debug, Default)]
pub struct World {
    /// What was there before the system's ledger was read: a plan stands there for each.
    pub sent: Vec<Sent>,
    /// What came while it was read: an alarm's mail comes at any time.
    pub later: Vec<Sent>,
}

impl World {
    #[must_use]
    pub fn read(twin: &Twin) -> Self {
        let messages = twin
            .messages()
            .into_iter()
            .filter(|m| m.direction != "inbound");
        let texts = messages.map(|message| Sent {
            delivery_id: message
                .status_callback
                .as_deref()
                .map(delivery_of)
                .unwrap_or_default(),
            carrier_id: message.sid,
            to: message.to,
            fault: message.fault,
            failed: matches!(message.status.as_str(), "undelivered" | "failed"),
        });
        let mails = twin.mails().into_iter().map(|mail| Sent {
            delivery_id: mail
                .variables
                .get("delivery_id")
                .cloned()
                .unwrap_or_default(),
            carrier_id: mail.message_id,
            to: mail.to.join(","),
            fault: mail.fault,
            failed: mail.status == "failed",
        });
        Self {
            sent: texts.chain(mails).collect(),
            later: Vec::new(),
        }
    }

    /// Reads what came since.
    pub fn read_on(&mut self, twin: &Twin) {
        let known: BTreeSet<&str> = self
            .sent
            .iter()
            .map(|one| one.carrier_id.as_str())
            .collect();
        let all = Self::read(twin).sent.into_iter();
        self.later = all
            .filter(|one| !known.contains(one.carrier_id.as_str()))
            .collect();
    }
}

/// The delivery id in a status callback's URL.
fn delivery_of(callback: &str) -> String {
    let Ok(url) = url::Url::parse(callback) else {
        return String::new();
    };
    let found = url.query_pairs().find(|(name, _)| name == "d");
    found
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
