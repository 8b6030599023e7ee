//! A recording stand-in for notification-service: what people were told, once for each key.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};

use contracts::notification::v1 as notice;
use futures::Stream;
use notice::notification_service_server::NotificationService;
use notice::notify_request::Notice;
use tonic::{Request, Response, Status};

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
}

impl FakeNotification {
    fn state(&self) -> MutexGuard<'_, NotificationState> {
        self.0.lock().unwrap()
    }

    pub(crate) fn fail(&self, times: usize) {
        let down = || Status::unavailable("down for the test");
        self.state()
            .failures
            .extend(std::iter::repeat_with(down).take(times));
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
        state.calls.push(request);
        Ok(Response::new(notice::NotifyResponse {
            deliveries: Vec::new(),
            created,
        }))
    }

    async fn cancel_deliveries(
        &self,
        _: Request<notice::CancelDeliveriesRequest>,
    ) -> Reply<notice::CancelDeliveriesResponse> {
        Err(Status::unimplemented("not asked"))
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
        Err(Status::unimplemented("not asked"))
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
        _: Request<notice::FollowOutcomesRequest>,
    ) -> Reply<Self::FollowOutcomesStream> {
        Err(Status::unimplemented("not asked"))
    }

    async fn put_channel_rules(
        &self,
        _: Request<notice::PutChannelRulesRequest>,
    ) -> Reply<notice::PutChannelRulesResponse> {
        Err(Status::unimplemented("not asked"))
    }
}
