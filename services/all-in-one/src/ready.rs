//! Waits until every service says SERVING by the standard health protocol.

use std::time::{Duration, Instant};

use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus};
use url::Url;

use crate::peers::Addresses;

/// # Errors
/// Names the services that did not become ready in time.
pub async fn all(addresses: &Addresses, within: Duration) -> anyhow::Result<()> {
    let until = Instant::now() + within;
    let mut waiting: Vec<(&str, &Url)> = addresses.by_name().to_vec();
    while !waiting.is_empty() {
        let mut left = Vec::new();
        for (name, url) in waiting {
            if !serving(url).await {
                left.push((name, url));
            }
        }
        waiting = left;
        if !waiting.is_empty() {
            let names: Vec<_> = waiting.iter().map(|(name, _)| *name).collect();
            anyhow::ensure!(
                Instant::now() < until,
                "not ready after {} s: {}; their log lines above say why",
                within.as_secs(),
                names.join(", ")
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    Ok(())
}

/// Whether the service there says that it serves.
pub async fn serving(url: &Url) -> bool {
    let Ok(channel) = chassis::client::channel(url) else {
        return false;
    };
    let mut client = HealthClient::new(channel);
    let asked = client
        .check(HealthCheckRequest {
            service: String::new(),
        })
        .await;
    asked.is_ok_and(|answer| answer.into_inner().status() == ServingStatus::Serving)
}
