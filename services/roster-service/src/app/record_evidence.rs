//! RecordChannelEvidence: what was learned about a channel moves its health, once for each key. A
//! repeat gets the answer of the first time, so that whoever asks again after a crash still hears
//! of the change.
//!
//! The order inside the transaction: the key, then the providers by id, then their channels.

use chassis::clock;
use chassis::db::{self, Tx};

use super::standing::{By, change};
use super::{Error, Roster};
use crate::domain::channel::{Channel, Kind as ChannelKind};
use crate::domain::evidence::{KEPT, Kind, Report};
use crate::domain::ids::ProviderId;
use crate::domain::proof::{Proof, Verdict};
use crate::domain::provider::Provider;
use crate::domain::standing::Sign;
use crate::store::evidence::{self, Changed};
use crate::store::proofs::{self, End};
use crate::store::{channels, providers};

impl Roster {
    /// Channels whose health this changed.
    pub async fn record_evidence(&self, mut report: Report) -> Result<Vec<Changed>, Error> {
        let db = self.db.clone();
        db::unit(async move {
            let mut tx = db.begin().await?;
            if report.observe_time < evidence::now(&mut tx).await? - KEPT {
                return Ok(Vec::new());
            }
            if !evidence::insert(&mut tx, &report).await? {
                return Ok(evidence::answered(&mut tx, &report.evidence_key).await?);
            }
            let mut changes = Vec::new();
            for id in concerned(&mut tx, &mut report).await? {
                // Nobody of this name is here: then it says nothing.
                if let Some(provider) = providers::find_locked(&mut tx, &id).await? {
                    weigh(&mut tx, &provider, &report, &mut changes).await?;
                }
            }
            evidence::answer(&mut tx, &report.evidence_key, &changes).await?;
            tx.commit().await?;
            Ok(changes)
        })
        .await
    }
}

/// Whom the evidence is about, in the order in which they are locked.
async fn concerned(tx: &mut Tx, report: &mut Report) -> Result<Vec<ProviderId>, Error> {
    let named = report.provider_id.clone();
    if let (Some(named), true, None) = (&named, report.kind.is_by_address(), &report.address) {
        // A receipt knows the masked form alone: the provider's contact is the whole one.
        let mut declared = channels::declared(tx, named).await?.into_iter();
        let found = declared.find(|channel| report.is_about(&channel.contact));
        report.address = found.map(|channel| channel.contact.key());
    }
    match (named, &report.address) {
        (Some(named), _) if !report.kind.is_by_address() => Ok(vec![named]),
        (_, Some(address)) => Ok(channels::holders(tx, report.channel, address).await?),
        (_, None) => Ok(Vec::new()),
    }
}

/// Weighs the evidence for one provider, whose row the caller holds.
async fn weigh(
    tx: &mut Tx,
    provider: &Provider,
    report: &Report,
    changes: &mut Vec<Changed>,
) -> Result<(), Error> {
    // A no and a yes also reach an address that was replaced, in case it returns.
    if report.kind.is_by_address() {
        let id = &provider.declared.provider_id;
        for stored in channels::all(tx, id).await? {
            let sign = report.sign();
            if let Some(sign) = sign.filter(|_| report.is_about(&stored.channel.contact)) {
                changes.extend(apply(tx, provider, &stored.channel, sign, report).await?);
            }
        }
        return Ok(());
    }
    let Some(channel) = provider
        .channel(report.channel)
        .filter(|channel| report.is_about(&channel.contact))
    else {
        return Ok(());
    };
    let proof = under_way(tx, provider, channel, report).await?;
    let proven = match &proof {
        Some(proof) => judge(tx, proof, channel, report).await?,
        None => false,
    };
    let sign = if proven {
        Some(Sign::Proof)
    } else {
        report.sign()
    };
    if let Some(sign) = sign {
        changes.extend(apply(tx, provider, channel, sign, report).await?);
    }
    let Some(sign) = report.sign_for_sms() else {
        return Ok(());
    };
    let phone = provider.channel(ChannelKind::Sms);
    if let Some(phone) = phone.filter(|phone| phone.contact.key() == channel.contact.key()) {
        changes.extend(apply(tx, provider, phone, sign, report).await?);
    }
    Ok(())
}

/// The proof under way of the address as it stands.
async fn under_way(
    tx: &mut Tx,
    provider: &Provider,
    channel: &Channel,
    report: &Report,
) -> Result<Option<Proof>, Error> {
    let id = &provider.declared.provider_id;
    let proof = proofs::under_way(tx, id, report.channel).await?;
    Ok(proof.filter(|proof| proof.declared_time == channel.standing.declared_time))
}

/// What the evidence means for a proof that is under way; true when it is given.
async fn judge(
    tx: &mut Tx,
    proof: &Proof,
    channel: &Channel,
    report: &Report,
) -> Result<bool, Error> {
    let verdict = match (report.kind, &report.code, report.proof_id) {
        (Kind::Code, Some(code), _) => proof.on_code(code),
        (Kind::Delivered, _, Some(of)) => proof.on_receipt(of),
        // The proof itself did not arrive: the operator may ask for another one at once.
        (Kind::HardFailure, ..) if report.observe_time >= proof.create_time => Verdict::Failed,
        (Kind::SoftFailure, ..)
            if report.observe_time >= proof.create_time && !channel.standing.health.serves() =>
        {
            Verdict::Failed
        }
        _ => Verdict::Nothing,
    };
    match verdict {
        Verdict::Proven => proofs::end(tx, proof.proof_id, End::Proven).await?,
        Verdict::Failed => proofs::end(tx, proof.proof_id, End::Failed).await?,
        Verdict::Wrong(tries) => proofs::count_wrong(tx, proof.proof_id, tries).await?,
        Verdict::Nothing => {}
    }
    Ok(verdict == Verdict::Proven)
}

async fn apply(
    tx: &mut Tx,
    provider: &Provider,
    channel: &Channel,
    sign: Sign,
    report: &Report,
) -> Result<Option<Changed>, Error> {
    let now = clock::now();
    let cause = if sign == Sign::Proof {
        "proof"
    } else {
        report.cause()
    };
    let next = channel
        .standing
        .weigh(sign, report.observe_time, cause, now);
    let Some(next) = next else { return Ok(None) };
    let by = By {
        actor: "evidence",
        cause,
    };
    Ok(change(tx, provider, channel, next, &by, now).await?)
}
