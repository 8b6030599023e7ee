//! notification-service as the roster sees it: it sends the proof of a channel. The notice has a
//! business key, so that a repeat writes nothing.

use std::time::{Duration, SystemTime};

use chassis::client::{self, Channel};
use contracts::bord::notification::v1 as wire;
use wire::notification_service_client::NotificationServiceClient;
use wire::notify_request::Notice;

use super::CallFailed;
use crate::domain::channel::{Contact, Kind};
use crate::domain::proof::{Digits, Proof};
use crate::domain::provider::Declared;

#[derive(Clone)]
pub struct Notifications {
    client: NotificationServiceClient<Channel>,
    limit: Duration,
}

/// Whom a proof asks, and where.
pub struct Asked<'a> {
    pub proof: &'a Proof,
    pub provider: &'a Declared,
    pub contact: &'a Contact,
}

impl Notifications {
    #[must_use]
    pub fn new(channel: Channel, limit: Duration) -> Self {
        Self {
            client: NotificationServiceClient::new(channel),
            limit,
        }
    }

    /// Has a proof sent, by the channel under proof alone.
    pub async fn prove(&self, asked: &Asked<'_>) -> Result<(), CallFailed> {
        let request = wire::NotifyRequest {
            message_key: format!("proof:{}", asked.proof.proof_id),
            not_after: Some(SystemTime::from(asked.proof.expire_time).into()),
            notice: Some(Notice::ChannelProof(wire::ChannelProof {
                provider: Some(provider(asked.provider, asked.contact)),
                channel: kind(asked.contact.kind).into(),
                code: asked
                    .proof
                    .code
                    .as_ref()
                    .map_or("", Digits::as_str)
                    .to_owned(),
            })),
        };
        let mut client = self.client.clone();
        client::with_timeout(self.limit, Box::pin(client.notify(request)))
            .await
            .map(|_| ())
            .map_err(|status| CallFailed::new("Notify", &status))
    }
}

/// Only the channel under proof has an address.
fn provider(of: &Declared, contact: &Contact) -> wire::ProviderFacts {
    let address = |wanted: Kind| {
        if contact.kind == wanted {
            contact.address().to_owned()
        } else {
            String::new()
        }
    };
    wire::ProviderFacts {
        provider_id: of.provider_id.to_string(),
        name: of.name.clone(),
        language: of.language.to_string(),
        country: of.country.to_string(),
        whatsapp_e164: address(Kind::Whatsapp),
        sms_e164: address(Kind::Sms),
        email: address(Kind::Email),
        address: String::new(),
        answer_url: String::new(),
    }
}

fn kind(kind: Kind) -> wire::ChannelKind {
    match kind {
        Kind::Whatsapp => wire::ChannelKind::Whatsapp,
        Kind::Sms => wire::ChannelKind::Sms,
        Kind::Email => wire::ChannelKind::Email,
    }
}
