//! What the stream may not have told: calls and conversations that telephony knows and these books do
//! not, after a loss of data here (B3) or in the moment between.

use chassis::clock;
use chassis::db::{self, StoreError, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;

use super::held::Held;
use crate::domain::call::Call;
use crate::domain::cost::LATEST as LATEST_COST;
use crate::store::conversations::Told;
use crate::store::{calls, conversations, cost_reports};

/// A conversation whose call nobody told of by then is a call of its own in the books.
const LATEST: TimeDelta = TimeDelta::minutes(60);
const PAGE: i64 = 200;

impl Held<'_> {
    pub(super) async fn sync(&mut self, since: DateTime<Utc>) -> anyhow::Result<()> {
        if self.scan.is_recovery {
            self.in_books(move |tx| {
                Box::pin(async move {
                    calls::open_again(tx, since).await?;
                    // Whose books stay closed may be missing in the ledger all the same.
                    cost_reports::plan_since(tx, since, LATEST_COST).await?;
                    Ok(())
                })
            })
            .await?;
        }
        let mut token = String::new();
        loop {
            let (ended, next) = self.scanner.telephony.ended_since(since, token).await?;
            self.in_books(move |tx| {
                Box::pin(async move {
                    for call in &ended {
                        calls::ended(tx, call).await?;
                    }
                    Ok(())
                })
            })
            .await?;
            token = next;
            if token.is_empty() {
                break;
            }
        }
        loop {
            let (found, next) = self.scanner.conversations.since(since, token).await?;
            self.in_books(move |tx| {
                Box::pin(async move {
                    for conversation in found {
                        let told = Told {
                            conversation_id: conversation.id,
                            call_sid: conversation.call_sid,
                            site_id: conversation.site_id,
                            status: conversation.status,
                            tell_time: clock::now(),
                            traceparent: None,
                        };
                        if conversations::keep(tx, &told).await? {
                            cost_reports::plan(tx, told.call_key()).await?;
                        }
                    }
                    Ok(())
                })
            })
            .await?;
            token = next;
            if token.is_empty() {
                break;
            }
        }
        self.in_books(move |tx| {
            Box::pin(async move {
                let lone = conversations::without_call(tx, clock::now() - LATEST, PAGE).await?;
                for told in lone {
                    let call = Call {
                        call_sid: told.call_key().to_owned(),
                        site_id: told.site_id,
                        conversation_id: told.conversation_id,
                        state: "unknown".to_owned(),
                        duration_ms: None,
                        end_time: told.tell_time,
                    };
                    calls::ended(tx, &call).await?;
                }
                Ok(())
            })
        })
        .await?;
        Ok(())
    }

    /// One transaction in the books.
    pub(super) async fn in_books<W>(&self, work: W) -> Result<(), StoreError>
    where
        W: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<(), StoreError>> + Send + 'static,
    {
        let db = self.scanner.db.clone();
        db::unit(async move {
            let mut tx = db.begin().await?;
            work(&mut tx).await?;
            tx.commit().await
        })
        .await
    }
}
