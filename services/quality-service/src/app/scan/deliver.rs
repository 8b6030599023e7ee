//! Delivered (D2): every dispatched lead reached its provider on at least one channel. An answer of the
//! provider proves it as well; a lead that nobody has is lead-service's to match, and is looked at
//! again.

use chassis::clock;
use chrono::TimeDelta;

use super::BEGINNING;
use super::held::Held;
use crate::domain::flag::{Finding, Kind};
use crate::store::delivery_checks::{self, Check};

const PAGE: i64 = 100;
/// Every delivery ends within a day (I10).
const LATEST: TimeDelta = TimeDelta::hours(24);

/// What a look at a lead's deliveries says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Again,
    End(&'static str),
    Flag,
}

impl Held<'_> {
    pub(super) async fn deliver(&mut self) -> anyhow::Result<()> {
        let grace = TimeDelta::from_std(self.scanner.settings.delivery_grace)?;
        let mut after = (BEGINNING, String::new());
        let mut failed = None;
        loop {
            let due = {
                let mut tx = self.scanner.db.read().await?;
                let from = (after.0, after.1.as_str());
                delivery_checks::due(&mut tx, clock::now() - grace, from, PAGE).await?
            };
            let Some(last) = due.last() else { break };
            after = (last.create_time, last.lead_id.clone());
            for check in due {
                match self.look(&check).await {
                    Ok(Look::Again) => {}
                    Ok(Look::End(state)) => self.settle(&check, state, None).await?,
                    Ok(Look::Flag) => {
                        let finding = not_delivered(&check);
                        self.settle(&check, "flagged", Some(finding)).await?;
                    }
                    Err(error) => failed = Some(error),
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    async fn look(&self, check: &Check) -> anyhow::Result<Look> {
        let Some(lead) = self.scanner.leads.lead(&check.lead_id).await? else {
            return Ok(Look::End("ended"));
        };
        if lead.is_answered() {
            return Ok(Look::End("delivered"));
        }
        let late = clock::now() - check.create_time > LATEST;
        if !lead.is_told() {
            return Ok(if late {
                Look::End("ended")
            } else {
                Look::Again
            });
        }
        let reached = self.scanner.notification.reached(&check.lead_id).await?;
        Ok(if reached.delivered > 0 {
            Look::End("delivered")
        } else if (reached.on_their_way > 0 || reached.messages == 0) && !late {
            Look::Again
        } else {
            Look::Flag
        })
    }

    async fn settle(
        &mut self,
        check: &Check,
        state: &'static str,
        finding: Option<Finding>,
    ) -> anyhow::Result<()> {
        self.raise(finding.into_iter().collect()).await?;
        let lead_id = check.lead_id.clone();
        self.in_books(move |tx| {
            Box::pin(async move {
                delivery_checks::end(tx, &lead_id, state).await?;
                Ok(())
            })
        })
        .await?;
        Ok(())
    }
}

fn not_delivered(check: &Check) -> Finding {
    let text = "The provider of this lead was reached on no channel, and the lead still stands with \
                that provider. Look at `bord lead` for its deliveries and give it to somebody else with \
                `bord assign`, or repeat it with `bord retry`.";
    Finding {
        lead_id: check.lead_id.clone(),
        conversation_id: check.conversation_id.clone(),
        ..Finding::new(Kind::NotDelivered, &check.lead_id, "", text)
    }
}
