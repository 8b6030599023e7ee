//! The books (B2): each call that ended is closed in one class, when everything that belongs to it is
//! known. A call that should have made a lead and did not goes to the recovery first.

use chassis::clock;
use chassis::db::{self, StoreError};

use super::BEGINNING;
use super::held::Held;
use super::recover::Outcome;
use crate::domain::call::{Call, Class, Closing, Entries, Heard, close};
use crate::domain::conversation::Conversation;
use crate::domain::flag::{Finding, Kind};
use crate::domain::judge::RULES_VERSION;
use crate::domain::lead::Lead;
use crate::outbound::Detail;
use crate::store::delivery_checks::{self, Check};
use crate::store::{calls, conversations, cost_reports, flags, verdicts};

const PAGE: i64 = 100;

/// Everything that is known of one call.
pub(super) struct Known {
    pub(super) call: Call,
    pub(super) detail: Detail,
    pub(super) conversations: Vec<Conversation>,
    pub(super) leads: Vec<Lead>,
    heard: Option<Heard>,
}

/// How a call is closed, and what that leaves to do.
struct Closed {
    class: Class,
    reason: String,
    findings: Vec<Finding>,
    checks: Vec<Check>,
}

impl Held<'_> {
    pub(super) async fn close(&mut self) -> anyhow::Result<()> {
        let grace = chrono::TimeDelta::from_std(self.scanner.settings.grace)?;
        let mut after = (BEGINNING, String::new());
        let mut failed = None;
        loop {
            let open = {
                let mut tx = self.scanner.db.read().await?;
                calls::open(&mut tx, (after.0, &after.1), PAGE).await?
            };
            let Some(last) = open.last() else { break };
            after = (last.end_time, last.call_sid.clone());
            for call in open {
                if clock::now() - call.end_time < grace {
                    continue;
                }
                // One call that cannot be closed must not keep the others open.
                if let Err(error) = Box::pin(self.close_one(call)).await {
                    failed = Some(error);
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    async fn close_one(&mut self, call: Call) -> anyhow::Result<()> {
        let known = self.known(call).await?;
        let entries = Entries {
            lead: known.leads.first().map(|lead| lead.recovered),
            heard: known.heard,
            without_agent: known.detail.without_agent,
            tool_called: known.conversations.iter().any(Conversation::fired_the_tool),
            real_need: known.conversations.iter().find_map(Conversation::real_need),
        };
        let closed = match close(&known.call, entries, clock::now()) {
            Closing::Wait => return Ok(()),
            Closing::As(class, reason) => Closed {
                class,
                reason: reason.to_owned(),
                findings: Vec::new(),
                checks: checks(&known),
            },
            Closing::Recover => match self.recover(&known).await? {
                Outcome::Recovered => {
                    self.counts.recovered += 1;
                    let mut again = self.known(known.call.clone()).await?;
                    again.call = known.call.clone();
                    Closed {
                        class: Class::Recovered,
                        reason: "its lead was recovered".to_owned(),
                        findings: Vec::new(),
                        checks: checks(&again),
                    }
                }
                Outcome::Missing(what) => flagged(
                    &known,
                    Kind::RecoveryIncomplete,
                    format!(
                        "A lead of this call is lost and cannot be recovered without you: {what}. Read \
                         the transcript in the call's summary mail, call the customer back, and close \
                         the flag with `bord flag`."
                    ),
                ),
            },
            Closing::Ask(why) => flagged(
                &known,
                if known.heard.is_some() {
                    Kind::RecoveryIncomplete
                } else {
                    Kind::CallUnexplained
                },
                format!(
                    "Nobody can say by machine whether this call lost a lead: {why}. Read its transcript \
                     or listen to the call at the carrier, and close the flag with `bord flag`."
                ),
            ),
        };
        self.write(known, closed).await?;
        Ok(())
    }

    async fn known(&self, call: Call) -> anyhow::Result<Known> {
        let mut tx = self.scanner.db.read().await?;
        let mut ids = conversations::of_call(&mut tx, &call.call_sid).await?;
        if !call.conversation_id.is_empty() && !ids.contains(&call.conversation_id) {
            ids.push(call.conversation_id.clone());
        }
        let mut heard = None;
        for id in &ids {
            let class = verdicts::class(&mut tx, id, RULES_VERSION).await?;
            let class = class.as_deref().and_then(Heard::from_name);
            // Of two registrations of one call the one with a need counts.
            if heard.is_none() || class == Some(Heard::Real) {
                heard = class.or(heard);
            }
        }
        drop(tx);
        let leads = self.scanner.leads.of(&ids, &call.call_sid).await?;
        let detail = self.scanner.telephony.detail(&call.call_sid).await?;
        let mut found = Vec::new();
        // A lead decides by itself; only without one must the words be read again.
        if leads.is_empty() {
            for id in &ids {
                found.extend(self.scanner.conversations.read(id).await?);
            }
        }
        Ok(Known {
            call,
            detail: detail.unwrap_or_default(),
            conversations: found,
            leads,
            heard,
        })
    }

    async fn write(&mut self, known: Known, closed: Closed) -> Result<(), StoreError> {
        let db = self.scanner.db.clone();
        let registrations = known.detail.registrations;
        let new = db::unit(async move {
            let mut tx = db.begin().await?;
            let sid = &known.call.call_sid;
            let (class, reason) = (closed.class, &closed.reason);
            let mut new = 0;
            if calls::close(&mut tx, sid, class, reason, registrations).await? {
                metrics::counter!("bord_calls_closed_total", "class" => class.name()).increment(1);
                for finding in &closed.findings {
                    new += i64::from(flags::raise(&mut tx, finding).await?);
                }
                cost_reports::plan(&mut tx, sid).await?;
                for check in &closed.checks {
                    delivery_checks::plan(&mut tx, check).await?;
                }
            }
            tx.commit().await?;
            Ok::<_, StoreError>(new)
        })
        .await?;
        self.counts.flags_raised += new;
        Ok(())
    }
}

fn flagged(known: &Known, kind: Kind, text: String) -> Closed {
    let sid = &known.call.call_sid;
    let finding = Finding {
        call_sid: sid.clone(),
        conversation_id: known
            .conversations
            .first()
            .map_or_else(|| known.call.conversation_id.clone(), |c| c.id.clone()),
        ..Finding::new(kind, sid, "", text)
    };
    Closed {
        class: Class::Flagged,
        reason: "a flag tells why".to_owned(),
        findings: vec![finding],
        checks: Vec::new(),
    }
}

fn checks(known: &Known) -> Vec<Check> {
    let leads = known.leads.iter().map(|lead| Check {
        lead_id: lead.id.clone(),
        conversation_id: known.call.conversation_id.clone(),
        agent_name: String::new(),
        create_time: lead.create_time.unwrap_or(known.call.end_time),
    });
    leads.collect()
}
