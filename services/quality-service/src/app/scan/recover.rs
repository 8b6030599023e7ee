//! Recovery (B3): what the vendor's log says that the tool call carried, else what its data collection
//! drew, becomes a lead under the ordinary key. Anything missing makes a flag, never a guess.

use chrono::TimeDelta;

use super::close::Known;
use super::held::Held;
use crate::domain::conversation::Conversation;
use crate::domain::recovery::{Need, Source, needs};
use crate::outbound::{Failed, Recovered};

/// The vendor's clock and ours may differ by as much.
const SLACK: TimeDelta = TimeDelta::minutes(30);

/// What came of it.
pub(super) enum Outcome {
    Recovered,
    /// What a person must find out, without personal data.
    Missing(String),
}

impl Held<'_> {
    pub(super) async fn recover(&self, known: &Known) -> Result<Outcome, Failed> {
        let mut missing = Vec::new();
        let mut recovered = false;
        for conversation in &known.conversations {
            if !conversation.verified {
                missing
                    .push("the vendor does not know it as a call to one of our numbers".to_owned());
                continue;
            }
            for (need, source) in self.needs(known, conversation).await? {
                let lacks = need.missing();
                if !lacks.is_empty() {
                    missing.push(format!("{} is missing", lacks.join(", ")));
                    continue;
                }
                let ids = (conversation.id.as_str(), known.call.call_sid.as_str());
                let call_time = conversation.start_time.unwrap_or(known.call.end_time);
                let leads = &self.scanner.leads;
                match leads.recover(need, ids, source, call_time).await? {
                    Recovered::Lead { id, new } => {
                        recovered = true;
                        tracing::info!(lead.id = id, new, "a lead was recovered");
                        metrics::counter!("bord_leads_recovered_total").increment(1);
                    }
                    Recovered::Refused(fields) => {
                        missing.push(format!("{fields} cannot be understood"));
                    }
                }
            }
        }
        if recovered {
            return Ok(Outcome::Recovered);
        }
        if missing.is_empty() {
            missing.push("no tool call and no collected data tell of it".to_owned());
        }
        missing.dedup();
        Ok(Outcome::Missing(missing.join("; ")))
    }

    /// The needs of a conversation: the tool calls first, then the five fields where the vendor says
    /// that the need was real.
    async fn needs(
        &self,
        known: &Known,
        conversation: &Conversation,
    ) -> Result<Vec<(Need, Source)>, Failed> {
        let began = conversation.start_time.unwrap_or(known.call.end_time);
        let log = self
            .scanner
            .conversations
            .executions(&conversation.id, began - SLACK)
            .await?;
        let mut found: Vec<(Need, Source)> = needs(conversation, &log)
            .into_iter()
            .map(|need| (need, Source::ToolExecution))
            .collect();
        let complete = found.iter().any(|(need, _)| need.missing().is_empty());
        if !complete && conversation.real_need() == Some(true) {
            let collected = Need::of_collection(conversation);
            found = vec![(collected, Source::DataCollection)];
        }
        for (need, _) in &mut found {
            // What the platform filled in, the call itself knows as well.
            if need.caller_id.is_empty() || need.caller_id == "unknown" {
                need.caller_id.clone_from(&known.detail.caller);
            }
            if need.called_number.is_empty() || need.called_number == "unknown" {
                need.called_number.clone_from(&known.detail.called_number);
            }
        }
        Ok(found)
    }
}
