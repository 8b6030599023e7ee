//! ProveChannel: starts the proof of a channel. The proof is stored first, and a worker has it sent.

use super::{Error, Roster};
use crate::domain::channel::{Health, Kind};
use crate::domain::ids::ProviderId;
use crate::domain::proof::{Digits, Proof, VALID, can_answer};
use crate::store::proofs::{self, End};
use crate::store::providers;
use chassis::{clock, db, ids};

impl Roster {
    /// The proof under way; a new one where there is none of the address as it stands.
    pub async fn prove_channel(
        &self,
        id: ProviderId,
        kind: Kind,
        actor: String,
    ) -> Result<Proof, Error> {
        let roster = self.clone();
        db::unit(async move {
            let mut tx = roster.db.begin().await?;
            let provider = providers::find_locked(&mut tx, &id).await?;
            let provider = provider.ok_or(Error::UnknownProvider)?;
            let channel = provider.channel(kind).ok_or(Error::UnknownChannel)?;
            if channel.standing.health == Health::OptedOut {
                return Err(Error::OptedOut);
            }
            let declared_time = channel.standing.declared_time;
            if let Some(standing) = proofs::under_way(&mut tx, &id, kind).await? {
                if standing.declared_time == declared_time {
                    return Ok(standing);
                }
                proofs::end(&mut tx, standing.proof_id, End::Failed).await?;
            }
            let now = clock::now();
            let asks = can_answer(kind, &provider.declared.country);
            let proof = Proof {
                proof_id: ids::random(),
                provider_id: id,
                kind,
                declared_time,
                code: asks.then(|| Digits::of(ids::random())),
                wrong_tries: 0,
                create_time: now,
                expire_time: now + VALID,
            };
            proofs::insert(&mut tx, &proof, &actor).await?;
            tx.wake_after_commit(&roster.wake);
            tx.commit().await?;
            Ok(proof)
        })
        .await
    }
}
