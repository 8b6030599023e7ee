//! The service as others call it: decode, call, encode.

mod prompts;
mod wire;

use chassis::db::{Db, StoreError};
use chassis::fault::{self, Fault, Kind};
use contracts::quality::v1::quality_service_server::QualityService;
use contracts::quality::v1::*;
use tonic::{Request, Response, Status};

use crate::app;
use crate::app::erase_caller::Eraser;
use crate::app::prompt::Prompts;

/// QualityService.
pub struct Api {
    pub db: Db,
    pub eraser: Eraser,
    pub prompts: Prompts,
}

#[tonic::async_trait]
impl QualityService for Api {
    async fn get_books(
        &self,
        _: Request<GetBooksRequest>,
    ) -> Result<Response<GetBooksResponse>, Status> {
        let books = app::books::read(&self.db).await;
        let books = books.map_err(|error| fault::status(&BooksUnreadable(error)))?;
        Ok(Response::new(wire::books(books)))
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

    async fn run_scan(
        &self,
        _: Request<RunScanRequest>,
    ) -> Result<Response<RunScanResponse>, Status> {
        Err(Status::unimplemented("not on this branch"))
    }

    async fn get_scan(
        &self,
        _: Request<GetScanRequest>,
    ) -> Result<Response<GetScanResponse>, Status> {
        Err(Status::unimplemented("not on this branch"))
    }

    async fn list_scans(
        &self,
        _: Request<ListScansRequest>,
    ) -> Result<Response<ListScansResponse>, Status> {
        Err(Status::unimplemented("not on this branch"))
    }

    async fn list_flags(
        &self,
        _: Request<ListFlagsRequest>,
    ) -> Result<Response<ListFlagsResponse>, Status> {
        Err(Status::unimplemented("not on this branch"))
    }

    async fn resolve_flag(
        &self,
        _: Request<ResolveFlagRequest>,
    ) -> Result<Response<ResolveFlagResponse>, Status> {
        Err(Status::unimplemented("not on this branch"))
    }

    async fn erase_caller(
        &self,
        request: Request<EraseCallerRequest>,
    ) -> Result<Response<EraseCallerResponse>, Status> {
        let erasure = wire::erasure(request.into_inner())?;
        let receipt = Box::pin(self.eraser.erase(&erasure)).await;
        Ok(Response::new(wire::receipt(receipt, erasure.dry_run)))
    }
}

/// The database did not answer.
#[derive(Debug, thiserror::Error)]
#[error("the books cannot be read")]
struct BooksUnreadable(#[source] StoreError);

impl Fault for BooksUnreadable {
    fn kind(&self) -> Kind {
        Kind::Unavailable
    }

    fn reason(&self) -> &'static str {
        "DATABASE_UNAVAILABLE"
    }
}
