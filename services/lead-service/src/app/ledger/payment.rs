//! RecordPayment: what a provider paid, or got back from us. Key: provider and reference.

use std::sync::Arc;

use chassis::clock;
use chrono::{DateTime, Utc};

use crate::app::error::Failure;
use crate::app::{Leads, undisturbed};
use crate::domain::ledger::money::Amount;
use crate::domain::ledger::transfer::{adjust, payment};
use crate::store::ledger::{income_events, transfers};

#[derive(Debug, Clone)]
pub struct Payment {
    pub provider: String,
    /// Below zero we gave it back.
    pub amount: Amount,
    pub reference: String,
    pub at: DateTime<Utc>,
    pub actor: String,
}

impl Leads {
    /// False for a repeat.
    pub async fn record_payment(self: &Arc<Self>, paid: Payment) -> Result<bool, Failure> {
        self.must_know(&paid.provider).await?;
        let paid = Arc::new(paid);
        let changed = undisturbed(|| {
            let (this, paid) = (Arc::clone(self), Arc::clone(&paid));
            async move {
                let key = format!("{}:{}", paid.provider, paid.reference);
                let wanted = payment(&key, &paid.provider, paid.amount, paid.at);
                let mut tx = this.db.begin().await?;
                let posted = transfers::of_base(&mut tx, &wanted.base).await?;
                if let Some(first) = posted.first() {
                    let same = adjust(&wanted, &posted, paid.at).is_empty()
                        && first.at().date_naive() == paid.at.date_naive();
                    return same.then_some(false).ok_or(Failure::PaymentDiffers);
                }
                // Nothing can be locked before it: of two at once the second meets the first one's
                // place in the books, and tries again.
                for transfer in adjust(&wanted, &[], clock::now()) {
                    match transfers::add(&mut tx, &transfer).await {
                        Err(error) if error.is_unique_violation() => return Err(Failure::Moved),
                        added => added?,
                    }
                }
                tx.commit().await?;
                Ok(true)
            }
        })
        .await?;
        if changed {
            tracing::info!(
                provider_id = paid.provider,
                actor = paid.actor,
                amount = %paid.amount,
                delay_days = (clock::now() - paid.at).num_days(),
                "a payment is booked"
            );
        }
        Ok(changed)
    }

    /// A provider is one who ever had a lead on terms, or whom the roster knows.
    pub(super) async fn must_know(&self, provider: &str) -> Result<(), Failure> {
        let mut tx = self.db.read().await?;
        if income_events::names(&mut tx, provider).await? {
            return Ok(());
        }
        drop(tx);
        match self.roster.provider(provider).await {
            Ok(_) => Ok(()),
            Err(failed) if failed.reason == "UNKNOWN_PROVIDER" => Err(Failure::UnknownProvider),
            Err(failed) => Err(failed.into()),
        }
    }
}
