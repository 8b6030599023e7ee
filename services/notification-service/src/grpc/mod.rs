//! The wire: decode, call, encode. The only place, with its conversions, that knows the contracts.

mod decode;
mod encode;

use std::pin::Pin;

use chassis::fault::{self, Kind};
use chassis::feed::{self, Position};
use chassis::run::Life;
use contracts::notification::v1::notification_service_server::{
    NotificationService, NotificationServiceServer,
};
use contracts::notification::v1::{
    CancelDeliveriesRequest, CancelDeliveriesResponse, EraseRequest, EraseResponse,
    FindAtCarrierRequest, FindAtCarrierResponse, FollowOutcomesRequest, FollowOutcomesResponse,
    GetMessageRequest, GetMessageResponse, ListDeliveriesRequest, ListDeliveriesResponse,
    NotifyRequest, NotifyResponse, PutChannelRulesRequest, PutChannelRulesResponse,
    RecordDeliveryReportRequest, RecordDeliveryReportResponse, RetryDeliveryRequest,
    RetryDeliveryResponse,
};
use tokio_stream::{Stream, StreamExt as _};
use tonic::{Request, Response, Status};

use crate::app::{
    Notification, cancel_deliveries, erase, find_at_carrier, get_message, list_deliveries, notify,
    put_channel_rules, record_report, retry_delivery,
};
use crate::store::outcomes;

/// The service as tonic serves it.
#[must_use]
pub fn server(service: Notification, life: Life) -> NotificationServiceServer<Api> {
    NotificationServiceServer::new(Api { service, life })
        .max_encoding_message_size(chassis::server::MESSAGE_LIMIT)
}

/// The RPCs.
pub struct Api {
    service: Notification,
    life: Life,
}

#[tonic::async_trait]
impl NotificationService for Api {
    async fn notify(
        &self,
        request: Request<NotifyRequest>,
    ) -> Result<Response<NotifyResponse>, Status> {
        let asked = decode::notify(request.into_inner())?;
        let done = notify::notify(&self.service, asked.key, asked.not_after, asked.notice)
            .await
            .map_err(|error| fault::status(&error))?;
        Ok(Response::new(NotifyResponse {
            deliveries: done.deliveries.into_iter().map(encode::delivery).collect(),
            created: done.created,
        }))
    }

    async fn cancel_deliveries(
        &self,
        request: Request<CancelDeliveriesRequest>,
    ) -> Result<Response<CancelDeliveriesResponse>, Status> {
        let (key, recipient) = decode::cancel(request.into_inner())?;
        let done = cancel_deliveries::cancel(&self.service, key, recipient)
            .await
            .map_err(|error| fault::status(&error))?;
        Ok(Response::new(CancelDeliveriesResponse {
            cancelled: i32::try_from(done.cancelled).unwrap_or(i32::MAX),
            in_flight: i32::try_from(done.in_flight).unwrap_or(i32::MAX),
        }))
    }

    async fn get_message(
        &self,
        request: Request<GetMessageRequest>,
    ) -> Result<Response<GetMessageResponse>, Status> {
        let key = decode::message_key(request.into_inner().message_key)?;
        let (deliveries, contents) = get_message::get(&self.service, &key)
            .await
            .map_err(|error| fault::status(&error))?;
        Ok(Response::new(GetMessageResponse {
            deliveries: deliveries.into_iter().map(encode::delivery).collect(),
            contents: contents.into_iter().map(encode::content).collect(),
        }))
    }

    async fn list_deliveries(
        &self,
        request: Request<ListDeliveriesRequest>,
    ) -> Result<Response<ListDeliveriesResponse>, Status> {
        let asked = decode::list(request.into_inner())?;
        let page = list_deliveries::list(&self.service, &asked.which, asked.after, asked.size)
            .await
            .map_err(|error| fault::status(&error))?;
        Ok(Response::new(ListDeliveriesResponse {
            deliveries: page.deliveries.into_iter().map(encode::delivery).collect(),
            next_page_token: page.next.map(encode::page_token).unwrap_or_default(),
        }))
    }

    async fn record_delivery_report(
        &self,
        request: Request<RecordDeliveryReportRequest>,
    ) -> Result<Response<RecordDeliveryReportResponse>, Status> {
        let incoming = decode::report(request.into_inner())?;
        let applied = record_report::record(&self.service, incoming)
            .await
            .map_err(|error| fault::status(&error))?;
        Ok(Response::new(RecordDeliveryReportResponse { applied }))
    }

    type FollowOutcomesStream =
        Pin<Box<dyn Stream<Item = Result<FollowOutcomesResponse, Status>> + Send>>;

    async fn follow_outcomes(
        &self,
        request: Request<FollowOutcomesRequest>,
    ) -> Result<Response<Self::FollowOutcomesStream>, Status> {
        let FollowOutcomesRequest { epoch, number } = request.into_inner();
        if number < 0 {
            return Err(fault::plain(
                Kind::Invalid,
                "INVALID_POSITION",
                "number is negative",
            ));
        }
        let position = Position::new(epoch, number);
        let entries = feed::stream(self.service.db.clone(), position, self.life.clone());
        let outcomes = entries.filter_map(|entry| match entry {
            Ok(entry) if entry.kind == outcomes::KIND => encode::outcome(entry).map(Ok),
            Ok(_) => None,
            Err(error) => Some(Err(fault::status(&error))),
        });
        Ok(Response::new(Box::pin(outcomes)))
    }

    async fn put_channel_rules(
        &self,
        request: Request<PutChannelRulesRequest>,
    ) -> Result<Response<PutChannelRulesResponse>, Status> {
        let (rules, dry_run) = decode::rules(request.into_inner())?;
        let changed = put_channel_rules::put(&self.service, rules, dry_run)
            .await
            .map_err(|error| fault::status(&error))?;
        Ok(Response::new(PutChannelRulesResponse { changed }))
    }

    async fn find_at_carrier(
        &self,
        request: Request<FindAtCarrierRequest>,
    ) -> Result<Response<FindAtCarrierResponse>, Status> {
        let asked = decode::find(request.into_inner())?;
        let found =
            find_at_carrier::find(&self.service, &asked.reference, asked.since, &asked.address)
                .await
                .map_err(|error| fault::status(&error))?;
        Ok(Response::new(FindAtCarrierResponse {
            messages: found.into_iter().map(encode::seen).collect(),
        }))
    }

    async fn retry_delivery(
        &self,
        request: Request<RetryDeliveryRequest>,
    ) -> Result<Response<RetryDeliveryResponse>, Status> {
        let asked = decode::retry(request.into_inner())?;
        let queued =
            retry_delivery::retry(&self.service, asked.delivery_id, asked.actor, asked.cause)
                .await
                .map_err(|error| fault::status(&error))?;
        Ok(Response::new(RetryDeliveryResponse {
            delivery: Some(encode::delivery(queued)),
        }))
    }

    async fn erase(
        &self,
        request: Request<EraseRequest>,
    ) -> Result<Response<EraseResponse>, Status> {
        let asked = decode::erase(request.into_inner())?;
        let stores = erase::erase(
            &self.service,
            asked.phone,
            asked.lead_ids,
            asked.actor,
            asked.dry_run,
            &self.life,
        )
        .await
        .map_err(|error| fault::status(&error))?;
        Ok(Response::new(EraseResponse {
            stores: stores.into_iter().map(encode::erased).collect(),
        }))
    }
}
