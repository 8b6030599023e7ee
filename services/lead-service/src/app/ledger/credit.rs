//! CreditLead: the operator takes back what a provider was charged, in whole or in part.
//!
//! Key: the caller's request id. A lead that is released or cancelled is credited by itself.

use std::sync::Arc;

use chassis::clock;
use uuid::Uuid;

use super::post;
use crate::app::error::Failure;
use crate::app::verb::scrubbed;
use crate::app::{Leads, undisturbed};
use crate::domain::ledger::income::{self, CreditRefused, IncomeLine, State, What};
use crate::domain::ledger::money::Amount;
use crate::store::leads;
use crate::store::ledger::{income_events, rules};

#[derive(Debug, Clone)]
pub struct Credit {
    pub lead: Uuid,
    /// None: all that is left.
    pub amount: Option<Amount>,
    pub reason: String,
    pub request: Uuid,
    pub actor: String,
}

impl Leads {
    /// The line after the credit.
    pub async fn credit_lead(self: &Arc<Self>, credit: Credit) -> Result<IncomeLine, Failure> {
        let credit = Arc::new(credit);
        undisturbed(|| {
            let (this, credit) = (Arc::clone(self), Arc::clone(&credit));
            async move {
                let mut tx = this.db.begin().await?;
                let lead = leads::lock(&mut tx, credit.lead).await?;
                lead.ok_or(Failure::UnknownLead)?;
                let lines = income_events::of_lead(&mut tx, credit.lead).await?;
                let id = credit.request.to_string();
                if let Some((lead, attempt)) = income_events::of_credit(&mut tx, &id).await? {
                    let told = lines.into_iter().find(|line| line.attempt == attempt);
                    let line = told.filter(|_| lead == credit.lead);
                    let line = line.ok_or_else(|| used("lead"))?;
                    let mut credits = line.credits.iter();
                    let taken = credits
                        .find(|taken| taken.id == id)
                        .map(|taken| taken.amount);
                    return match credit.amount {
                        Some(told) if taken.is_some_and(|taken| taken != told) => {
                            Err(used("amount"))
                        }
                        _ => Ok(line),
                    };
                }
                let line = meant(&lines).ok_or(CreditRefused::Exceeds)?;
                let days = rules::read(&mut tx).await?.credit_days;
                let now = clock::now();
                let amount = income::credit(line, credit.amount, now, days)?;
                let of = (credit.lead, line.attempt);
                let what = What::Credited {
                    id,
                    amount,
                    reason: scrubbed(&credit.reason),
                };
                // Whoever credits another lead holds another lock: the key decides between them.
                if !income_events::add(&mut tx, of, now, &what, Some(&credit.actor)).await? {
                    return Err(used("lead"));
                }
                let line = income_events::of_attempt(&mut tx, of).await?;
                let line = line.ok_or(CreditRefused::Exceeds)?;
                post(&mut tx, &line.wanted()).await?;
                tx.commit().await?;
                Ok(line)
            }
        })
        .await
    }
}

/// The charge that stands: of several, the latest of which something is left.
fn meant(lines: &[IncomeLine]) -> Option<&IncomeLine> {
    let due = || {
        let newest_first = lines.iter().rev();
        newest_first.filter(|line| matches!(line.state, State::Due { .. }))
    };
    let left = |line: &&IncomeLine| line.left().is_some_and(|left| left.micros > 0);
    due().find(left).or_else(|| due().next())
}

fn used(otherwise: &str) -> Failure {
    let rule = format!("was used for another {otherwise}: make a new one");
    Failure::of_field("request_id", rule)
}
