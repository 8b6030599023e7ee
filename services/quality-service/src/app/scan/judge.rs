//! Judging: every conversation that has no verdict of this version of the rules gets one, once,
//! whoever scans (I19, R56 to R61). Verdict and flags are one transaction.

use chassis::db::{self, StoreError};
use chassis::{clock, telemetry};
use chrono::{DateTime, Utc};
use futures::stream::{self, StreamExt as _};
use tracing::Instrument as _;

use super::BEGINNING;
use super::held::Held;
use crate::domain::conversation::Conversation;
use crate::domain::findings;
use crate::domain::flag::{Finding, Kind};
use crate::domain::judge::{self, RULES_VERSION};
use crate::domain::revision::is_configured_model;
use crate::domain::site::Knowledge;
use crate::outbound::{Conversations, Failed};
use crate::store::conversations::Told;
use crate::store::{self, conversations, cost_reports, verdicts};

const PAGE: i64 = 100;
/// Transcripts that are read side by side.
const READERS: usize = 8;

/// What one judged conversation adds to the scan.
#[derive(Default)]
struct Done {
    judged: bool,
    flags: i64,
}

impl Held<'_> {
    pub(super) async fn judge(&mut self, knowledge: &Knowledge) -> anyhow::Result<()> {
        let mut after = (BEGINNING, String::new());
        let mut failed: Option<Failed> = None;
        loop {
            let told = {
                let mut tx = self.scanner.db.read().await?;
                let from = (after.0, after.1.as_str());
                conversations::unjudged(&mut tx, RULES_VERSION, from, PAGE).await?
            };
            let Some(last) = told.last() else { break };
            after = (last.tell_time, last.conversation_id.clone());
            let source = &self.scanner.conversations;
            let reads = told.into_iter().map(|told| read_one(source.clone(), told));
            let reads: Vec<_> = reads.collect();
            let mut reads = stream::iter(reads).buffered(READERS);
            let mut found = Vec::new();
            while let Some((told, read)) = reads.next().await {
                match read {
                    Ok(Some(conversation)) => found.push((told, conversation)),
                    // Forgotten by telephony: its poll brings it back and tells it again.
                    Ok(None) => {}
                    Err(error) => failed = Some(error),
                }
            }
            for (told, conversation) in found {
                let done = self.keep(knowledge, told, conversation).await?;
                self.counts.flags_raised += done.flags;
            }
            self.scanner.points.pass("quality.after_page").await?;
        }
        failed.map_or(Ok(()), |error| Err(error.into()))
    }

    async fn keep(
        &self,
        knowledge: &Knowledge,
        told: Told,
        conversation: Conversation,
    ) -> Result<Done, StoreError> {
        let site_id = if conversation.site_id.is_empty() {
            told.site_id.clone()
        } else {
            conversation.site_id.clone()
        };
        let facts = knowledge.facts(&site_id);
        let transcript = conversation.transcript();
        let judgement = judge::judge(&transcript, &facts);
        let erased = conversation.erased;
        let mut raised = if erased {
            Vec::new()
        } else {
            findings::of(&conversation, &judgement)
        };
        raised.extend(substituted(knowledge, &conversation));
        let class = if erased {
            "erased"
        } else {
            judgement.class.class.name()
        };
        let broken = if erased {
            Vec::new()
        } else {
            findings::broken(&judgement)
        };
        let dispatched = transcript.dispatched_at().is_some();
        let start_time = conversation.start_time.unwrap_or(told.tell_time);
        let (db, scan_id) = (self.scanner.db.clone(), self.scan.id);
        let agent_name = conversation.agent_name;
        metrics::counter!("bord_conversations_judged_total", "class" => class).increment(1);
        db::unit(async move {
            let mut tx = db.begin().await?;
            let verdict = verdicts::Verdict {
                conversation_id: &told.conversation_id,
                rules_version: RULES_VERSION,
                scan_id,
                class,
                dispatched,
                broken: &broken,
                agent_name: &agent_name,
                start_time,
            };
            let mut done = Done {
                judged: verdicts::keep(&mut tx, &verdict).await?,
                flags: 0,
            };
            if done.judged {
                for finding in &raised {
                    let new = store::flags::raise(&mut tx, finding).await?;
                    done.flags += i64::from(new);
                }
                // Of a call that was closed before, the ledger hears now whether anybody spoke (R76).
                cost_reports::plan(&mut tx, told.call_key()).await?;
            }
            tx.commit().await?;
            Ok(done)
        })
        .await
    }
}

/// Reads one transcript, with a span of its own in the call's trace (B8).
async fn read_one(
    source: Conversations,
    told: Told,
) -> (Told, Result<Option<Conversation>, Failed>) {
    let span = tracing::info_span!("scan.judge", conversation.id = %told.conversation_id);
    telemetry::resume(told.traceparent.as_deref(), &span);
    let read = source.read(&told.conversation_id).instrument(span).await;
    (told, read)
}

/// Another model answered than the one that is declared; once a day for each agent and model.
fn substituted(knowledge: &Knowledge, conversation: &Conversation) -> Option<Finding> {
    let agent = knowledge.agent(&conversation.agent_name)?;
    let models = conversation.answering_models.iter();
    let other = models
        .into_iter()
        .find(|model| !is_configured_model(&agent.llm, model))?;
    let text = format!(
        "{other} answered calls of {}, which is declared with {}. Look at the model's deprecation at \
         the agents' platform and declare another one in the catalogue.",
        agent.name, agent.llm
    );
    let slot = format!("{other} {}", day(clock::now()));
    Some(Finding::new(Kind::ModelSubstituted, &agent.name, &slot, text).of_agent(&agent.name))
}

fn day(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d").to_string()
}
