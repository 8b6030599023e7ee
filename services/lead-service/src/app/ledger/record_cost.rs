//! RecordCost: what one closed call cost, and where its leads came from; all in one transaction. A
//! repeat changes nothing, and other figures replace the earlier ones by reversal.

use std::collections::BTreeSet;
use std::sync::Arc;

use chassis::db;

use super::book::{book, unbook};
use super::{attribution, messages};
use crate::app::Leads;
use crate::app::error::Failure;
use crate::domain::ledger::call_cost::ClosedCall;
use crate::store::ledger::{ended_calls, lookups, prices};

impl Leads {
    /// False where everything stood so already.
    pub async fn record_cost(self: &Arc<Self>, mut closed: ClosedCall) -> Result<bool, Failure> {
        let known = self.knowledge().await?;
        let country = known.site(&closed.call.site).map(|s| s.country.clone());
        if country.is_none() {
            // Its cost is kept all the same, as nobody's.
            closed.call.site.clear();
        }
        let country = country.unwrap_or_default();
        let this = Arc::clone(self);
        db::unit(async move {
            let mut tx = this.db.begin().await?;
            prices::hold(&mut tx).await?;
            // Its row keeps a second telling out until this one is done.
            let mut changed = ended_calls::put(&mut tx, &closed.call, closed.end).await?;
            let list = prices::prices(&mut tx).await?;
            let facts = closed.facts(&country);
            for key in lookups::agent_lines(&mut tx, &closed.call.id).await? {
                if facts.iter().all(|fact| fact.key != key) {
                    changed |= unbook(&mut tx, &key).await?;
                }
            }
            for fact in &facts {
                changed |= book(&mut tx, fact, &list).await?;
            }
            // In one order, as the hourly round has it: nobody waits for somebody who waits for him.
            let spoken: BTreeSet<_> = closed.conversations.iter().map(|s| &s.id).collect();
            for conversation in spoken {
                changed |= messages::give_call(&mut tx, conversation, &list).await?;
            }
            let decided = attribution::of_call(&mut tx, &closed).await?;
            if changed || decided {
                tx.commit().await?;
            }
            Ok(changed)
        })
        .await
    }
}
