//! A customer's message: it reaches the lead, and a wish to cancel is confirmed by one question.

use std::sync::Arc;

use chassis::db::Tx;
use uuid::Uuid;

use super::super::Leads;
use super::super::error::Failure;
use super::decide::{Decided, Question};
use crate::domain::reference;
use crate::domain::reply::plan::{Act, Plan, Say, Understood};
use crate::domain::reply::{self, Wish, Word};
use crate::domain::state::LeadState;
use crate::store::questions;
use crate::store::replies::Due;

/// A wish within this time of the question was written before it was read.
const READING_US: i64 = 60_000_000;
/// More leads of one number are not all told of.
const MOST: usize = 5;

/// Nothing where the sender is no customer.
pub(super) async fn decide(
    app: &Arc<Leads>,
    due: &Due,
    sender: &str,
) -> Result<Option<Decided>, Failure> {
    let mut tx = app.db.read().await?;
    let all = questions::leads_of(&mut tx, sender).await?;
    let is_open = |state: &str| state.parse().is_ok_and(LeadState::is_open);
    let mut open: Vec<Uuid> = all
        .iter()
        .filter(|(_, state)| is_open(state))
        .map(|(id, _)| *id)
        .collect();
    let Some((newest, _)) = all.first().cloned() else {
        return Ok(None);
    };
    // The reference that every message shows picks one of several.
    let references: Vec<String> = open.iter().map(|id| reference::of(*id)).collect();
    let named: Vec<&str> = references.iter().map(String::as_str).collect();
    let read = reply::read(&due.body, &named);
    if let [one] = read.named[..] {
        open = vec![open[one]];
    }
    // Whoever was asked about one lead answers about that one.
    let mut asked = None;
    for id in &open {
        if let Some(age) = questions::open_for(&mut tx, *id).await? {
            asked = Some((*id, age));
            break;
        }
    }
    drop(tx);
    let wish = reply::wish(&due.body);
    let plan = |understood, lead: Uuid| Plan {
        lead_id: Some(lead),
        ..Plan::person(understood)
    };
    let mut decided = match (asked, read.word, wish) {
        (Some((lead, _)), Word::Yes, _) => cancel(plan(Understood::Cancelled, lead), lead),
        (Some((lead, age)), Word::Unclear, Wish::Cancel) if age > READING_US => {
            cancel(plan(Understood::Cancelled, lead), lead)
        }
        (Some((lead, _)), Word::No, _) | (Some((lead, _)), Word::Unclear, Wish::Keep) => {
            let mut decided = Decided::new(Plan {
                say: Some(Say::Kept),
                ..plan(Understood::Kept, lead)
            });
            decided.question = Some(Question::Close(lead));
            decided
        }
        (None, _, Wish::Cancel) if !open.is_empty() => {
            let lead = open[0];
            let mut decided = Decided::new(Plan {
                say: Some(Say::CancelQuestion),
                ..plan(Understood::CancelQuestion, lead)
            });
            decided.question = Some(Question::Cancel(lead));
            decided
        }
        _ => {
            let mut person = Plan::person(Understood::Customer);
            person.lead_id = match open[..] {
                [] => Some(newest),
                [one] => Some(one),
                // No guess among several.
                _ => None,
            };
            Decided::new(person)
        }
    };
    decided.wrote = match decided.plan.lead_id {
        Some(lead) => vec![lead],
        None => open.into_iter().take(MOST).collect(),
    };
    Ok(Some(decided))
}

fn cancel(plan: Plan, lead: Uuid) -> Decided {
    let mut decided = Decided::new(Plan {
        act: Some(Act::Cancel),
        ..plan
    });
    decided.question = Some(Question::Close(lead));
    decided
}

/// The open leads of a number.
pub(super) async fn open_leads(tx: &mut Tx, phone: &str) -> Result<Vec<Uuid>, Failure> {
    let all = questions::leads_of(tx, phone).await?;
    let open = all
        .into_iter()
        .filter(|(_, state)| state.parse().is_ok_and(LeadState::is_open));
    Ok(open.map(|(id, _)| id).take(MOST).collect())
}
