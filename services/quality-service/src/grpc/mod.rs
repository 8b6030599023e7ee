//! The service as others call it: decode, call, encode.

mod wire;

use chassis::db::{Db, StoreError};
use chassis::fault::{self, Fault, Kind};
use contracts::quality::v1::quality_service_server::QualityService;
use contracts::quality::v1::{
    EraseCallerRequest, EraseCallerResponse, GetBooksRequest, GetBooksResponse,
};
use tonic::{Request, Response, Status};

use crate::app;
use crate::app::erase_caller::Eraser;

/// QualityService.
pub struct Api {
    pub db: Db,
    pub eraser: Eraser,
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
