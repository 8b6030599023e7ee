//! The verbs of a lead on the wire: decode, call, encode.

use chassis::fault;
use contracts::lead::v1 as wire;
use tonic::{Request, Response, Status};

use super::{Api, decode_verbs as decode, encode};
use crate::app::error::Failure;
use crate::app::verb::Moved;
use crate::domain::lead::Lead;

type Answer<T> = Result<Response<T>, Status>;

impl Api {
    /// A lead as the wire shows it.
    pub(super) async fn shown(&self, lead: Lead) -> Result<wire::Lead, Status> {
        let known = self.0.knowledge().await.map_err(|e| fault::status(&e))?;
        Ok(encode::lead(lead, &known))
    }

    async fn moved(
        &self,
        moved: Result<Moved, Failure>,
    ) -> Result<(Option<wire::Lead>, bool), Status> {
        let Moved { lead, changed } = moved.map_err(|e| fault::status(&e))?;
        Ok((Some(self.shown(lead).await?), changed))
    }

    pub(super) async fn confirm(
        &self,
        request: Request<wire::ConfirmLeadRequest>,
    ) -> Answer<wire::ConfirmLeadResponse> {
        let verb = decode::confirm(request.into_inner())?;
        let moved = self.0.confirm_lead(verb).await;
        let (lead, changed) = self.moved(moved).await?;
        Ok(Response::new(wire::ConfirmLeadResponse { lead, changed }))
    }

    pub(super) async fn decline(
        &self,
        request: Request<wire::DeclineLeadRequest>,
    ) -> Answer<wire::DeclineLeadResponse> {
        let verb = decode::decline(request.into_inner())?;
        let moved = self.0.decline_lead(verb).await;
        let (lead, changed) = self.moved(moved).await?;
        Ok(Response::new(wire::DeclineLeadResponse { lead, changed }))
    }

    pub(super) async fn offer(
        &self,
        request: Request<wire::OfferLeadRequest>,
    ) -> Answer<wire::OfferLeadResponse> {
        let verb = decode::offer(request.into_inner())?;
        let offered = self.0.offer_lead(verb).await;
        let lead = offered.map_err(|e| fault::status(&e))?;
        let lead = Some(self.shown(lead).await?);
        Ok(Response::new(wire::OfferLeadResponse { lead }))
    }

    pub(super) async fn close(
        &self,
        request: Request<wire::CloseLeadRequest>,
    ) -> Answer<wire::CloseLeadResponse> {
        let verb = decode::close(request.into_inner())?;
        let moved = self.0.close_lead(verb).await;
        let (lead, changed) = self.moved(moved).await?;
        Ok(Response::new(wire::CloseLeadResponse { lead, changed }))
    }

    pub(super) async fn cancel(
        &self,
        request: Request<wire::CancelLeadRequest>,
    ) -> Answer<wire::CancelLeadResponse> {
        let verb = decode::cancel(request.into_inner())?;
        let moved = self.0.cancel_lead(verb).await;
        let (lead, changed) = self.moved(moved).await?;
        Ok(Response::new(wire::CancelLeadResponse { lead, changed }))
    }

    pub(super) async fn retry(
        &self,
        request: Request<wire::RetryLeadRequest>,
    ) -> Answer<wire::RetryLeadResponse> {
        let verb = decode::retry(request.into_inner())?;
        let moved = self.0.retry_lead(verb).await;
        let (lead, _) = self.moved(moved).await?;
        Ok(Response::new(wire::RetryLeadResponse { lead }))
    }
}
