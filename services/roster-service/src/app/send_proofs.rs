//! The worker that hands proofs to notification-service, each until it is planned there or runs out.
//! A crash between the two leaves the proof due: the message's key makes the repeat harmless.

use std::time::Duration;

use chassis::{db, fault, metrics, telemetry};
use tracing::Instrument as _;

use super::{Error, Roster};
use crate::outbound::notification::Asked;
use crate::store::proofs::{self, Due};
use crate::store::providers;

/// How long a claimed proof is kept from others: longer than a call may take, short against "orphaned
/// work runs again within 10 s".
const LEASE: Duration = Duration::from_secs(8);

impl Roster {
    /// Sends the next proof that is due; false when none is.
    pub async fn send_proof(&self) -> anyhow::Result<bool> {
        let db = self.db.clone();
        let due = db::unit(async move {
            let mut tx = db.begin().await?;
            let due = proofs::claim(&mut tx, LEASE).await?;
            tx.commit().await?;
            Ok::<_, Error>(due)
        });
        let Some(due) = due.await? else {
            return Ok(false);
        };
        let span = tracing::info_span!("proof.send");
        telemetry::resume(due.traceparent.as_deref(), &span);
        let sent = self.hand_over(&due).instrument(span).await;
        let again = match &sent {
            Ok(()) => None,
            Err(failed) => {
                let causes = fault::causes(failed.as_ref());
                tracing::warn!(proof_id = %due.proof.proof_id, tries = due.tries, causes, "proof not planned yet");
                metrics::counter!("bord_proofs_not_planned_total").increment(1);
                Some(pause(due.tries))
            }
        };
        let db = self.db.clone();
        db::unit(async move {
            let mut tx = db.begin().await?;
            proofs::settle(&mut tx, &due, again).await?;
            tx.commit().await?;
            Ok::<_, Error>(true)
        })
        .await
        .map_err(Into::into)
    }

    async fn hand_over(
        &self,
        due: &Due,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync + 'static>> {
        let mut tx = self.db.read().await?;
        let provider = providers::find(&mut tx, &due.proof.provider_id).await?;
        drop(tx);
        let provider = provider.ok_or(Error::UnknownProvider)?;
        let channel = provider.channel(due.proof.kind);
        // Of an address that was replaced meanwhile nothing is asked any more.
        let Some(channel) =
            channel.filter(|channel| channel.standing.declared_time == due.proof.declared_time)
        else {
            return Ok(());
        };
        let asked = Asked {
            proof: &due.proof,
            provider: &provider.declared,
            contact: &channel.contact,
        };
        self.notifications.prove(&asked).await?;
        Ok(())
    }
}

/// Doubled from half a second to half a minute: well within the day that a proof lives.
fn pause(tries: i32) -> Duration {
    let doubled = 1u32 << (tries.clamp(1, 7) - 1);
    (Duration::from_millis(500) * doubled).min(Duration::from_secs(30))
}
