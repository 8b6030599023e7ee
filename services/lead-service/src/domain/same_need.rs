//! Which of a conversation's leads a need means (I2, D12).
//!
//! Whatever is not named as another need is the first one; another need is the lead of the same
//! trade and place, or one that said too little to be told apart.

use super::lead::Lead;
use super::need::Need;
use super::normalise::Understood;
use super::state::LeadState;
use super::{fold, keys};

/// The lead that this need means, if there is one (I2, D12).
#[must_use]
pub fn find<'a>(needs: &'a [Lead], need: &Need, understood: &Understood) -> Option<&'a Lead> {
    let first = needs.iter().find(|lead| lead.need_number == 1);
    let key = keys::another(&understood.category, &understood.place(need));
    let mut others = needs.iter().filter(|lead| lead.need_number != 1);
    if need.another_need {
        let same = |lead: &&Lead| {
            let place = lead
                .city
                .as_deref()
                .map_or_else(|| fold::fold(&lead.need.location), str::to_owned);
            lead.category == understood.category && place == understood.place(need)
        };
        let completes = |lead: &&Lead| {
            lead.state == LeadState::Incomplete
                && lead.may_be(&understood.category, understood.city.as_deref())
        };
        first
            .filter(same)
            .or_else(|| {
                others
                    .clone()
                    .find(|lead| lead.need_key.as_deref() == Some(&key))
            })
            .or_else(|| others.find(completes))
            .or_else(|| first.filter(completes))
    } else {
        // A need told as another one first, and then as the only one, is the same need.
        first.or_else(|| others.find(|lead| lead.need_key.as_deref() == Some(&key)))
    }
}
