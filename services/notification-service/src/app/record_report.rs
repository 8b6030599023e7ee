//! RecordDeliveryReport: a carrier's callback, applied with its token in one transaction.

use chassis::clock;
use chassis::db::{StoreError, unit};
use chassis::fault::{Fault, Kind};
use uuid::Uuid;

use crate::domain::carrier::Report;
use crate::domain::mail_errors::{self, MailEvent};
use crate::domain::sms_errors;
use crate::store::reports::{self, Token};

use super::{Notification, report};

/// A report as it came in, its signature checked by the gateway.
pub enum Incoming {
    Twilio {
        delivery_id: Option<Uuid>,
        message_sid: String,
        status: String,
        code: u32,
    },
    Mailgun {
        token: String,
        event_key: String,
        event: MailEvent,
        message_id: String,
        delivery_id: Option<Uuid>,
    },
}

#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("this token came before with another event")]
    TokenReused,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for RecordError {
    fn kind(&self) -> Kind {
        match self {
            Self::TokenReused => Kind::Refused,
            Self::Store(error) => error.kind(),
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::TokenReused => "TOKEN_REUSED",
            Self::Store(error) => error.reason(),
        }
    }
}

/// Applies a report; false for a repeat, for what says nothing new, and for what is not ours.
pub async fn record(service: &Notification, incoming: Incoming) -> Result<bool, RecordError> {
    let service = service.clone();
    unit(async move {
        let mut tx = service.db.begin().await?;
        let (delivery_id, carrier_id, said): (Option<Uuid>, String, Report) = match incoming {
            Incoming::Twilio {
                delivery_id,
                message_sid,
                status,
                code,
            } => (delivery_id, message_sid, sms_errors::report(&status, code)),
            Incoming::Mailgun {
                token,
                event_key,
                event,
                message_id,
                delivery_id,
            } => {
                match reports::use_token(&mut tx, &token, &event_key, clock::now()).await? {
                    Token::New => {}
                    Token::Repeated => return Ok(false),
                    Token::Reused => {
                        metrics::counter!("notification_tokens_reused_total").increment(1);
                        return Err(RecordError::TokenReused);
                    }
                }
                // Our own Message-Id begins with the delivery's id.
                let by_id = message_id
                    .split(['@', '.'])
                    .next()
                    .and_then(|id| id.parse().ok());
                (
                    delivery_id.or(by_id),
                    message_id,
                    mail_errors::report(&event),
                )
            }
        };
        let owner = match delivery_id {
            Some(id) => Some(id),
            None => reports::owner(&mut tx, &carrier_id).await?,
        };
        let applied = match owner {
            Some(id) => report::apply(&service, &mut tx, id, &carrier_id, &said).await?,
            None => false,
        };
        let passed = service.crash_points.pass("callback.before_commit").await;
        passed.map_err(|crash| StoreError::Setup(crash.to_string()))?;
        tx.commit().await?;
        Ok(applied)
    })
    .await
}
