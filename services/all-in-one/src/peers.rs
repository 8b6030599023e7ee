//! Clients of the running services, as the command line and the demo use them.

use std::collections::BTreeMap;

use chassis::client::{self, Channel};
use chassis::config::Env;
use contracts::lead::v1::lead_service_client::LeadServiceClient;
use contracts::lead::v1::ledger_service_client::LedgerServiceClient;
use contracts::notification::v1::notification_service_client::NotificationServiceClient;
use contracts::quality::v1::quality_service_client::QualityServiceClient;
use contracts::roster::v1::roster_service_client::RosterServiceClient;
use contracts::telephony::v1 as telephony;
use contracts::telephony::v1::call_service_client::CallServiceClient;
use contracts::telephony::v1::catalog_service_client::CatalogServiceClient;
use contracts::telephony::v1::conversation_service_client::ConversationServiceClient;
use url::Url;

use crate::catalog::apply::Services;
use crate::operator::hint;

/// Where the five services listen.
#[derive(Clone, Debug)]
pub struct Addresses {
    pub telephony: Url,
    pub lead: Url,
    pub roster: Url,
    pub notification: Url,
    pub quality: Url,
}

impl Addresses {
    /// Each service by its name.
    #[must_use]
    pub fn by_name(&self) -> [(&'static str, &Url); 5] {
        [
            ("telephony-gateway", &self.telephony),
            ("lead-service", &self.lead),
            ("roster-service", &self.roster),
            ("notification-service", &self.notification),
            ("quality-service", &self.quality),
        ]
    }

    /// `TELEPHONY_URL`, `LEAD_URL`, `ROSTER_URL`, `NOTIFICATION_URL`, `QUALITY_URL`; the fixed
    /// ports on this host where one is not set.
    ///
    /// # Errors
    /// Names every address that is no URL.
    pub fn read(env: &mut Env) -> anyhow::Result<Self> {
        let found = Self {
            telephony: env.url_or("TELEPHONY_URL", "http://127.0.0.1:50051"),
            lead: env.url_or("LEAD_URL", "http://127.0.0.1:50052"),
            roster: env.url_or("ROSTER_URL", "http://127.0.0.1:50053"),
            notification: env.url_or("NOTIFICATION_URL", "http://127.0.0.1:50054"),
            quality: env.url_or("QUALITY_URL", "http://127.0.0.1:50055"),
        };
        env.finish()?;
        Ok(found)
    }
}

/// A client for each gRPC service; clones share connections.
#[derive(Clone)]
pub struct Peers {
    /// The channels by which a catalogue is applied.
    pub owners: Services,
    pub calls: CallServiceClient<Channel>,
    pub catalog: CatalogServiceClient<Channel>,
    pub conversations: ConversationServiceClient<Channel>,
    pub leads: LeadServiceClient<Channel>,
    pub ledger: LedgerServiceClient<Channel>,
    pub roster: RosterServiceClient<Channel>,
    pub notification: NotificationServiceClient<Channel>,
    pub quality: QualityServiceClient<Channel>,
}

impl Peers {
    /// # Errors
    /// An address whose scheme is not http or https.
    pub fn at(addresses: &Addresses) -> anyhow::Result<Self> {
        let telephony = client::channel(&addresses.telephony)?;
        let lead = client::channel(&addresses.lead)?;
        let roster = client::channel(&addresses.roster)?;
        let notification = client::channel(&addresses.notification)?;
        Ok(Self {
            owners: Services {
                telephony: telephony.clone(),
                lead: lead.clone(),
                roster: roster.clone(),
                notification: notification.clone(),
            },
            calls: CallServiceClient::new(telephony.clone()),
            catalog: CatalogServiceClient::new(telephony.clone()),
            conversations: ConversationServiceClient::new(telephony),
            leads: LeadServiceClient::new(lead.clone()),
            ledger: LedgerServiceClient::new(lead),
            roster: RosterServiceClient::new(roster),
            notification: NotificationServiceClient::new(notification),
            quality: QualityServiceClient::new(client::channel(&addresses.quality)?),
        })
    }

    /// Every site, page by page.
    ///
    /// # Errors
    /// telephony refused or could not be asked.
    pub async fn sites(&mut self) -> anyhow::Result<Vec<telephony::Site>> {
        let mut asked = telephony::ListSitesRequest {
            page_size: 200,
            ..Default::default()
        };
        let mut found = Vec::new();
        loop {
            let page = self.catalog.list_sites(asked.clone()).await;
            let page = page.map_err(|s| explain("the sites cannot be listed", &s))?;
            let page = page.into_inner();
            found.extend(page.sites);
            if page.next_page_token.is_empty() {
                return Ok(found);
            }
            asked.page_token = page.next_page_token;
        }
    }

    /// The services that the environment names.
    ///
    /// # Errors
    /// Names every address that is no URL.
    pub fn from_process() -> anyhow::Result<Self> {
        Self::at(&Addresses::read(&mut Env::from_process())?)
    }
}

/// Turns a refusal into a sentence with its reason, its fields and what to do next.
pub fn explain(what: &str, status: &tonic::Status) -> anyhow::Error {
    use tonic_types::StatusExt as _;
    let details = status.get_error_details();
    let mut text = format!("{what}: {}", status.message());
    if let Some(info) = details.error_info() {
        let facts: BTreeMap<_, _> = info.metadata.iter().collect();
        let facts = facts
            .iter()
            .map(|(name, value)| format!(", {name} {value}"));
        text.push_str(&format!(" ({}{})", info.reason, facts.collect::<String>()));
    }
    if let Some(fields) = details.bad_request() {
        for violation in &fields.field_violations {
            text.push_str(&format!(
                "\n  {}: {}",
                violation.field, violation.description
            ));
        }
    }
    let hint = details
        .error_info()
        .and_then(|info| hint::next(&info.reason));
    if let Some(hint) = hint {
        text.push_str(&format!("\n  {hint}"));
    }
    if status.code() == tonic::Code::Unimplemented {
        text.push_str("\n  What runs there is older than this `bord`: update it.");
    }
    if status.code() == tonic::Code::Unavailable {
        text.push_str(
            "\n  Nobody answers there: start bord with `bord up`, or set TELEPHONY_URL, LEAD_URL, \
             ROSTER_URL, NOTIFICATION_URL and QUALITY_URL to where it runs.",
        );
    }
    anyhow::anyhow!(text)
}
