//! `catalog apply`: gives each service the part of the catalogue that it owns, and tells what
//! came of it. Every call may be repeated; what an operator changed meanwhile is never written
//! over but reported as a conflict; what left the files is paused, never deleted; an agent is
//! only stored as a candidate, for nothing but a release writes one at the vendor (R63).

mod answer;
mod calls;
mod leaving;
mod price_list;
mod sites;
mod wire;

#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::time::Duration;

use chassis::client::Channel;

use super::model::Catalog;
use calls::Caller;

/// For one call; a whole catalogue takes some hundred.
const LIMIT: Duration = Duration::from_secs(10);

/// Where the four services that own a part of the catalogue are.
#[derive(Clone)]
pub struct Services {
    pub telephony: Channel,
    pub lead: Channel,
    pub roster: Channel,
    pub notification: Channel,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Asks what would happen and writes nothing.
    pub dry_run: bool,
    /// Writes over what an operator changed.
    pub overwrite: bool,
}

/// What came, or with a dry run would come, of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Created,
    Updated,
    Unchanged,
    /// An operator changed it meanwhile; nothing was written.
    Conflict,
    /// It left the files.
    Paused,
    /// The service refused it, or did not answer; in words.
    Failed(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The owner: "roster".
    pub service: &'static str,
    /// "provider".
    pub kind: &'static str,
    pub id: String,
    pub outcome: Outcome,
    /// The fields that changed or are in conflict.
    pub fields: Vec<String>,
}

/// What `apply` did, in the order in which it was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    pub dry_run: bool,
    pub changes: Vec<Change>,
    /// Agent and hash of its candidate: what the release gate takes.
    pub candidates: Vec<(String, String)>,
}

impl Applied {
    /// Whether everything in the files now stands in the services.
    pub fn is_complete(&self) -> bool {
        self.changes
            .iter()
            .all(|change| !matches!(change.outcome, Outcome::Conflict | Outcome::Failed(_)))
    }

    /// A line for each thing that changed, and a count. What is unchanged is only counted.
    pub fn render(&self) -> String {
        let mut text = String::new();
        for change in &self.changes {
            let (verb, more) = match &change.outcome {
                Outcome::Created => ("created", String::new()),
                Outcome::Updated => ("updated", told(&change.fields)),
                Outcome::Unchanged => continue,
                Outcome::Conflict => (
                    "CONFLICT",
                    format!(
                        "an operator changed {}: bring it into the files, or apply with --overwrite",
                        if change.fields.is_empty() {
                            "it".to_owned()
                        } else {
                            change.fields.join(", ")
                        },
                    ),
                ),
                Outcome::Paused => ("paused", "it left the files".to_owned()),
                Outcome::Failed(why) => ("FAILED", why.clone()),
            };
            let line = format!(
                "{verb:<9} {:<12} {:<10} {}  {more}",
                change.service, change.kind, change.id
            );
            let _ = writeln!(text, "{}", line.trim_end());
        }
        let count = |wanted: fn(&Outcome) -> bool| {
            self.changes
                .iter()
                .filter(|change| wanted(&change.outcome))
                .count()
        };
        let _ = writeln!(
            text,
            "{}{} created, {} updated, {} unchanged, {} paused, {} in conflict, {} failed",
            if self.dry_run {
                "dry run, nothing was written: "
            } else {
                ""
            },
            count(|o| matches!(o, Outcome::Created)),
            count(|o| matches!(o, Outcome::Updated)),
            count(|o| matches!(o, Outcome::Unchanged)),
            count(|o| matches!(o, Outcome::Paused)),
            count(|o| matches!(o, Outcome::Conflict)),
            count(|o| matches!(o, Outcome::Failed(_))),
        );
        text
    }
}

/// A pause that a Put of the catalogue changed is one that it lifted.
fn told(fields: &[String]) -> String {
    let fields: Vec<&str> = fields
        .iter()
        .map(|field| match field.as_str() {
            "paused" => "no longer paused: it is back in the files",
            field => field,
        })
        .collect();
    fields.join(", ")
}

/// Applies the whole catalogue.
///
/// In the order of need, from the end of the call's way to its start: whoever can be told, who
/// serves, what a need means, and last the numbers and agents that let callers in. An apply that
/// stops half-way therefore never lets in a call that cannot be served.
pub async fn apply(catalog: &Catalog, services: &Services, options: Options) -> Applied {
    let mut caller = Caller::new(services, options);
    caller.look().await;
    caller.channel_rules(catalog).await;
    caller.retention(catalog).await;
    for provider in &catalog.providers {
        caller.provider(provider).await;
    }
    caller.taxonomy(catalog).await;
    for site in &catalog.sites {
        caller.site_facts(site).await;
    }
    caller.price_list(catalog).await;
    for site in &catalog.sites {
        caller.site(catalog, site).await;
    }
    leaving::pause(&mut caller, catalog).await;
    caller.finish()
}
