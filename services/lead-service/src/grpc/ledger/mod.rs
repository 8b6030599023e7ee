//! LedgerService on the wire: decode, call, encode.

mod clicks;
mod costs;
mod decode_costs;
mod decode_prices;
mod economics;
mod incomes;
mod money;
mod reading;

use std::sync::Arc;

use chassis::server::MESSAGE_LIMIT;
use contracts::lead::v1 as wire;
use contracts::lead::v1::ledger_service_server::{LedgerService, LedgerServiceServer};
use tonic::{Request, Response, Status};

use crate::app::Leads;

/// The service to be added to a server.
pub fn service(leads: Arc<Leads>) -> LedgerServiceServer<Api> {
    LedgerServiceServer::new(Api(leads)).max_encoding_message_size(MESSAGE_LIMIT)
}

pub struct Api(Arc<Leads>);

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl LedgerService for Api {
    async fn put_price_list(
        &self,
        request: Request<wire::PutPriceListRequest>,
    ) -> Answer<wire::PutPriceListResponse> {
        costs::put_price_list(&self.0, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn record_cost(
        &self,
        request: Request<wire::RecordCostRequest>,
    ) -> Answer<wire::RecordCostResponse> {
        costs::record_cost(&self.0, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn get_economics(
        &self,
        request: Request<wire::GetEconomicsRequest>,
    ) -> Answer<wire::GetEconomicsResponse> {
        economics::get_economics(&self.0, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn get_lead_economics(
        &self,
        request: Request<wire::GetLeadEconomicsRequest>,
    ) -> Answer<wire::GetLeadEconomicsResponse> {
        economics::get_lead_economics(&self.0, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn get_statement(
        &self,
        request: Request<wire::GetStatementRequest>,
    ) -> Answer<wire::GetStatementResponse> {
        incomes::get_statement(&self.0, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn credit_lead(
        &self,
        request: Request<wire::CreditLeadRequest>,
    ) -> Answer<wire::CreditLeadResponse> {
        incomes::credit_lead(&self.0, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn record_payment(
        &self,
        request: Request<wire::RecordPaymentRequest>,
    ) -> Answer<wire::RecordPaymentResponse> {
        incomes::record_payment(&self.0, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn record_click(
        &self,
        request: Request<wire::RecordClickRequest>,
    ) -> Answer<wire::RecordClickResponse> {
        clicks::record_click(&self.0, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn list_conversions(
        &self,
        request: Request<wire::ListConversionsRequest>,
    ) -> Answer<wire::ListConversionsResponse> {
        clicks::list_conversions(&self.0, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn check_books(
        &self,
        request: Request<wire::CheckBooksRequest>,
    ) -> Answer<wire::CheckBooksResponse> {
        economics::check_books(&self.0, request.into_inner())
            .await
            .map(Response::new)
    }
}
