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
    // By its key, or by the key with which it came: completed since, it is still the same need.
    let keyed = |lead: &&Lead| {
        lead.need_key.as_deref() == Some(&key)
            || lead.id == keys::lead(&lead.conversation_key, Some(&key))
    };
    if need.another_need {
        let same = |lead: &&Lead| key == key_of(lead);
        let completes = |lead: &&Lead| {
            lead.state == LeadState::Incomplete
                && lead.may_be(&understood.category, understood.city.as_deref())
        };
        first
            .filter(same)
            .or_else(|| others.clone().find(keyed))
            .or_else(|| others.find(completes))
            .or_else(|| first.filter(completes))
            .map(|found| standing(needs, found, need, understood))
    } else {
        // A need told as another one first, and then as the only one, is the same need.
        first.or_else(|| others.find(keyed))
    }
}

/// The key that a lead would have as another need.
fn key_of(lead: &Lead) -> String {
    let place = lead.city.clone();
    let words = || fold::fold(&lead.need.location);
    keys::another(&lead.category, &place.unwrap_or_else(words))
}

/// `found`, or the lead that stands already for what this need would complete it to.
fn standing<'a>(
    needs: &'a [Lead],
    found: &'a Lead,
    need: &Need,
    understood: &Understood,
) -> &'a Lead {
    let mut completed = found.clone();
    if !need.service.is_empty() {
        completed.category.clone_from(&understood.category);
    }
    if !need.location.is_empty() {
        completed.city.clone_from(&understood.city);
        completed.need.location.clone_from(&need.location);
    }
    let key = key_of(&completed);
    let mut others = needs.iter().filter(|lead| lead.id != found.id);
    others.find(|lead| key_of(lead) == key).unwrap_or(found)
}
