//! LeadService on the wire: decode, call, encode.

mod decode;
mod decode_catalogue;
mod decode_lists;
mod decode_verbs;
mod encode;
pub mod ledger;
mod lists;
mod reading;
mod recovering;
mod verbs;

use std::sync::Arc;

use chassis::fault;
use chassis::server::MESSAGE_LIMIT;
use contracts::lead::v1 as wire;
use contracts::lead::v1::lead_service_server::{LeadService, LeadServiceServer};
use tonic::{Request, Response, Status};

use crate::app::Leads;

/// The service to be added to a server.
pub fn service(leads: Arc<Leads>) -> LeadServiceServer<Api> {
    LeadServiceServer::new(Api(leads)).max_encoding_message_size(MESSAGE_LIMIT)
}

pub struct Api(Arc<Leads>);

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl LeadService for Api {
    async fn dispatch_lead(
        &self,
        request: Request<wire::DispatchLeadRequest>,
    ) -> Answer<wire::DispatchLeadResponse> {
        let call = decode::tool_call(request.into_inner());
        let done = self
            .0
            .dispatch_lead(call)
            .await
            .map_err(|e| fault::status(&e))?;
        Ok(Response::new(wire::DispatchLeadResponse {
            ok: true,
            lead_id: done.lead_id.to_string(),
            say: done.answer.say(),
            status: done.answer.status,
        }))
    }

    async fn capture_voicemail(
        &self,
        request: Request<wire::CaptureVoicemailRequest>,
    ) -> Answer<wire::CaptureVoicemailResponse> {
        let mail = decode::voicemail(request.into_inner())?;
        let id = self
            .0
            .capture_voicemail(mail)
            .await
            .map_err(|e| fault::status(&e))?;
        Ok(Response::new(wire::CaptureVoicemailResponse {
            lead_id: id.to_string(),
        }))
    }

    async fn recover_lead(
        &self,
        request: Request<wire::RecoverLeadRequest>,
    ) -> Answer<wire::RecoverLeadResponse> {
        let request = request.into_inner();
        recovering::recover(&self.0, request)
            .await
            .map(Response::new)
    }

    async fn restore_assignments(
        &self,
        request: Request<wire::RestoreAssignmentsRequest>,
    ) -> Answer<wire::RestoreAssignmentsResponse> {
        let request = request.into_inner();
        recovering::restore(&self.0, request)
            .await
            .map(Response::new)
    }

    async fn record_scan(
        &self,
        request: Request<wire::RecordScanRequest>,
    ) -> Answer<wire::RecordScanResponse> {
        let request = request.into_inner();
        recovering::scanned(&self.0, request)
            .await
            .map(Response::new)
    }

    async fn record_call_ended(
        &self,
        request: Request<wire::RecordCallEndedRequest>,
    ) -> Answer<wire::RecordCallEndedResponse> {
        let word = decode::call_ended(request.into_inner())?;
        self.0
            .record_call_ended(word)
            .await
            .map_err(|e| fault::status(&e))?;
        Ok(Response::new(wire::RecordCallEndedResponse {}))
    }

    async fn verify_lead(
        &self,
        request: Request<wire::VerifyLeadRequest>,
    ) -> Answer<wire::VerifyLeadResponse> {
        let word = decode::verified(request.into_inner())?;
        let ids = self
            .0
            .verify_lead(word)
            .await
            .map_err(|e| fault::status(&e))?;
        let lead_ids = ids.iter().map(ToString::to_string).collect();
        Ok(Response::new(wire::VerifyLeadResponse { lead_ids }))
    }

    async fn raise_alarm(
        &self,
        request: Request<wire::RaiseAlarmRequest>,
    ) -> Answer<wire::RaiseAlarmResponse> {
        let alarm = decode::alarm(request.into_inner())?;
        self.0
            .raise_alarm(alarm)
            .await
            .map_err(|e| fault::status(&e))?;
        Ok(Response::new(wire::RaiseAlarmResponse {}))
    }

    async fn get_lead(
        &self,
        request: Request<wire::GetLeadRequest>,
    ) -> Answer<wire::GetLeadResponse> {
        let id = decode::lead_id(&request.into_inner().lead_id)?;
        let lead = self.0.get_lead(id).await.map_err(|e| fault::status(&e))?;
        let candidates = lead
            .candidates
            .iter()
            .cloned()
            .map(encode::candidate)
            .collect();
        Ok(Response::new(wire::GetLeadResponse {
            lead: Some(self.shown(lead).await?),
            candidates,
        }))
    }

    async fn list_leads(
        &self,
        request: Request<wire::ListLeadsRequest>,
    ) -> Answer<wire::ListLeadsResponse> {
        lists::leads(&self.0, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn list_lead_events(
        &self,
        request: Request<wire::ListLeadEventsRequest>,
    ) -> Answer<wire::ListLeadEventsResponse> {
        lists::events(&self.0, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn record_reply(
        &self,
        request: Request<wire::RecordReplyRequest>,
    ) -> Answer<wire::RecordReplyResponse> {
        let reply = decode::reply(request.into_inner())?;
        let recorded = self.0.record_reply(reply).await;
        let recorded = recorded.map_err(|e| fault::status(&e))?;
        Ok(Response::new(reading::recorded(recorded)))
    }

    async fn put_site_facts(
        &self,
        request: Request<wire::PutSiteFactsRequest>,
    ) -> Answer<wire::PutSiteFactsResponse> {
        let (site, dry_run) = decode_catalogue::site(request.into_inner())?;
        let put = self.0.put_site_facts(site, dry_run).await;
        let changed = put.map_err(|e| fault::status(&e))?;
        Ok(Response::new(wire::PutSiteFactsResponse { changed }))
    }

    async fn put_taxonomy(
        &self,
        request: Request<wire::PutTaxonomyRequest>,
    ) -> Answer<wire::PutTaxonomyResponse> {
        let wire::PutTaxonomyRequest {
            categories,
            cities,
            dry_run,
            rules,
        } = request.into_inner();
        let (categories, cities) = decode_catalogue::taxonomy(categories, cities);
        let rules = decode_catalogue::rules(rules);
        let put = self
            .0
            .put_taxonomy(categories, cities, rules, dry_run)
            .await;
        let changed = put.map_err(|e| fault::status(&e))?;
        Ok(Response::new(wire::PutTaxonomyResponse { changed }))
    }

    async fn get_offer(
        &self,
        request: Request<wire::GetOfferRequest>,
    ) -> Result<Response<wire::GetOfferResponse>, Status> {
        let request = request.into_inner();
        reading::get_offer(&self.0, request)
            .await
            .map(Response::new)
    }

    async fn confirm_lead(
        &self,
        request: Request<wire::ConfirmLeadRequest>,
    ) -> Answer<wire::ConfirmLeadResponse> {
        self.confirm(request).await
    }

    async fn decline_lead(
        &self,
        request: Request<wire::DeclineLeadRequest>,
    ) -> Answer<wire::DeclineLeadResponse> {
        self.decline(request).await
    }

    async fn offer_lead(
        &self,
        request: Request<wire::OfferLeadRequest>,
    ) -> Answer<wire::OfferLeadResponse> {
        self.offer(request).await
    }

    async fn close_lead(
        &self,
        request: Request<wire::CloseLeadRequest>,
    ) -> Answer<wire::CloseLeadResponse> {
        self.close(request).await
    }

    async fn cancel_lead(
        &self,
        request: Request<wire::CancelLeadRequest>,
    ) -> Answer<wire::CancelLeadResponse> {
        self.cancel(request).await
    }

    async fn retry_lead(
        &self,
        request: Request<wire::RetryLeadRequest>,
    ) -> Answer<wire::RetryLeadResponse> {
        self.retry(request).await
    }

    async fn summarize_leads(
        &self,
        _: Request<wire::SummarizeLeadsRequest>,
    ) -> Result<Response<wire::SummarizeLeadsResponse>, Status> {
        reading::summarize(&self.0).await.map(Response::new)
    }

    type WatchLeadsStream = reading::Watch;

    async fn watch_leads(
        &self,
        request: Request<wire::WatchLeadsRequest>,
    ) -> Result<Response<Self::WatchLeadsStream>, Status> {
        reading::watch(&self.0, request.into_inner()).map(Response::new)
    }

    async fn check_ownership(
        &self,
        request: Request<wire::CheckOwnershipRequest>,
    ) -> Result<Response<wire::CheckOwnershipResponse>, Status> {
        let request = request.into_inner();
        reading::check_ownership(&self.0, request)
            .await
            .map(Response::new)
    }

    async fn erase(
        &self,
        request: Request<wire::EraseRequest>,
    ) -> Result<Response<wire::EraseResponse>, Status> {
        let request = request.into_inner();
        reading::erase(&self.0, request).await.map(Response::new)
    }
}
