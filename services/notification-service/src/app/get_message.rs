//! GetMessage: what a message says, as its receivers see it.

use chassis::db::StoreError;
use chassis::fault::{Fault, Kind};

use crate::domain::delivery::Delivery;
use crate::store::messages::Message;
use crate::store::{deliveries, messages, notices};

use super::Notification;

#[derive(Debug, thiserror::Error)]
pub enum GetError {
    #[error("there is no message of that key")]
    Unknown,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for GetError {
    fn kind(&self) -> Kind {
        match self {
            Self::Unknown => Kind::NotFound,
            Self::Store(error) => error.kind(),
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN_MESSAGE",
            Self::Store(error) => error.reason(),
        }
    }
}

/// The deliveries of a message with their contents.
pub async fn get(
    service: &Notification,
    key: &str,
) -> Result<(Vec<Delivery>, Vec<Message>), GetError> {
    let mut tx = service.db.read().await?;
    if !notices::exists(&mut tx, key).await? {
        return Err(GetError::Unknown);
    }
    let deliveries = deliveries::of_notice(&mut tx, key).await?;
    let mut contents = messages::of_notice(&mut tx, key).await?;
    let place = |message: &Message| deliveries.iter().position(|d| d.id == message.delivery_id);
    contents.sort_by_key(place);
    Ok((deliveries, contents))
}
