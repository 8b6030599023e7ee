//! What an operator's hand and a follower do in a test: retry, cancel, erase, read the feed.

use std::time::Duration;

use contracts::notification::v1 as wire;
use tokio_stream::StreamExt as _;
use tonic::Status;

use super::{SOON, World};

impl World {
    pub(crate) async fn retry(&mut self, delivery_id: &str) -> Result<wire::Delivery, Status> {
        let request = wire::RetryDeliveryRequest {
            delivery_id: delivery_id.to_owned(),
            actor: "operator:ana".to_owned(),
            cause: "the carrier is back".to_owned(),
        };
        let answer = self.client.retry_delivery(request).await?.into_inner();
        Ok(answer.delivery.unwrap())
    }

    pub(crate) async fn cancel(&mut self, key: &str, recipient: wire::RecipientKind) -> (i32, i32) {
        let request = wire::CancelDeliveriesRequest {
            message_key: key.to_owned(),
            recipient: recipient.into(),
        };
        let done = self.client.cancel_deliveries(request).await.unwrap();
        let done = done.into_inner();
        (done.cancelled, done.in_flight)
    }

    /// Of the stores, in order.
    pub(crate) async fn erase(
        &mut self,
        phone: &str,
        lead_ids: &[&str],
        dry_run: bool,
    ) -> Vec<wire::ErasedStore> {
        let request = wire::EraseRequest {
            phone_e164: phone.to_owned(),
            actor: "operator:ana".to_owned(),
            dry_run,
            lead_ids: lead_ids.iter().map(|id| (*id).to_owned()).collect(),
        };
        let answer = self.client.erase(request).await.unwrap();
        answer.into_inner().stores
    }

    /// The first outcome on the feed that `wanted` takes.
    pub(crate) async fn outcome(
        &mut self,
        wanted: impl Fn(&wire::Delivery) -> bool,
    ) -> wire::Delivery {
        let from = wire::FollowOutcomesRequest::default();
        let stream = self.client.follow_outcomes(from).await.unwrap();
        let mut stream = stream.into_inner();
        let find = async {
            loop {
                let entry = stream.next().await.unwrap().unwrap().entry.unwrap();
                let delivery = entry.delivery.unwrap();
                if wanted(&delivery) {
                    return delivery;
                }
            }
        };
        tokio::time::timeout(SOON, find).await.unwrap()
    }

    pub(crate) async fn pass(&self, time: Duration) {
        self.db.shift_clock(time).await.unwrap();
    }
}
