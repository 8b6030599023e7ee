//! A recording stand-in for notification-service: what people were told, once for each key.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};

use contracts::notification::v1 as notice;
use futures::Stream;
use notice::notification_service_server::NotificationService;
use notice::notify_request::Notice;
use tonic::{Request, Response, Status};

use crate::fake_carriers::Carriers;

type Reply<T> = Result<Response<T>, Status>;

#[derive(Clone, Default)]
pub(crate) struct FakeNotification(Arc<Mutex<NotificationState>>);

#[derive(Default)]
struct NotificationState {
    /// Each call, repeats included.
    calls: Vec<notice::NotifyRequest>,
    /// Calls that were refused for what they said.
    refused: usize,
    failures: VecDeque<Status>,
    /// What its list answers.
    listed: Vec<notice::Delivery>,
    /// Keys that were taken back, in their order; closed for ever.
    cancelled: Vec<String>,
    /// So often a cancel finds a message that is being sent.
    in_flight: usize,
    /// How a provider's messages are planned.
    planned: notice::DeliveryState,
    outcomes: Vec<notice::OutcomeEntry>,
    carriers: Carriers,
}

impl FakeNotification {
    fn state(&self) -> MutexGuard<'_, NotificationState> {
        self.0.lock().unwrap()
    }

    /// A carrier takes every message at once.
    pub(crate) fn carriers_accept(&self) {
        self.state().planned = notice::DeliveryState::Accepted;
    }

    /// So many cancels find a message that is being sent.
    pub(crate) fn sends_meanwhile(&self, times: usize) {
        self.state().in_flight = times;
    }

    /// Keys that were taken back.
    pub(crate) fn cancelled(&self) -> Vec<String> {
        self.state().cancelled.clone()
    }

    /// Publishes what became of a provider's message.
    pub(crate) fn outcome(
        &self,
        key: &str,
        provider: &str,
        channel: notice::ChannelKind,
        (state, class, reason): (notice::DeliveryState, &str, &str),
    ) {
        self.publish(notice::Delivery {
            state: state.into(),
            error_class: class.to_owned(),
            reason: reason.to_owned(),
            recipient_id: provider.to_owned(),
            ..delivery(key, channel)
        });
    }

    /// Publishes what became of any message.
    pub(crate) fn publish(&self, delivery: notice::Delivery) {
        let mut all = self.state();
        let number = i64::try_from(all.outcomes.len()).unwrap() + 1;
        all.outcomes.push(notice::OutcomeEntry {
            epoch: "n1".to_owned(),
            number,
            entry_time: None,
            delivery: Some(delivery),
        });
    }

    pub(crate) fn fail(&self, times: usize) {
        let down = || Status::unavailable("down for the test");
        self.state()
            .failures
            .extend(std::iter::repeat_with(down).take(times));
    }

    /// What its list answers.
    pub(crate) fn list(&self, deliveries: Vec<notice::Delivery>) {
        self.state().listed = deliveries;
    }

    /// What the carriers show.
    pub(crate) fn carriers<T>(&self, change: impl FnOnce(&mut Carriers) -> T) -> T {
        change(&mut self.state().carriers)
    }

    /// Its data are gone; what the carriers show stays.
    pub(crate) fn lose(&self) {
        let mut state = self.state();
        state.calls.clear();
        state.listed.clear();
        state.cancelled.clear();
    }

    pub(crate) fn refused(&self) -> usize {
        self.state().refused
    }

    pub(crate) fn heal(&self) {
        self.state().failures.clear();
    }

    /// What people were told: the first of each key.
    pub(crate) fn messages(&self) -> Vec<notice::NotifyRequest> {
        let mut seen = std::collections::BTreeSet::new();
        let calls = self.state().calls.clone();
        calls
            .into_iter()
            .filter(|call| seen.insert(call.message_key.clone()))
            .collect()
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        self.messages()
            .into_iter()
            .map(|message| message.message_key)
            .collect()
    }

    /// Messages whose key starts so.
    pub(crate) fn told(&self, prefix: &str) -> Vec<notice::NotifyRequest> {
        let mut messages = self.messages();
        messages.retain(|message| message.message_key.starts_with(prefix));
        messages
    }
}

#[tonic::async_trait]
impl NotificationService for FakeNotification {
    async fn notify(
        &self,
        request: Request<notice::NotifyRequest>,
    ) -> Reply<notice::NotifyResponse> {
        let request = request.into_inner();
        let mut state = self.state();
        if let Some(failure) = state.failures.pop_front() {
            return Err(failure);
        }
        // As notification-service does: no message about a lead without its country.
        let lead = match &request.notice {
            Some(Notice::LeadAssigned(told)) => told.lead.as_ref(),
            Some(Notice::LeadUnmatched(told)) => told.lead.as_ref(),
            Some(Notice::OfferReminder(told)) => told.lead.as_ref(),
            Some(Notice::LeadReleased(told)) => told.lead.as_ref(),
            Some(Notice::LeadConfirmed(told)) => told.lead.as_ref(),
            Some(Notice::ResultReminder(told)) => told.lead.as_ref(),
            _ => None,
        };
        if lead.is_some_and(|lead| lead.source_country.len() != 2) {
            state.refused += 1;
            return Err(Status::invalid_argument("a country of two letters"));
        }
        let created = !state
            .calls
            .iter()
            .any(|call| call.message_key == request.message_key);
        if request.message_key.len() > 300 {
            state.refused += 1;
            return Err(Status::invalid_argument("a key of at most 300 bytes"));
        }
        if state.cancelled.contains(&request.message_key) {
            return Ok(Response::new(notice::NotifyResponse::default()));
        }
        let offer = matches!(request.notice, Some(Notice::LeadAssigned(_)));
        let channels = [notice::ChannelKind::Whatsapp, notice::ChannelKind::Email];
        let planned_state = match state.planned {
            notice::DeliveryState::Unspecified => notice::DeliveryState::Queued,
            told => told,
        };
        let planned = channels.map(|channel| notice::Delivery {
            state: planned_state.into(),
            ..delivery(&request.message_key, channel)
        });
        state.calls.push(request);
        Ok(Response::new(notice::NotifyResponse {
            deliveries: if offer { planned.to_vec() } else { Vec::new() },
            created,
        }))
    }

    async fn cancel_deliveries(
        &self,
        request: Request<notice::CancelDeliveriesRequest>,
    ) -> Reply<notice::CancelDeliveriesResponse> {
        let mut state = self.state();
        if let Some(failure) = state.failures.pop_front() {
            return Err(failure);
        }
        state.cancelled.push(request.into_inner().message_key);
        let in_flight = i32::from(state.in_flight > 0);
        state.in_flight = state.in_flight.saturating_sub(1);
        Ok(Response::new(notice::CancelDeliveriesResponse {
            cancelled: 0,
            in_flight,
        }))
    }

    async fn get_message(
        &self,
        _: Request<notice::GetMessageRequest>,
    ) -> Reply<notice::GetMessageResponse> {
        Err(Status::unimplemented("not asked"))
    }

    async fn list_deliveries(
        &self,
        _: Request<notice::ListDeliveriesRequest>,
    ) -> Reply<notice::ListDeliveriesResponse> {
        let deliveries = self.state().listed.clone();
        Ok(Response::new(notice::ListDeliveriesResponse {
            deliveries,
            ..Default::default()
        }))
    }

    async fn record_delivery_report(
        &self,
        _: Request<notice::RecordDeliveryReportRequest>,
    ) -> Reply<notice::RecordDeliveryReportResponse> {
        Err(Status::unimplemented("not asked"))
    }

    type FollowOutcomesStream =
        Pin<Box<dyn Stream<Item = Result<notice::FollowOutcomesResponse, Status>> + Send>>;

    async fn follow_outcomes(
        &self,
        request: Request<notice::FollowOutcomesRequest>,
    ) -> Reply<Self::FollowOutcomesStream> {
        let seen = usize::try_from(request.into_inner().number).unwrap();
        let stream = futures::stream::unfold((self.clone(), seen), |(this, seen)| async move {
            loop {
                let next = this.state().outcomes.get(seen).cloned();
                if next.is_some() {
                    let response = notice::FollowOutcomesResponse { entry: next };
                    return Some((Ok(response), (this, seen + 1)));
                }
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        });
        Ok(Response::new(Box::pin(stream)))
    }

    async fn find_at_carrier(
        &self,
        request: Request<notice::FindAtCarrierRequest>,
    ) -> Reply<notice::FindAtCarrierResponse> {
        let messages = self.state().carriers.find(&request.into_inner())?;
        Ok(Response::new(notice::FindAtCarrierResponse { messages }))
    }

    async fn retry_delivery(
        &self,
        _: Request<notice::RetryDeliveryRequest>,
    ) -> Reply<notice::RetryDeliveryResponse> {
        Err(Status::unimplemented("not asked"))
    }

    async fn erase(&self, _: Request<notice::EraseRequest>) -> Reply<notice::EraseResponse> {
        Err(Status::unimplemented("not asked"))
    }

    async fn put_channel_rules(
        &self,
        _: Request<notice::PutChannelRulesRequest>,
    ) -> Reply<notice::PutChannelRulesResponse> {
        Err(Status::unimplemented("not asked"))
    }
}

/// A provider's message, not yet sent.
fn delivery(key: &str, channel: notice::ChannelKind) -> notice::Delivery {
    notice::Delivery {
        delivery_id: chassis::ids::derive("delivery", &[key, channel.as_str_name()]).to_string(),
        message_key: key.to_owned(),
        template: "provider_offer".to_owned(),
        recipient: notice::RecipientKind::Provider.into(),
        channel: channel.into(),
        state: notice::DeliveryState::Queued.into(),
        masked_address: "+41 79 *** ** 33".to_owned(),
        create_time: Some(prost_types::Timestamp::default()),
        ..notice::Delivery::default()
    }
}
