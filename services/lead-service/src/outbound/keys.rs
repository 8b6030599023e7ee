//! Business keys of the messages about a lead: the same key is the same message.

use crate::domain::lead::Lead;

pub(super) fn offer(lead: &Lead) -> String {
    format!("lead:{}:{}", lead.id, lead.attempt)
}

pub(super) fn reminder(lead: &Lead) -> String {
    format!("{}:reminder", offer(lead))
}

pub(super) fn released(lead: &Lead) -> String {
    format!("{}:released", offer(lead))
}

pub(super) fn confirmed(lead: &Lead) -> String {
    format!("{}:confirmed", offer(lead))
}

pub(super) fn result(lead: &Lead) -> String {
    format!("{}:result", offer(lead))
}

pub(super) fn unmatched(lead: &Lead) -> String {
    format!("lead:{}:unmatched:{}", lead.id, lead.attempt)
}

/// Everything that must not leave any more once the attempt is over.
pub(super) fn taken_back(lead: &Lead) -> [String; 4] {
    [offer(lead), reminder(lead), confirmed(lead), result(lead)]
}
