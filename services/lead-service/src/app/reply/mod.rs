//! An inbound message from its row to its effect: decided once, carried out, copied to the operator.
//!
//! Each step is committed before the next begins and may run twice: the decision is stored with the
//! message, verbs and notices have keys of their own. So a crash anywhere loses nothing and doubles
//! nothing (I11), and a sender whom the roster must name is asked for until it answers.

mod carry;
mod customer;
mod decide;
mod provider;

use std::sync::Arc;

use chassis::db;

use super::error::Failure;
use super::{Leads, prove};
use crate::domain::reply::plan::Understood;
use crate::store::replies::{self, Due};

/// The operator's copy does not wait for a roster that is away for longer.
const TRIES_BEFORE_COPY: i32 = 3;

impl Leads {
    /// Goes on with a message until it is understood and copied. Whoever calls holds its lease.
    pub(super) async fn take_up_reply(self: &Arc<Self>, due: &Due) -> Result<(), Failure> {
        let understood = self.understand(due).await;
        if understood.is_ok() || due.tries >= TRIES_BEFORE_COPY {
            self.copy(&due.message_sid).await?;
        }
        understood
    }

    async fn understand(self: &Arc<Self>, due: &Due) -> Result<(), Failure> {
        if due.understood_as.is_some() {
            return Ok(());
        }
        let plan = match &due.plan {
            Some(plan) => plan.0.clone(),
            None => {
                let plan = decide::decide(self, due).await?;
                self.crash_points.pass("lead.reply_decided").await?;
                plan
            }
        };
        let understood = carry::out(self, due, &plan).await?;
        self.crash_points.pass("lead.reply_answered").await?;
        let (this, sid) = (Arc::clone(self), due.message_sid.clone());
        db::unit(async move {
            let mut tx = this.db.begin().await?;
            replies::understood(&mut tx, &sid, understood).await?;
            tx.commit().await
        })
        .await?;
        metrics::counter!("lead_replies_total", "understood_as" => understood.name()).increment(1);
        Ok(())
    }

    /// Copies a stored message to the operator (R51), with what is known of it by now.
    async fn copy(self: &Arc<Self>, message_sid: &str) -> Result<(), Failure> {
        let mut tx = self.db.read().await?;
        let Some(mut due) = replies::find(&mut tx, message_sid).await? else {
            return Ok(());
        };
        if due.copied {
            return Ok(());
        }
        let sender = prove::e164(&due.sender).unwrap_or_default();
        let categories = replies::categories(&mut tx, due.lead_id, &sender).await?;
        drop(tx);
        if due.understood_as.as_deref() == Some(Understood::UnknownSender.name()) {
            due.body = format!("[unknown sender] {}", due.body);
        }
        let known = self.knowledge().await?;
        let health = categories
            .iter()
            .any(|id| known.category(id).is_some_and(|category| category.health));
        self.notifications.reply(&due, health).await?;
        let (this, sid) = (Arc::clone(self), due.message_sid);
        db::unit(async move {
            let mut tx = this.db.begin().await?;
            replies::copied(&mut tx, &sid).await?;
            tx.commit().await
        })
        .await?;
        Ok(())
    }
}
