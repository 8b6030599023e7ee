//! A later tool call about a lead that stands: it completes what is incomplete, proves what was
//! unproven, and is otherwise kept as an amendment that changes nothing (I3).

use chassis::db::Tx;

use super::error::Failure;
use super::meet::{Fresh, Met};
use super::standing::put;
use crate::domain::keys;
use crate::domain::lead::Lead;
use crate::domain::normalise::understand;
use crate::domain::state::LeadState;
use crate::store::{amendments, events, leads};

impl Fresh<'_> {
    /// `before` is locked.
    pub(super) async fn amend(&self, tx: &mut Tx, before: Lead) -> Result<Met, Failure> {
        if before.erase_time.is_some() {
            // A tombstone takes nothing in (I26); the need still meets it (I2).
            return self.met(tx, &before, false).await;
        }
        let need = &self.arrival.need;
        let arguments = keys::arguments(need);
        let repeat = arguments == before.arguments
            || !amendments::insert(tx, before.id, arguments, need).await?;
        let mut lead = before.clone();
        let mut entries = Vec::new();
        let undecided = before.state == LeadState::Incomplete;
        if !repeat {
            let changed = before.need.changes(need).join(" ");
            let mut event = self.event("amended", Some(before.state), &lead, "a later tool call");
            event.attributes.push(("fields", changed));
            entries.push(event);
            if undecided {
                self.complete(&mut lead)?;
            }
            if lead.state != before.state {
                let cause = "nothing is missing";
                entries.push(self.event("completed", Some(before.state), &lead, cause));
            }
        }
        if self.call.verified && !lead.verified {
            let from = lead.state;
            self.app
                .verify(&mut lead, self.call.site.as_ref(), &self.arrival.known)?;
            entries.push(self.event("verified", Some(from), &lead, "the call's token"));
        }
        if undecided || !before.verified {
            lead.assumed_end_us = self.assumed_end();
            if !lead.operator_owned {
                lead.due_us = Some(self.app.next_due(&lead, self.now));
            }
        }
        let drive = lead != before && lead.due_us == Some(self.now);
        if lead != before && !leads::update(tx, &lead, before.version, self.lease(drive)).await? {
            return Err(Failure::Moved);
        }
        for event in &entries {
            events::append(tx, lead.id, event).await?;
        }
        self.met(tx, &lead, drive).await
    }

    /// Takes up what a later tool call says of an incomplete lead.
    fn complete(&self, lead: &mut Lead) -> Result<(), Failure> {
        let site = lead
            .source
            .as_ref()
            .and_then(|s| self.arrival.known.site(&s.site_id));
        lead.need = lead.need.merged(&self.arrival.need);
        let understood = understand(&lead.need, &lead.caller_id, site, &self.arrival.known);
        put(lead, &understood);
        if lead.need_key.is_some() {
            lead.need_key = Some(keys::another(&lead.category, &understood.place(&lead.need)));
        }
        if lead.missing.is_empty() {
            lead.go(LeadState::Pending)?;
            lead.attempt = 1;
            lead.operator_owned = false;
        }
        Ok(())
    }
}
