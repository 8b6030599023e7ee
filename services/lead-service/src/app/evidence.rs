//! Tells the roster what was learned about a channel, until it is told (B4). What it changed becomes
//! the operator's alarm, and where nothing of a provider serves any more its open offers move on.

use std::sync::Arc;

use chassis::db;

use super::error::Failure;
use super::lanes::Lane;
use super::release::by_machine;
use super::{Leads, undisturbed};
use crate::domain::attempt::ReleaseCause;
use crate::domain::evidence::{ChannelChange, Evidence};
use crate::domain::state::LeadState;
use crate::store::alarms::{self, Alarm};
use crate::store::{attempts, evidence, leads, now_us};

/// Tells one piece. A failure leaves it due.
pub(super) async fn tell(app: &Arc<Leads>, due: &evidence::Due) -> Result<(), Failure> {
    let changes = match app
        .roster
        .record_evidence(&due.evidence, due.sender.as_deref())
        .await
    {
        Ok(changes) => changes,
        // The roster does not know the provider or the channel, and never will: nothing to tell.
        Err(failed) if failed.is_for_good() => {
            tracing::warn!(causes = %failed, key = due.evidence.key, "evidence refused");
            metrics::counter!("lead_evidence_refused_total").increment(1);
            Vec::new()
        }
        Err(failed) => return Err(failed.into()),
    };
    let (changes, due) = (Arc::new(changes), Arc::new(due.clone()));
    undisturbed(|| {
        let (this, changes, due) = (Arc::clone(app), Arc::clone(&changes), Arc::clone(&due));
        async move {
            let mut tx = this.db.begin().await?;
            if !evidence::settle(&mut tx, &due, None).await? {
                return Ok(());
            }
            for change in changes.iter() {
                if let Some(alarm) = alarm(change, &due.evidence) {
                    alarms::raise(&mut tx, &alarm).await?;
                }
                if change.serving == 0 && change.is_shut() {
                    move_on(&this, &mut tx, &change.provider_id).await?;
                }
            }
            this.wakes.after(&mut tx, &[Lane::Leads, Lane::Alarms]);
            tx.commit().await?;
            Ok(())
        }
    })
    .await
}

/// It stays due and is told again.
pub(super) async fn later(
    app: &Arc<Leads>,
    due: evidence::Due,
    pause: std::time::Duration,
) -> Result<(), db::StoreError> {
    let this = Arc::clone(app);
    db::unit(async move {
        let mut tx = this.db.begin().await?;
        evidence::settle(&mut tx, &due, Some(pause)).await?;
        tx.commit().await
    })
    .await
}

/// The operator hears of a channel that no longer serves, within the same commit.
fn alarm(change: &ChannelChange, evidence: &Evidence) -> Option<Alarm> {
    let (kind, why) = match change.health.as_str() {
        "quarantined" => (
            "WRONG_PHONE",
            "cannot be reached at the address that it declares",
        ),
        "opted_out" => ("CHANNEL_OPTED_OUT", "asked for no more messages"),
        _ => return None,
    };
    let left = match change.serving {
        0 => "No channel of it serves any more, so it gets no lead and its open offers move on."
            .to_owned(),
        1 => "One other channel of it still serves.".to_owned(),
        more => format!("{more} channels of it still serve."),
    };
    Some(Alarm {
        kind: kind.to_owned(),
        subject: format!("{}:{}", change.provider_id, change.channel),
        slot: evidence.key.clone(),
        text: format!(
            "The provider {provider} {why} by {channel} ({reason}); the channel is out of use. {left} \
             Correct its entry, or prove the channel with `bord providers prove {provider} {channel}`.",
            provider = change.provider_id,
            channel = change.channel,
            reason = if evidence.reason.is_empty() {
                "its own word"
            } else {
                &evidence.reason
            },
        ),
    })
}

/// Offers of a provider that nobody can reach any more go to the next one.
async fn move_on(app: &Leads, tx: &mut db::Tx, provider_id: &str) -> Result<(), Failure> {
    let now = now_us(tx).await?;
    for open in attempts::open_of_provider(tx, provider_id).await? {
        let Some(lead) = leads::lock(tx, open.lead_id).await? else {
            continue;
        };
        let waits = matches!(lead.state, LeadState::Assigned | LeadState::Notified);
        if !waits || lead.attempt != open.attempt {
            continue;
        }
        let why = "no channel of the provider serves any more";
        let change = by_machine(&lead, now, ReleaseCause::Undeliverable, why)?;
        // The worker takes it up: nobody goes on with it here.
        app.write(tx, change, now, false).await?;
    }
    Ok(())
}
