//! gRPC in: decode, call a use case, encode. The only place with wire types.

mod calls;
mod catalog;
mod conversations;
mod follow;
mod page;
mod wire;

use std::sync::Arc;

use chassis::fault;
use chassis::run::Life;
use chassis::server::{Bound, MESSAGE_LIMIT, Server};
use contracts::telephony::v1::call_service_server::CallServiceServer;
use contracts::telephony::v1::catalog_service_server::CatalogServiceServer;
use contracts::telephony::v1::conversation_service_server::ConversationServiceServer;
use tonic::Status;

use crate::app::{Error, Telephony};

/// The three services over the same use cases.
#[derive(Clone)]
struct Api {
    telephony: Arc<Telephony>,
    life: Life,
}

pub(crate) async fn serve(
    telephony: Arc<Telephony>,
    bound: Bound,
    life: Life,
) -> anyhow::Result<()> {
    let api = Api {
        telephony,
        life: life.clone(),
    };
    let calls = CallServiceServer::new(api.clone()).max_encoding_message_size(MESSAGE_LIMIT);
    let catalog = CatalogServiceServer::new(api.clone()).max_encoding_message_size(MESSAGE_LIMIT);
    let conversations =
        ConversationServiceServer::new(api).max_encoding_message_size(MESSAGE_LIMIT);
    Server::new("telephony-gateway", bound)
        .add(calls, contracts::DESCRIPTOR)
        .add(catalog, contracts::DESCRIPTOR)
        .add(conversations, contracts::DESCRIPTOR)
        .callers(contracts::CALLERS)
        .serve(life)
        .await
}

#[expect(clippy::needless_pass_by_value, reason = "used with map_err")]
fn status(error: Error) -> Status {
    fault::status(&error)
}
