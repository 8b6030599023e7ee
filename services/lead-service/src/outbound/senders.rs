//! Who a number or an address belongs to, as roster-service knows: channels declared now or before.

use chassis::client;
use contracts::roster::v1 as wire;

use super::CallFailed;
use super::roster::Roster;

/// A provider with the number among its channels.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    pub provider_id: String,
    pub country: String,
    pub language: String,
    /// The number's own channel stands, and is proven.
    pub proven: bool,
}

/// More providers than these share no number.
const MOST: i32 = 50;

impl Roster {
    /// Providers whose channel `address` is or was; `channel` is "sms" or "whatsapp".
    pub async fn contacts(&self, address: &str, channel: &str) -> Result<Vec<Contact>, CallFailed> {
        let request = wire::ListProvidersRequest {
            contact: address.to_owned(),
            page_size: MOST,
            ..Default::default()
        };
        let mut client = self.client.clone();
        let call = Box::pin(client.list_providers(request));
        let answer = client::with_timeout(self.limit, call).await;
        let answer = answer
            .map_err(|status| CallFailed::new("ListProviders", &status))?
            .into_inner();
        let kind = match channel {
            "whatsapp" => wire::ChannelKind::Whatsapp,
            _ => wire::ChannelKind::Sms,
        };
        let contact = |provider: wire::Provider| {
            let proven = provider.channels.iter().any(|found| {
                found.kind() == kind
                    && found.address == address
                    && found.health() == wire::ChannelHealth::Proven
            });
            Contact {
                provider_id: provider.provider_id,
                country: provider.country,
                language: provider.language,
                proven,
            }
        };
        Ok(answer.providers.into_iter().map(contact).collect())
    }
}
