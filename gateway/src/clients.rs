//! The services behind the gateway, and how long a request may wait for each.

use std::time::Duration;

use chassis::client::Channel;
use chassis::deadline;
use contracts::lead::v1::lead_service_client::LeadServiceClient;
use contracts::lead::v1::ledger_service_client::LedgerServiceClient;
use contracts::notification::v1::notification_service_client::NotificationServiceClient;
use contracts::quality::v1::quality_service_client::QualityServiceClient;
use contracts::telephony::v1::call_service_client::CallServiceClient;
use contracts::telephony::v1::conversation_service_client::ConversationServiceClient;
use tonic::{Response, Status};

use crate::config::Config;
use crate::problem::Problem;

/// For reports and callbacks, which nobody waits for with a telephone in the hand.
pub const CALLBACK_LIMIT: Duration = Duration::from_secs(8);

/// Clients; clones share their connections.
#[derive(Clone)]
pub struct Clients {
    pub calls: CallServiceClient<Channel>,
    pub conversations: ConversationServiceClient<Channel>,
    pub leads: LeadServiceClient<Channel>,
    pub ledger: LedgerServiceClient<Channel>,
    pub notifications: NotificationServiceClient<Channel>,
    pub quality: QualityServiceClient<Channel>,
}

impl Clients {
    /// Channels that connect at their first call, so that the gateway starts before the others.
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        let telephony = chassis::client::channel(&config.telephony_url)?;
        let lead = chassis::client::channel(&config.lead_url)?;
        Ok(Self {
            calls: CallServiceClient::new(telephony.clone()),
            conversations: ConversationServiceClient::new(telephony),
            leads: LeadServiceClient::new(lead.clone()),
            ledger: LedgerServiceClient::new(lead),
            notifications: NotificationServiceClient::new(chassis::client::channel(
                &config.notification_url,
            )?),
            quality: QualityServiceClient::new(chassis::client::channel(&config.quality_url)?),
        })
    }
}

/// Makes a call that must be answered within `limit`; the answer or the problem.
pub async fn within<T>(
    limit: Duration,
    call: impl Future<Output = Result<Response<T>, Status>>,
) -> Result<T, Problem> {
    match deadline::within(limit, call).await {
        Ok(Ok(response)) => Ok(response.into_inner()),
        Ok(Err(status)) => Err(Problem::from(status)),
        Err(deadline::Passed) => Err(Problem::too_late()),
    }
}
