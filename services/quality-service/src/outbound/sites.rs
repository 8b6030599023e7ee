//! Sites, their numbers and their agents as telephony declares them.

use chassis::client::{self, Channel};
use contracts::telephony::v1 as wire;
use contracts::telephony::v1::catalog_service_client::CatalogServiceClient;

use super::Failed;
use crate::domain::site::{Agent, Site};

/// A client; clones share the connection.
#[derive(Clone)]
pub(crate) struct Sites(CatalogServiceClient<Channel>);

const PAGE: i32 = 200;

impl Sites {
    pub(crate) fn new(url: &str) -> anyhow::Result<Self> {
        Ok(Self(CatalogServiceClient::new(client::channel(url)?)))
    }

    pub(crate) async fn sites(&self) -> Result<Vec<Site>, Failed> {
        let mut sites = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = wire::ListSitesRequest {
                page_size: PAGE,
                page_token,
            };
            let answer = self.0.clone().list_sites(request).await;
            let page = answer
                .map_err(|status| Failed::new("ListSites", status))?
                .into_inner();
            sites.extend(page.sites.into_iter().map(|site| Site {
                id: site.site_id,
                url: site.url,
                country: site.country,
                languages: site.languages,
                time_zone: site.time_zone,
                paused: site.paused,
                numbers: Vec::new(),
            }));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        self.add_numbers(&mut sites).await?;
        Ok(sites)
    }

    async fn add_numbers(&self, sites: &mut [Site]) -> Result<(), Failed> {
        let mut page_token = String::new();
        loop {
            let request = wire::ListNumbersRequest {
                site_id: String::new(),
                page_size: PAGE,
                page_token,
            };
            let answer = self.0.clone().list_numbers(request).await;
            let page = answer
                .map_err(|status| Failed::new("ListNumbers", status))?
                .into_inner();
            for number in page.numbers.into_iter().filter(|number| !number.paused) {
                if let Some(site) = sites.iter_mut().find(|site| site.id == number.site_id) {
                    site.numbers.push(number.number_e164);
                    // A page may print the mobile of the chain, which forwards to us (R9).
                    if !number.chain_mobile_e164.is_empty() {
                        site.numbers.push(number.chain_mobile_e164);
                    }
                }
            }
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(());
            }
        }
    }

    pub(crate) async fn agents(&self) -> Result<Vec<Agent>, Failed> {
        let mut agents = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = wire::ListAgentsRequest {
                page_size: PAGE,
                page_token,
            };
            let answer = self.0.clone().list_agents(request).await;
            let page = answer
                .map_err(|status| Failed::new("ListAgents", status))?
                .into_inner();
            agents.extend(page.agents.into_iter().map(|agent| Agent {
                name: agent.name,
                site_id: agent.site_id,
                served_categories: agent.served_categories,
                llm: agent.configuration.unwrap_or_default().llm,
                is_live: !agent.released_hash.is_empty() && !agent.paused,
            }));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(agents);
            }
        }
    }
}
