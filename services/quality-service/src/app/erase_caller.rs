//! EraseCaller: takes a caller out of every store and from the vendors (B10).
//!
//! lead-service is asked first what the data hang on elsewhere, and erases last, only when every
//! other store answered: whatever fails, a repeat still finds what is left (I26). This service's own
//! books hold ids alone, so there is nothing to erase in them.

use std::time::Duration;

use chassis::client;

use crate::domain::erasure::{Erased, Erasure, Hooks, Receipt};
use crate::outbound::{Failed, Leads, Notification, Roster, Telephony};

/// For one store; the others are asked meanwhile.
const STORE_LIMIT: Duration = Duration::from_secs(9);
/// lead-service reads and writes its own rows only.
const LEAD_LIMIT: Duration = Duration::from_secs(5);

/// The neighbours that keep something of a caller.
#[derive(Clone)]
pub struct Eraser {
    pub(crate) telephony: Telephony,
    pub(crate) notification: Notification,
    pub(crate) roster: Roster,
    pub(crate) leads: Leads,
}

impl Eraser {
    pub async fn erase(&self, erasure: &Erasure) -> Receipt {
        let finding = self.leads.erase(erasure, true);
        let found = client::with_timeout(LEAD_LIMIT, finding).await;
        let none = Hooks::default();
        let hooks = found.as_ref().map_or(&none, |(_, hooks)| hooks);
        let (telephony, notification, roster) = tokio::join!(
            client::with_timeout(STORE_LIMIT, self.telephony.erase(erasure, hooks)),
            client::with_timeout(STORE_LIMIT, self.notification.erase(erasure, hooks)),
            client::with_timeout(STORE_LIMIT, self.roster.erase(erasure)),
        );
        let others = [
            ("telephony", telephony),
            ("notification", notification),
            ("roster", roster),
        ];
        let all_answered = others.iter().all(|(_, outcome)| outcome.is_ok());
        let mut receipt: Vec<Erased> = others
            .into_iter()
            .flat_map(|(service, outcome)| lines(service, outcome))
            .collect();
        receipt.push(Erased {
            store: "quality.books".to_owned(),
            ..Erased::default()
        });
        let leads = match found {
            Ok((found, _)) if erasure.dry_run => Ok(found),
            Ok((found, _)) if !all_answered => Ok(found.into_iter().map(kept).collect()),
            Ok(_) => {
                let erasing = self.leads.erase(erasure, false);
                let erased = client::with_timeout(LEAD_LIMIT, erasing).await;
                erased.map(|(erased, _)| erased)
            }
            Err(error) => Err(error),
        };
        receipt.extend(lines("lead", leads));
        let receipt = Receipt(receipt);
        let failures = receipt
            .0
            .iter()
            .filter(|line| !line.failure.is_empty())
            .count();
        let (actor, dry_run) = (&erasure.actor, erasure.dry_run);
        let complete = receipt.is_complete(dry_run);
        tracing::info!(actor, dry_run, complete, failures, "a caller was erased");
        metrics::counter!("erasures_total", "complete" => if complete { "true" } else { "false" })
            .increment(1);
        receipt
    }
}

/// A lead stays until the others have erased what hangs on it.
fn kept(found: Erased) -> Erased {
    Erased {
        count: 0,
        kept: "kept until the other stores have answered; run again".to_owned(),
        due: true,
        ..found
    }
}

fn lines(service: &str, outcome: Result<Vec<Erased>, Failed>) -> Vec<Erased> {
    outcome.unwrap_or_else(|error| {
        vec![Erased {
            store: service.to_owned(),
            failure: error.to_string(),
            ..Erased::default()
        }]
    })
}
