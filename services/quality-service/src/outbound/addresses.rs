//! The addresses that no agent may tell before the dispatch, as roster keeps them (R60, R82).

use contracts::roster::v1 as wire;

use super::{Failed, Roster};
use crate::domain::site::Address;

const PAGE: i32 = 200;

impl Roster {
    pub(crate) async fn addresses(&self) -> Result<Vec<Address>, Failed> {
        let mut addresses = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = wire::ListProvidersRequest {
                page_size: PAGE,
                page_token,
                ..wire::ListProvidersRequest::default()
            };
            let answer = self.0.clone().list_providers(request).await;
            let page = answer
                .map_err(|status| Failed::new("ListProviders", status))?
                .into_inner();
            let told = page.providers.into_iter().filter_map(|provider| {
                (!provider.address.is_empty()).then_some(Address {
                    country: provider.country,
                    text: provider.address,
                })
            });
            addresses.extend(told);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(addresses);
            }
        }
    }
}
