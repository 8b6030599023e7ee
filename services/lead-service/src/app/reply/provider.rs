//! A provider's text among its offers: which one it answers, or what is asked back.

use std::sync::Arc;

use chassis::db::Tx;
use chassis::ids;
use uuid::Uuid;

use super::super::Leads;
use super::super::error::Failure;
use super::decide::{Decided, Question, evidence, to};
use crate::domain::attempt::{Attempt, AttemptState};
use crate::domain::evidence::EvidenceKind;
use crate::domain::reference;
use crate::domain::reply::plan::{Act, Plan, Say, To, Understood};
use crate::domain::reply::{self, Asked, Decision, Offer, Standing, Word};
use crate::outbound::senders::Contact;
use crate::store::replies::Due;
use crate::store::{attempts, questions};

/// So many of a provider's newest offers a text may name; open ones always.
const LATEST: i64 = 50;
/// A question lists no more.
const MOST_CHOICES: usize = 5;

pub(super) async fn decide(
    app: &Arc<Leads>,
    due: &Due,
    contacts: &[Contact],
) -> Result<Decided, Failure> {
    let mut tx = app.db.read().await?;
    let attempts = offers(&mut tx, contacts).await?;
    let references: Vec<String> = attempts.iter().map(|a| reference::of(a.lead_id)).collect();
    let named: Vec<&str> = references.iter().map(String::as_str).collect();
    let read = reply::read(&due.body, &named);
    let offers: Vec<Offer> = attempts
        .iter()
        .zip(&references)
        .map(|(attempt, reference)| Offer {
            reference: reference.clone(),
            standing: standing(attempt),
        })
        .collect();
    let open: Vec<&Attempt> = attempts
        .iter()
        .filter(|attempt| standing(attempt) == Standing::Open)
        .collect();
    let asked_about = fingerprint(&open);
    let asked = asked(questions::of_offers(&mut tx, asked_about).await?);
    drop(tx);
    let decision = reply::decide(&read, &offers, asked);
    let plan = |i: usize, understood: Understood| {
        let attempt = &attempts[i];
        let mut contacts = contacts.iter();
        let contact = contacts.find(|c| c.provider_id == attempt.provider_id);
        Plan {
            to: contact.map_or(To::Customer, to),
            lead_id: Some(attempt.lead_id),
            attempt: attempt.attempt,
            ..Plan::person(understood)
        }
    };
    // Of no offer in particular: about the newest, to whom it was made.
    let newest = attempts.iter().position(|a| standing(a) == Standing::Open);
    let mut decided = match decision {
        Decision::Accept(i) => Decided::new(Plan {
            act: Some(Act::Confirm),
            ..plan(i, Understood::Confirmed)
        }),
        Decision::Decline(i) => Decided::new(Plan {
            act: Some(Act::Decline),
            ..plan(i, Understood::Declined)
        }),
        Decision::HasIt(i) => Decided::new(Plan {
            say: Some(Say::Confirmed),
            ..plan(i, Understood::Confirmed)
        }),
        Decision::Late(i) => Decided::new(Plan {
            say: Some(Say::Late),
            ..plan(i, Understood::Late)
        }),
        Decision::Which(word) => {
            let choices = open.iter().take(MOST_CHOICES);
            let mut decided = Decided::new(Plan {
                say: Some(Say::WhichOffer),
                choices: choices.map(|a| (a.lead_id, a.attempt)).collect(),
                ..plan(newest.unwrap_or_default(), Understood::WhichOffer)
            });
            decided.question = Some(Question::Offers {
                kind: "which_offer",
                offers: asked_about,
                word: Some(word),
            });
            decided
        }
        Decision::Unclear => {
            let mut decided = Decided::new(Plan {
                say: Some(Say::Unclear),
                ..plan(newest.unwrap_or_default(), Understood::Unclear)
            });
            decided.question = Some(Question::Offers {
                kind: "unclear",
                offers: asked_about,
                word: None,
            });
            decided
        }
        Decision::Person => {
            let mut person = Plan::person(Understood::Unclear);
            person.lead_id = only(&read.named, &attempts);
            if let Some(contact) = contacts.first() {
                person.to = to(contact);
            }
            Decided::new(person)
        }
    };
    if read.word != Word::Unclear && decided.plan.lead_id.is_some() {
        let provider = match &decided.plan.to {
            To::Provider { provider_id, .. } => provider_id.clone(),
            To::Customer => String::new(),
        };
        let answered = evidence(due, EvidenceKind::Answered, &provider);
        decided.evidence.push(answered);
    }
    Ok(decided)
}

/// Every open offer of the sender's providers, and the newest others; the newest first.
async fn offers(tx: &mut Tx, contacts: &[Contact]) -> Result<Vec<Attempt>, Failure> {
    let mut found: Vec<Attempt> = Vec::new();
    for contact in contacts {
        let provider = &contact.provider_id;
        found.extend(attempts::open_of_provider(tx, provider).await?);
        found.extend(attempts::latest_of_provider(tx, provider, LATEST).await?);
    }
    found.sort_by_key(|a| (std::cmp::Reverse(a.offer_us), a.lead_id, a.attempt));
    found.dedup_by_key(|a| (a.lead_id, a.attempt));
    // Of a lead's attempts at one provider the last one counts.
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|a| seen.insert((a.lead_id, a.provider_id.clone())));
    Ok(found)
}

fn standing(attempt: &Attempt) -> Standing {
    match attempt.state {
        AttemptState::Offered => Standing::Open,
        AttemptState::Confirmed => Standing::Mine,
        AttemptState::Completed | AttemptState::Releasing | AttemptState::Released => {
            Standing::Over
        }
    }
}

/// Names a set of open offers: the same ones, the same name.
fn fingerprint(open: &[&Attempt]) -> Uuid {
    let mut names: Vec<String> = open
        .iter()
        .map(|a| format!("{}:{}:{}", a.provider_id, a.lead_id, a.attempt))
        .collect();
    names.sort_unstable();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    ids::derive("open offers", &names)
}

fn asked(before: Vec<(String, Option<String>)>) -> Asked {
    let mut asked = Asked::default();
    for (kind, word) in before {
        match (kind.as_str(), word.as_deref()) {
            ("which_offer", Some("no")) => asked.which = Some(Word::No),
            ("which_offer", _) => asked.which = Some(Word::Yes),
            _ => asked.unclear = true,
        }
    }
    asked
}

fn only(named: &[usize], attempts: &[Attempt]) -> Option<Uuid> {
    match named {
        [one] => Some(attempts[*one].lead_id),
        _ => None,
    }
}
