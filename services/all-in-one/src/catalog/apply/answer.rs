//! What the services answer, in the words of an apply: the outcome of a Put, or a refusal.

use chassis::fault;
use contracts::roster::v1 as roster;
use contracts::telephony::v1 as telephony;
use tonic::Status;

use super::Outcome;

/// Outcome and fields of a Put.
pub(super) type Answer = (Outcome, Vec<String>);

/// Reason and fields of a refusal: "INVALID_ARGUMENT: capacity: must be 1 to 1000000".
pub(super) fn in_words(status: &Status) -> String {
    let reason = fault::reason(status).unwrap_or_else(|| status.code().to_string());
    let fields: Vec<String> = fault::violations(status)
        .into_iter()
        .map(|v| format!("{}: {}", v.field, v.rule))
        .collect();
    let told = if fields.is_empty() {
        status.message().to_owned()
    } else {
        fields.join("; ")
    };
    format!("{reason}: {told}")
}

/// The outcome of a Put that only tells whether anything differed, of a thing that is `new`.
pub(super) fn changed(changed: bool, new: bool) -> Answer {
    let outcome = match (changed, new) {
        (true, true) => Outcome::Created,
        (true, false) => Outcome::Updated,
        (false, _) => Outcome::Unchanged,
    };
    (outcome, Vec::new())
}

pub(super) fn roster_outcome(outcome: roster::PutOutcome) -> Outcome {
    match outcome {
        roster::PutOutcome::Created => Outcome::Created,
        roster::PutOutcome::Updated => Outcome::Updated,
        roster::PutOutcome::Unchanged => Outcome::Unchanged,
        roster::PutOutcome::Conflict => Outcome::Conflict,
        roster::PutOutcome::Unspecified => unknown(),
    }
}

pub(super) fn telephony_outcome(outcome: telephony::PutOutcome) -> Outcome {
    match outcome {
        telephony::PutOutcome::Created => Outcome::Created,
        telephony::PutOutcome::Updated => Outcome::Updated,
        telephony::PutOutcome::Unchanged => Outcome::Unchanged,
        telephony::PutOutcome::Conflict => Outcome::Conflict,
        telephony::PutOutcome::Unspecified => unknown(),
    }
}

fn unknown() -> Outcome {
    Outcome::Failed("the service did not say what it did".to_owned())
}
