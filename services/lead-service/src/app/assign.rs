//! The match: a pending lead asks the roster for a provider. Whoever had it before is left out; the
//! operator's choice comes before everybody (D7), the provider of the same customer's same need
//! before the ordinary order (D13).

use std::sync::Arc;

use chassis::clock;
use uuid::Uuid;

use super::dispatch::{at_home, event};
use super::error::Failure;
use super::{AttemptMove, Change, Leads, recover_check, unmatched};
use crate::domain::attempt::{Attempt, AttemptState};
use crate::domain::deadline::{AnswerDeadlines, AnswerRule};
use crate::domain::lead::{Before, Lead};
use crate::domain::provider::{Candidate, Match, Provider};
use crate::outbound::roster::Wanted;
use crate::store::{attempts, queue};

/// After so many closed attempts in a row the next one waits.
const CLOSED_AT_ONCE: i32 = 20;
const DAY_US: i64 = 86_400_000_000;

/// Who is left out, and who comes first.
struct Preference {
    excluded: Vec<String>,
    /// The earlier lead of the same need, and its provider.
    repeat: Option<(Uuid, String)>,
}

pub(super) async fn step(
    app: &Arc<Leads>,
    lead: Lead,
    now: i64,
) -> Result<Option<Provider>, Failure> {
    app.crash_points.pass("lead.before_assign").await?;
    let preference = preference(app, &lead).await?;
    let found = ask(app, &lead, &preference).await?;
    app.crash_points.pass("lead.after_assign").await?;
    match found {
        Match::Assigned {
            attempt, provider, ..
        } if lead
            .wanted
            .as_ref()
            .is_some_and(|id| *id != provider.provider_id) =>
        {
            another_stands(app, lead, now, attempt).await?;
            Ok(None)
        }
        Match::Assigned {
            attempt,
            provider,
            candidates,
        } => {
            let repeat = preference.repeat;
            assigned(app, lead, now, attempt, &provider, candidates, repeat).await?;
            Ok(Some(provider))
        }
        Match::Unmatched { candidates, .. } if only_before(&lead) => {
            recover_check::refused(app, lead, candidates).await?;
            Ok(None)
        }
        Match::NotToBeHad { .. } | Match::AttemptClosed if only_before(&lead) => {
            recover_check::refused(app, lead, Vec::new()).await?;
            Ok(None)
        }
        Match::Unmatched {
            next_change,
            candidates,
        } => {
            let next_us = next_change.map(|time| time.timestamp_micros());
            unmatched::enter(app, lead, now, next_us, candidates).await?;
            Ok(None)
        }
        Match::NotToBeHad { rule } => {
            let candidate = Candidate {
                provider_id: lead.wanted.clone().unwrap_or_default(),
                rank: 0,
                removed_by: rule.to_owned(),
                explanation: "the roster does not have it in the lead's country".to_owned(),
            };
            unmatched::enter(app, lead, now, None, vec![candidate]).await?;
            Ok(None)
        }
        Match::AttemptClosed => {
            let many = lead.attempt >= CLOSED_AT_ONCE;
            let pause = if many {
                queue::micros(app.settings.backoff_cap)
            } else {
                0
            };
            next_attempt(app, &lead, lead.attempt, now + pause).await?;
            Ok(None)
        }
    }
}

/// It may go to the provider who was told before a loss, and to nobody else (B3).
fn only_before(lead: &Lead) -> bool {
    lead.wanted.is_none() && lead.before.provider_id.is_some()
}

async fn preference(app: &Arc<Leads>, lead: &Lead) -> Result<Preference, Failure> {
    let known = app.knowledge().await?;
    let mut tx = app.db.read().await?;
    let mut excluded = attempts::earlier_providers(&mut tx, lead.id).await?;
    let since = lead.create_us - i64::from(known.rules.repeat_days) * DAY_US;
    let repeat = attempts::provider_of_same_need(&mut tx, lead, since).await?;
    drop(tx);
    // The operator may offer it again to somebody who had it.
    excluded.retain(|id| lead.named() != Some(id));
    let repeat = repeat.filter(|(_, provider)| !excluded.contains(provider));
    Ok(Preference { excluded, repeat })
}

async fn ask(app: &Arc<Leads>, lead: &Lead, preference: &Preference) -> Result<Match, Failure> {
    let source = lead.source.as_ref();
    let anybody = Wanted {
        lead_id: lead.id,
        attempt: lead.attempt,
        country: source.map_or("", |source| &source.country),
        category: &lead.category,
        city: lead.city.as_deref().unwrap_or_default(),
        excluded: &preference.excluded,
        provider_id: lead.named().map(String::as_str),
        restored: lead.wanted.is_none() && lead.before.provider_id.is_some(),
    };
    if let (None, Some((_, provider))) = (lead.named(), &preference.repeat) {
        let same = Wanted {
            provider_id: Some(provider),
            ..anybody
        };
        // Nothing is kept of a refusal, so the same attempt may ask for anybody.
        match app.roster.assign(&same).await? {
            Match::Unmatched { .. } | Match::NotToBeHad { .. } => {}
            found => return Ok(found),
        }
    }
    Ok(app.roster.assign(&anybody).await?)
}

/// An answer to an earlier question holds the lead for somebody else than the operator named.
/// Nobody was told of it yet: it is closed, and the named one is asked for again.
async fn another_stands(
    app: &Arc<Leads>,
    lead: Lead,
    now: i64,
    attempt: i32,
) -> Result<(), Failure> {
    app.roster.release(lead.id, attempt, "operator").await?;
    next_attempt(app, &lead, attempt, now).await
}

async fn next_attempt(app: &Arc<Leads>, lead: &Lead, closed: i32, due: i64) -> Result<(), Failure> {
    let mut next = lead.clone();
    next.attempt = lead.attempt.max(closed) + 1;
    next.due_us = Some(due);
    let cause = "the attempt was released before";
    let event = event(lead, &next, "attempt_closed", cause);
    app.commit(Change::new(next, event)).await?;
    Ok(())
}

async fn assigned(
    app: &Arc<Leads>,
    lead: Lead,
    now: i64,
    attempt: i32,
    provider: &Provider,
    candidates: Vec<Candidate>,
    repeat: Option<(Uuid, String)>,
) -> Result<(), Failure> {
    at_home(&lead, provider)?;
    let known = app.knowledge().await?;
    let mut next = lead.clone();
    next.go(crate::domain::state::LeadState::Assigned)?;
    next.attempt = attempt;
    next.provider_id = Some(provider.provider_id.clone());
    next.provider_country = Some(provider.country.clone());
    let chosen = candidates
        .iter()
        .find(|c| c.provider_id == provider.provider_id);
    next.match_reason = chosen.map(|c| c.explanation.clone()).unwrap_or_default();
    next.candidates = candidates;
    next.tries = 0;
    next.due_us = Some(now);
    next.retry_us = None;
    next.wanted = None;
    if lead.before.provider_id.as_ref() != Some(&provider.provider_id) {
        next.before = Before::default();
    }
    next.repeat_of = repeat
        .filter(|(_, earlier)| *earlier == provider.provider_id)
        .map(|(earlier, _)| earlier);
    let why = match (&lead.wanted, next.repeat_of) {
        (None, _) if next.before.provider_id.is_some() => "it was told before the loss (B3)",
        (Some(_), _) => "the operator's choice",
        (None, Some(_)) => "the customer's provider for the same need (D13)",
        (None, None) => "the first that matched",
    };
    let mut event = event(&lead, &next, "assigned", why);
    let repeat_of = next.repeat_of.map(|id| ("repeat_of", id.to_string()));
    event.attributes.extend(repeat_of);
    event
        .attributes
        .push(("provider_id", provider.provider_id.clone()));
    event.attributes.push(explained(&next.candidates));
    let category = known.category(&lead.category);
    let deadlines = category.map_or_else(AnswerDeadlines::default, |c| c.answer_deadlines);
    let opened = Attempt {
        lead_id: lead.id,
        attempt,
        provider_id: provider.provider_id.clone(),
        provider_country: provider.country.clone(),
        state: AttemptState::Offered,
        cause: None,
        actor: None,
        reason: None,
        answer_rule: AnswerRule::new(deadlines, lead.urgency, provider.hours.clone()),
        offer_us: now,
        offer_time: clock::now(),
        answer_time: None,
        release_time: None,
    };
    app.commit(Change {
        attempt: Some(AttemptMove::Open(Box::new(opened), provider.terms)),
        ..Change::new(next, event)
    })
    .await?;
    Ok(())
}

/// Candidates as the event log keeps them, so that earlier attempts stay explained (B6).
pub(super) fn explained(candidates: &[Candidate]) -> (&'static str, String) {
    let text = serde_json::to_string(candidates).unwrap_or_default();
    ("candidates", text)
}
