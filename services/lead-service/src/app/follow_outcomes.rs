//! Outcomes of messages: the first that a carrier took starts an offer's deadline, and what an
//! outcome says of an address becomes evidence for the roster (B4). Position and effects commit
//! together; the roster is told by a job of its own. The ledger follows the same stream by itself
//! (`ledger::messages`), so that nothing of it holds up a deadline.

use std::sync::Arc;

use chassis::db::Tx;
use chassis::feed::{self, Entry, Position};
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use uuid::Uuid;

use super::lanes::Lane;
use super::{Leads, offer};
use crate::domain::evidence::{Evidence, Outcome, of_delivery};
use crate::domain::reach::DeliveryState;
use crate::store::deliveries::{self, Delivery};
use crate::store::{evidence, leads, now_us};

/// Follows notification-service until the process stops.
pub async fn run(app: Arc<Leads>) {
    let this = Arc::clone(&app);
    follow(&this, "outcomes", move |tx, entry| {
        let app = Arc::clone(&app);
        Box::pin(async move { apply(&app, tx, entry).await })
    })
    .await;
}

/// Follows notification's stream under a name, with a position of its own.
pub(super) async fn follow<E>(app: &Leads, name: &'static str, effect: E)
where
    E: for<'a> Fn(&'a mut Tx, &'a Entry) -> BoxFuture<'a, anyhow::Result<()>>,
    E: Clone + Send + Sync + 'static,
{
    let notifications = app.notifications.clone();
    let open = move |after: Position| {
        let notifications = notifications.clone();
        async move { notifications.follow(after).await }
    };
    feed::follow(app.db.clone(), name, app.life.clone(), open, effect).await;
}

async fn apply(app: &Leads, tx: &mut Tx, entry: &Entry) -> anyhow::Result<()> {
    // Whatever went to a customer or the operator is nothing of ours.
    let Ok(outcome) = serde_json::from_value::<Outcome>(entry.body.clone()) else {
        return Ok(());
    };
    let Ok(state) = outcome.state.parse::<DeliveryState>() else {
        return Ok(());
    };
    if let Some(found) = evidence_of(&outcome, state) {
        evidence::store(tx, &found).await?;
        app.wakes.after(tx, &[Lane::Evidence]);
    }
    let Some((lead_id, attempt)) = offer_of(&outcome.message_key) else {
        return Ok(());
    };
    let Some(lead) = leads::lock(tx, lead_id).await? else {
        return Ok(());
    };
    let now = now_us(tx).await?;
    let taken = state.is_taken().then(|| outcome.accept_us.unwrap_or(now));
    let delivery = Delivery {
        delivery_id: Uuid::try_parse(&outcome.delivery_id)?,
        channel: outcome.channel,
        state,
        error_class: outcome.error_class,
        reason: outcome.reason,
        accept_us: outcome.accept_us.or(taken),
    };
    deliveries::put(tx, lead_id, attempt, &delivery).await?;
    if lead.attempt == attempt {
        offer::weigh(app, tx, lead, now, false).await?;
    }
    Ok(())
}

/// The lead and the attempt whose offer has this key; other messages of a lead are not its offer.
fn offer_of(key: &str) -> Option<(Uuid, i32)> {
    let (lead, attempt) = key.strip_prefix("lead:")?.split_once(':')?;
    Some((Uuid::try_parse(lead).ok()?, attempt.parse().ok()?))
}

fn evidence_of(outcome: &Outcome, state: DeliveryState) -> Option<Evidence> {
    let kind = of_delivery(state, &outcome.error_class, &outcome.reason)?;
    if outcome.provider_id.is_empty() || outcome.masked_address.is_empty() {
        return None;
    }
    let proof = outcome.message_key.strip_prefix("proof:");
    Some(Evidence {
        key: format!(
            "{}:{}:{}",
            outcome.delivery_id, outcome.state, outcome.reason
        ),
        kind,
        provider_id: outcome.provider_id.clone(),
        channel: outcome.channel.clone(),
        masked_address: outcome.masked_address.clone(),
        message_sid: None,
        observe_time: offer::moment(outcome.create_us).unwrap_or(DateTime::<Utc>::MIN_UTC),
        reason: outcome.reason.clone(),
        code: String::new(),
        proof_id: proof.unwrap_or_default().to_owned(),
    })
}
