//! What an attempt brings in is booked in the transaction that moves it, so that no crash can part
//! the two.
//!
//! Terms are fixed when the lead is assigned. An attempt that was assigned before there were terms,
//! by an earlier version or from a provider who has none, has no event then and gets none: it has no
//! income line, and its economics show none.

use chassis::clock;
use chassis::db::{StoreError, Tx};

use super::{post, repeats};
use crate::app::AttemptMove;
use crate::domain::attempt::{AttemptState, LeadResult, ReleaseCause};
use crate::domain::lead::Lead;
use crate::domain::ledger::income::{State, What};
use crate::domain::ledger::money::Amount;
use crate::store::ledger::income_events;

/// Books a move of an attempt; the lead's row is locked. Nothing more is asked of the database for
/// moves that change no income.
pub(crate) async fn follow(
    tx: &mut Tx,
    lead: &Lead,
    moved: &AttemptMove,
) -> Result<(), StoreError> {
    let what = match moved {
        AttemptMove::Open(attempt, Some(terms)) => {
            let of = (attempt.lead_id, attempt.attempt);
            let provider = &attempt.provider_id;
            return income_events::assigned(tx, of, clock::now(), provider, *terms).await;
        }
        AttemptMove::Answered {
            state: AttemptState::Confirmed,
            ..
        } => What::Confirmed,
        AttemptMove::Answered {
            state: AttemptState::Completed,
            ..
        } => closed(lead),
        AttemptMove::Releasing {
            cause: ReleaseCause::Cancelled,
            ..
        } => What::Cancelled,
        AttemptMove::Releasing { .. } => What::Released,
        // The release itself was booked when it began. Attempts that a loss took from here ended
        // without income: whatever they were charged was credited whole.
        AttemptMove::Open(_, None)
        | AttemptMove::Answered { .. }
        | AttemptMove::Released(_)
        | AttemptMove::Restored(_) => return Ok(()),
    };
    let of = (lead.id, lead.attempt);
    if !income_events::add(tx, of, clock::now(), &what, None).await? {
        return Ok(());
    }
    if what == What::Confirmed
        && let Some(repeat_of) = Box::pin(repeats::charged_elsewhere(tx, lead)).await?
    {
        let what = What::Waived { repeat_of };
        income_events::add(tx, of, clock::now(), &what, None).await?;
    }
    let line = income_events::of_attempt(tx, of).await?;
    // What is not due has never stood in the books: a line never leaves that state.
    if let Some(line) = line.filter(|line| matches!(line.state, State::Due { .. })) {
        post(tx, &line.wanted()).await?;
    }
    Ok(())
}

/// CloseLead has refused what cannot be kept.
fn closed(lead: &Lead) -> What {
    let billed = match &lead.result {
        Some(LeadResult::Won {
            amount_minor,
            currency,
        }) => currency
            .parse()
            .ok()
            .and_then(|currency| Amount::of_minor(*amount_minor, currency).ok()),
        _ => None,
    };
    billed.map_or(What::Lost, |billed| What::Won { billed })
}
