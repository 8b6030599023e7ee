//! Where a lead stands before it is dispatched: what is understood of it, whether its call is
//! proven, and when the machine next looks at it.

use super::Leads;
use super::error::Failure;
use crate::domain::knowledge::Knowledge;
use crate::domain::lead::{Lead, Source};
use crate::domain::normalise::{Understood, understand};
use crate::domain::site::SiteFacts;
use crate::domain::state::LeadState;
use crate::store::queue;

/// Writes what is understood onto the lead. A city needs a source: it must lie in its country.
pub(super) fn put(lead: &mut Lead, understood: &Understood) {
    lead.phone.clone_from(&understood.phone);
    lead.language = understood.language.to_owned();
    lead.category.clone_from(&understood.category);
    lead.city = lead.source.as_ref().and(understood.city.clone());
    lead.urgency = understood.urgency;
    lead.missing.clone_from(&understood.missing);
}

impl Leads {
    /// When the machine next looks at a lead that is not yet dispatched.
    pub(super) fn next_due(&self, lead: &Lead, now: i64) -> i64 {
        let grace = queue::micros(self.settings.completion_grace);
        match lead.state {
            LeadState::Incomplete => lead.completion_due_us(grace).max(now),
            LeadState::Pending if !lead.verified => lead.assumed_end_us,
            _ => now,
        }
    }

    /// The call is proven; the site that was proven is the source, and decides how words are read.
    pub(super) fn verify(
        &self,
        lead: &mut Lead,
        site: Option<&SiteFacts>,
        known: &Knowledge,
    ) -> Result<(), Failure> {
        let source = site.map(Source::of);
        if source.is_some() && source != lead.source {
            lead.source = source;
            let understood = understand(&lead.need, &lead.caller_id, site, known);
            put(lead, &understood);
            if lead.state == LeadState::Incomplete && lead.missing.is_empty() {
                lead.go(LeadState::Pending)?;
                lead.attempt = 1;
            }
        }
        lead.verified = true;
        lead.operator_owned = false;
        Ok(())
    }
}
