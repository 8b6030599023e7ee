//! The service as others call it: decode, call, encode.

mod flags;
mod page;
mod prompts;
mod scans;
mod wire;

use chassis::db::{Db, StoreError};
use chassis::fault::{self, Fault, Kind};
use contracts::quality::v1::quality_service_server::QualityService;
use contracts::quality::v1::{
    EraseCallerRequest, EraseCallerResponse, EvaluatePromptRequest, EvaluatePromptResponse,
    GetBooksRequest, GetBooksResponse, GetScanRequest, GetScanResponse, ListFlagsRequest,
    ListFlagsResponse, ListPromptRevisionsRequest, ListPromptRevisionsResponse, ListScansRequest,
    ListScansResponse, ProposePromptRequest, ProposePromptResponse, ReleasePromptRequest,
    ReleasePromptResponse, ResolveFlagRequest, ResolveFlagResponse, RollbackPromptRequest,
    RollbackPromptResponse, RunScanRequest, RunScanResponse,
};
use tonic::{Request, Response, Status};

use crate::app;
use crate::app::erase_caller::Eraser;
use crate::app::prompt::Prompts;
use crate::app::scan::Scanner;

/// QualityService.
pub struct Api {
    pub db: Db,
    pub eraser: Eraser,
    pub scanner: Scanner,
    pub prompts: Prompts,
}

#[tonic::async_trait]
impl QualityService for Api {
    async fn get_books(
        &self,
        _: Request<GetBooksRequest>,
    ) -> Result<Response<GetBooksResponse>, Status> {
        let books = app::books::read(&self.db).await;
        let books = books.map_err(|error| fault::status(&Unreadable(error)))?;
        Ok(Response::new(wire::books(books)))
    }

    async fn erase_caller(
        &self,
        request: Request<EraseCallerRequest>,
    ) -> Result<Response<EraseCallerResponse>, Status> {
        let erasure = wire::erasure(request.into_inner())?;
        let receipt = Box::pin(self.eraser.erase(&erasure)).await;
        Ok(Response::new(wire::receipt(receipt, erasure.dry_run)))
    }

    async fn run_scan(
        &self,
        request: Request<RunScanRequest>,
    ) -> Result<Response<RunScanResponse>, Status> {
        scans::run(&self.scanner, request.into_inner()).await
    }

    async fn get_scan(
        &self,
        request: Request<GetScanRequest>,
    ) -> Result<Response<GetScanResponse>, Status> {
        scans::get(&self.scanner, request.into_inner()).await
    }

    async fn list_scans(
        &self,
        request: Request<ListScansRequest>,
    ) -> Result<Response<ListScansResponse>, Status> {
        scans::list(&self.scanner, request.into_inner()).await
    }

    async fn list_flags(
        &self,
        request: Request<ListFlagsRequest>,
    ) -> Result<Response<ListFlagsResponse>, Status> {
        flags::list(&self.scanner, request.into_inner()).await
    }

    async fn resolve_flag(
        &self,
        request: Request<ResolveFlagRequest>,
    ) -> Result<Response<ResolveFlagResponse>, Status> {
        flags::resolve(&self.db, request.into_inner()).await
    }

    async fn propose_prompt(
        &self,
        request: Request<ProposePromptRequest>,
    ) -> Result<Response<ProposePromptResponse>, Status> {
        prompts::propose(&self.prompts, request.into_inner()).await
    }

    async fn evaluate_prompt(
        &self,
        request: Request<EvaluatePromptRequest>,
    ) -> Result<Response<EvaluatePromptResponse>, Status> {
        prompts::evaluate(&self.prompts, request.into_inner()).await
    }

    async fn release_prompt(
        &self,
        request: Request<ReleasePromptRequest>,
    ) -> Result<Response<ReleasePromptResponse>, Status> {
        prompts::release(&self.prompts, request.into_inner()).await
    }

    async fn rollback_prompt(
        &self,
        request: Request<RollbackPromptRequest>,
    ) -> Result<Response<RollbackPromptResponse>, Status> {
        prompts::rollback(&self.prompts, request.into_inner()).await
    }

    async fn list_prompt_revisions(
        &self,
        request: Request<ListPromptRevisionsRequest>,
    ) -> Result<Response<ListPromptRevisionsResponse>, Status> {
        prompts::list(&self.prompts, request.into_inner()).await
    }
}

/// The database did not answer.
#[derive(Debug, thiserror::Error)]
#[error("the database does not answer; try again")]
struct Unreadable(#[source] StoreError);

impl Fault for Unreadable {
    fn kind(&self) -> Kind {
        Kind::Unavailable
    }

    fn reason(&self) -> &'static str {
        "DATABASE_UNAVAILABLE"
    }
}
