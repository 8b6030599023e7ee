//! A verb: somebody's word that moves a lead, from a provider, a customer or the operator.
//!
//! Each verb is one plain function from what stands to the change, run under the lead's lock: of
//! two at the same moment the second sees what the first made of the lead. What roster and people
//! must learn of it follows from the state and is resumed from the database.

use std::sync::Arc;

use chassis::fault::Violations;
use chassis::telemetry;
use tracing::Instrument as _;
use uuid::Uuid;

use super::error::Failure;
use super::{Change, Leads, undisturbed};
use crate::domain::attempt::{Attempt, LeadResult, is_operator};
use crate::domain::knowledge::Knowledge;
use crate::domain::lead::{Event, Lead};
use crate::store::{attempts, leads, now_us};

/// Longest name of an actor, and longest words that are kept.
const LONGEST_ACTOR: usize = 100;
pub const LONGEST_WORDS: usize = 500;

/// Who says what about which attempt.
#[derive(Debug, Clone, Default)]
pub struct Verb {
    pub lead_id: Uuid,
    /// 0: the one that stands, for an operator.
    pub attempt: i32,
    /// "provider:link", "customer:sms", "operator:ana"…
    pub actor: String,
    /// Why: the operator's cause, or a provider's words, which are personal.
    pub words: String,
    /// Of CloseLead.
    pub result: Option<LeadResult>,
    /// Of OfferLead.
    pub provider_id: String,
}

/// What came of a verb.
#[derive(Debug, Clone)]
pub struct Moved {
    pub lead: Lead,
    /// False for a repeat.
    pub changed: bool,
}

/// What stands when a verb is heard; locked.
pub(super) struct Standing<'a> {
    pub app: &'a Leads,
    pub known: &'a Knowledge,
    pub lead: &'a Lead,
    pub attempts: &'a [Attempt],
    pub now: i64,
    pub verb: &'a Verb,
}

/// The change that a verb makes; none where it is a repeat.
pub(super) type Decide = fn(&Standing<'_>) -> Result<Option<Change>, Failure>;

impl Verb {
    #[must_use]
    pub fn is_operators(&self) -> bool {
        is_operator(&self.actor)
    }

    /// Who speaks, and that an operator says why; every fault at once. `words` names the field that
    /// an operator must fill.
    pub(super) fn check(&self, who: Who, words: Option<&'static str>) -> Result<(), Failure> {
        let mut v = Violations::new();
        let known = self.actor.split_once(':').is_some_and(|(kind, name)| {
            matches!(kind, "operator" | "provider" | "customer") && !name.is_empty()
        }) || matches!(self.actor.as_str(), "agent" | "dispatcher" | "quality");
        let plain = !self.actor.chars().any(char::is_control);
        if !known || !plain || self.actor.len() > LONGEST_ACTOR {
            v.add(
                "actor",
                "must name who asks, such as operator:ana or provider:link",
            );
        } else if who == Who::Operator && !self.is_operators() {
            v.add("actor", "must be an operator, such as operator:ana");
        }
        if let Some(field) = words {
            if self.is_operators() && self.words.trim().is_empty() {
                v.add(field, "is required of an operator: say why, in a few words");
            }
            if self.words.chars().count() > LONGEST_WORDS {
                v.add(field, "must be at most 500 characters");
            }
        }
        let left_out = self.attempt == 0 && who == Who::OfAnAttempt && !self.is_operators();
        if self.attempt < 0 || left_out {
            v.add(
                "attempt",
                "must be the attempt that is answered; only an operator may leave it out",
            );
        }
        Ok(v.finish()?)
    }
}

/// Who may say a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// Whoever was offered an attempt and names it, or the operator.
    OfAnAttempt,
    Anybody,
    Operator,
}

impl Standing<'_> {
    /// The attempt that the verb means.
    pub(super) fn attempt(&self) -> Result<Option<&Attempt>, Failure> {
        let number = match self.verb.attempt {
            0 => self.lead.attempt,
            told => told,
        };
        let found = self.attempts.iter().find(|a| a.attempt == number);
        match found {
            None if self.verb.attempt > self.lead.attempt => Err(Failure::UnknownOffer),
            found => Ok(found),
        }
    }

    /// The event of a move by the verb's actor.
    pub(super) fn event(&self, to: &Lead, kind: &'static str, cause: &str) -> Event {
        let mut attributes = vec![("attempt", self.lead.attempt.to_string())];
        if let Some(provider) = &self.lead.provider_id {
            attributes.push(("provider_id", provider.clone()));
        }
        Event {
            kind,
            from: Some(self.lead.state),
            to: to.state,
            actor: self.verb.actor.clone(),
            cause: cause.to_owned(),
            attributes,
        }
    }

    /// The operator's words as the event log keeps them, or `otherwise`.
    pub(super) fn cause(&self, otherwise: &str) -> String {
        let words = self.verb.words.trim();
        if self.verb.is_operators() && !words.is_empty() {
            scrubbed(words)
        } else {
            otherwise.to_owned()
        }
    }
}

/// Words without what looks like a number or an address of a person: the log is never erased.
#[must_use]
pub fn scrubbed(words: &str) -> String {
    let digits = |word: &str| word.bytes().filter(u8::is_ascii_digit).count();
    let mut kept: Vec<&str> = Vec::new();
    let mut run = 0;
    for word in words.split_whitespace() {
        if word.contains('@') {
            kept.push("***");
            continue;
        }
        let numeric = digits(word) > 0 && word.chars().all(|c| !c.is_alphabetic());
        run = if numeric { run + digits(word) } else { 0 };
        // A number may be spoken in groups: "079 123 45 67".
        if run >= 7 || digits(word) >= 7 {
            while kept
                .last()
                .is_some_and(|last| digits(last) > 0 && !last.chars().any(char::is_alphabetic))
            {
                kept.pop();
            }
            if kept.last() != Some(&"***") {
                kept.push("***");
            }
            continue;
        }
        kept.push(word);
    }
    kept.join(" ")
}

impl Leads {
    /// Decides a verb under the lead's lock, commits, and goes on with what follows: in the trace of
    /// the lead's call, whoever says it and whenever (B8).
    pub(super) async fn hear(
        self: &Arc<Self>,
        name: &'static str,
        verb: Verb,
        decide: Decide,
    ) -> Result<Moved, Failure> {
        let mut tx = self.db.read().await?;
        let call = leads::traceparent(&mut tx, verb.lead_id).await?;
        drop(tx);
        let span = tracing::info_span!(
            "lead.verb",
            otel.name = name,
            lead.id = %verb.lead_id,
            lead.attempt = verb.attempt,
        );
        telemetry::join(call.as_deref(), &span);
        self.decided(verb, decide).instrument(span).await
    }

    async fn decided(self: &Arc<Self>, verb: Verb, decide: Decide) -> Result<Moved, Failure> {
        let known = self.knowledge().await?;
        let verb = Arc::new(verb);
        let (moved, goes_on) = undisturbed(|| {
            let (this, verb, known) = (Arc::clone(self), Arc::clone(&verb), Arc::clone(&known));
            async move {
                let mut tx = this.db.begin().await?;
                let found = leads::lock(&mut tx, verb.lead_id).await?;
                let lead = found.ok_or(Failure::UnknownLead)?;
                let attempts = attempts::of_lead(&mut tx, lead.id).await?;
                let now = now_us(&mut tx).await?;
                let standing = Standing {
                    app: &this,
                    known: &known,
                    lead: &lead,
                    attempts: &attempts,
                    now,
                    verb: &verb,
                };
                let Some(change) = decide(&standing)? else {
                    return Ok((
                        Moved {
                            lead,
                            changed: false,
                        },
                        false,
                    ));
                };
                let lead = this.write(&mut tx, change, now, true).await?;
                tx.commit().await?;
                let goes_on = lead.due_us.is_some_and(|due| due <= now);
                Ok((
                    Moved {
                        lead,
                        changed: true,
                    },
                    goes_on,
                ))
            }
        })
        .await?;
        if goes_on {
            self.go_on(moved.lead.id);
        }
        Ok(moved)
    }
}

#[cfg(test)]
mod tests {
    use super::scrubbed;

    #[test]
    fn numbers_and_addresses_of_people_do_not_reach_the_event_log_i25() {
        assert_eq!(scrubbed("he is ill until 12 May"), "he is ill until 12 May");
        assert_eq!(scrubbed("call 079 123 45 67 first"), "call *** first");
        assert_eq!(
            scrubbed("call +41791234567, or ana@x.ch"),
            "call *** or ***"
        );
        assert_eq!(scrubbed("200 to 300 francs"), "200 to 300 francs");
    }
}
