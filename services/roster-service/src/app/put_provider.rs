//! PutProvider: stores what is declared of a provider, under the rules of provenance. Health, held
//! slots and an operator's pause stay as they are; the catalogue's own pause is lifted when the
//! provider is back in its files; a repeat with the same content writes nothing.

use chassis::clock;
use chassis::db::{self, Tx};
use chassis::fault::Violations;

use super::{Change, Error, Roster, publish};
use crate::domain::provenance::{Outcome, Source, Stored, decide, lifts_pause};
use crate::domain::provider::{Declared, Provider};
use crate::store::writes::Stamp;
use crate::store::{channels, providers, writes};

#[derive(Debug, Clone)]
pub struct Put {
    pub declared: Declared,
    pub source: Source,
    /// Answers what would happen and writes nothing.
    pub dry_run: bool,
    /// Lets the catalogue overwrite what an operator changed.
    pub overwrite: bool,
}

/// What was done, or would be, and the fields that changed or are in conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub outcome: Outcome,
    pub fields: Vec<&'static str>,
    /// The catalogue's pause is lifted: a change, also where the content is the same.
    pub resumed: bool,
}

impl Roster {
    pub async fn put_provider(&self, put: Put) -> Result<Done, Error> {
        if put.dry_run {
            let mut tx = self.db.read().await?;
            let current = providers::find(&mut tx, &put.declared.provider_id).await?;
            return weigh(&put, current.as_ref());
        }
        let db = self.db.clone();
        db::unit(async move {
            loop {
                let mut tx = db.begin().await?;
                let current = providers::find_locked(&mut tx, &put.declared.provider_id).await?;
                let done = weigh(&put, current.as_ref())?;
                if write(&mut tx, &put, current.as_ref(), &done).await? {
                    tx.commit().await?;
                    return Ok(done);
                }
                // Another declaration made the row meanwhile: read it and weigh again.
                drop(tx);
            }
        })
        .await
    }
}

fn weigh(put: &Put, current: Option<&Provider>) -> Result<Done, Error> {
    let new = &put.declared;
    let mut violations = Violations::new();
    if current.is_some_and(|current| current.declared.country != new.country) {
        // Its assignments are bound to the country (I7).
        violations.add(
            "provider.country",
            "cannot change; declare a provider with another id in the other country",
        );
    }
    violations.finish()?;
    let content = current.map(|current| current.declared.hash());
    let stored = current
        .zip(content.as_deref())
        .map(|(current, content)| Stored {
            content,
            catalog: current.catalog_hash.as_deref(),
        });
    let outcome = decide(stored, &new.hash(), put.source, put.overwrite);
    let pause_actor = current.and_then(|current| current.pause_actor.as_deref());
    let resumed = lifts_pause(pause_actor, put.source, outcome);
    let mut fields = current.map_or_else(Vec::new, |current| current.declared.differences(new));
    if resumed {
        fields.push("paused");
    }
    Ok(Done {
        outcome,
        fields,
        resumed,
    })
}

/// False when the row to create is there already.
async fn write(
    tx: &mut Tx,
    put: &Put,
    current: Option<&Provider>,
    done: &Done,
) -> Result<bool, Error> {
    let new = &put.declared;
    let id = &new.provider_id;
    let hash = new.hash();
    let stamp = Stamp {
        content_hash: &hash,
        catalog_hash: (put.source == Source::Catalog).then_some(hash.as_str()),
        now: clock::now(),
    };
    let actor = put.source.actor();
    let cause = match put.source {
        Source::Catalog => "declared in the catalogue",
        Source::Operator => "declared by an operator",
    };
    match done.outcome {
        Outcome::Unchanged | Outcome::Conflict => {}
        Outcome::Adopt => writes::adopt(tx, id, &hash).await?,
        Outcome::Create => {
            if !writes::insert(tx, new, &stamp).await? {
                return Ok(false);
            }
            writes::cover(tx, None, new).await?;
            channels::declare(tx, new, stamp.now).await?;
            writes::record(tx, id, "created", actor, cause, stamp.now).await?;
            publish(tx, Change::Coverage, id, &new.country).await?;
        }
        Outcome::Update => {
            writes::cover(tx, current.map(|current| &current.declared), new).await?;
            channels::declare(tx, new, stamp.now).await?;
            // Last, since it makes the coverage rows mirror the provider.
            writes::update(tx, new, &stamp).await?;
            writes::record(tx, id, "updated", actor, cause, stamp.now).await?;
            for change in told(&done.fields) {
                publish(tx, change, id, &new.country).await?;
            }
        }
    }
    if done.resumed {
        writes::set_pause(tx, id, None, stamp.now).await?;
        let cause = "back in the catalogue";
        writes::record(tx, id, "resumed", actor, cause, stamp.now).await?;
        publish(tx, Change::Resumed, id, &new.country).await?;
    }
    Ok(true)
}

/// What followers must know of: a lead that found nobody may find somebody now.
fn told(fields: &[&'static str]) -> Vec<Change> {
    let mut changes = Vec::new();
    for field in fields {
        let change = match *field {
            "capacity" | "max_per_day" => Change::Capacity,
            "channels" => Change::Channel,
            "categories" | "cities" | "hours" | "time_zone" => Change::Coverage,
            _ => continue,
        };
        if !changes.contains(&change) {
            changes.push(change);
        }
    }
    changes
}
