//! A need meets its lead: the one it makes, or the one that is there already (I2, I3).
//!
//! Runs under the conversation's lock, so that the same question asked a hundred times at once
//! makes one lead, and a second need is told from the first for certain.

use std::sync::Arc;

use chassis::clock;
use chassis::db::Tx;
use uuid::Uuid;

use super::Leads;
use super::error::Failure;
use super::prove::Call;
use super::standing::put;
use crate::domain::knowledge::Knowledge;
use crate::domain::lead::{Event, Lead, Origin, Source};
use crate::domain::need::{Field, Need};
use crate::domain::normalise::{Understood, understand};
use crate::domain::say::{Answer, Template};
use crate::domain::site::DEFAULT_MAX_CALL;
use crate::domain::state::LeadState;
use crate::domain::{keys, same_need};
use crate::store::conversations::{self, Conversation};
use crate::store::{answers, events, leads, queue};

/// A tool call, with its call as far as it is proven.
pub struct Arrival {
    pub need: Need,
    pub conversation_id: String,
    pub call: Call,
    pub known: Arc<Knowledge>,
    pub traceparent: Option<String>,
}

/// What became of it; the transaction is committed.
pub enum Met {
    /// A field is missing; the agent asks for it.
    Lacks {
        lead_id: Uuid,
        field: Field,
        language: String,
    },
    /// The lead stands, and its answer comes; `drive` when this meeting holds its lease.
    Stands {
        lead_id: Uuid,
        drive: bool,
        language: String,
    },
}

impl Arrival {
    /// The key of its conversation.
    pub(super) fn key(&self) -> String {
        keys::conversation(&self.conversation_id, &self.call.call_sid, &self.need)
    }
}

/// The lead that this very question made, where nothing is left to be learned from it (I3).
pub(super) async fn repeated(app: &Leads, arrival: &Arrival) -> Result<Option<Met>, Failure> {
    let mut tx = app.db.read().await?;
    let arguments = keys::arguments(&arrival.need);
    let found = leads::asked(&mut tx, &arrival.key(), arguments).await?;
    Ok(found.map(|(lead_id, language)| Met::Stands {
        lead_id,
        drive: false,
        language,
    }))
}

pub(super) async fn meet(app: &Leads, arrival: &Arrival) -> Result<Met, Failure> {
    let mut tx = app.db.begin().await?;
    let key = arrival.key();
    let conversation = conversation(&mut tx, &key, &arrival.call.call_sid).await?;
    let call = proven_by_telephony(&arrival.call, &conversation, &arrival.known);
    let now = crate::store::now_us(&mut tx).await?;
    let site = call.site.as_ref();
    let understood = understand(&arrival.need, &call.caller_id, site, &arrival.known);
    let needs = leads::of_conversation(&mut tx, &key).await?;
    let fresh = Fresh {
        app,
        arrival,
        call: &call,
        key: &key,
        understood: &understood,
        now,
    };
    let met = match same_need::find(&needs, &arrival.need, &understood) {
        Some(found) => {
            // Locked and read anew: a step of the saga may be under way, and both write its log.
            let lead = leads::lock(&mut tx, found.id).await?;
            fresh.amend(&mut tx, lead.ok_or(Failure::Moved)?).await?
        }
        None => {
            fresh
                .insert(&mut tx, &conversation, highest(&needs))
                .await?
        }
    };
    tx.commit().await?;
    Ok(met)
}

/// The number of the latest need; 1 is the first one's, whether or not it was told.
pub(super) fn highest(needs: &[Lead]) -> i32 {
    needs.iter().map(|lead| lead.need_number).max().unwrap_or(1)
}

/// Locks the conversation; what telephony told under the call alone counts for it too.
pub(super) async fn conversation(
    tx: &mut Tx,
    key: &str,
    call_sid: &str,
) -> Result<Conversation, Failure> {
    let own = conversations::lock(tx, key).await?;
    let by_call = keys::call(call_sid);
    if call_sid.is_empty() || by_call == key {
        return Ok(own);
    }
    let other = conversations::peek(tx, &by_call).await?;
    Ok(Conversation {
        verified_site_id: own.verified_site_id,
        call_end_us: own.call_end_us.or(other.call_end_us),
    })
}

/// The word of telephony may have come before the tool call did.
pub(super) fn proven_by_telephony(
    call: &Call,
    conversation: &Conversation,
    known: &Knowledge,
) -> Call {
    let site = conversation
        .verified_site_id
        .as_deref()
        .and_then(|id| known.site(id));
    match site {
        Some(site) if !call.verified => Call {
            verified: true,
            site: Some(site.clone()),
            ..call.clone()
        },
        _ => call.clone(),
    }
}

/// A tool call under its conversation's lock.
pub(super) struct Fresh<'a> {
    pub(super) app: &'a Leads,
    pub(super) arrival: &'a Arrival,
    pub(super) call: &'a Call,
    pub(super) key: &'a str,
    pub(super) understood: &'a Understood,
    pub(super) now: i64,
}

impl Fresh<'_> {
    /// The lead that this need makes, not yet stored.
    pub(super) fn lead(&self, conversation: &Conversation, highest: i32) -> Lead {
        let Self {
            arrival,
            call,
            understood,
            now,
            ..
        } = self;
        let another = arrival.need.another_need;
        let need_key =
            another.then(|| keys::another(&understood.category, &understood.place(&arrival.need)));
        let need = arrival.need.clone();
        let mut lead = Lead::new(self.key, Origin::ToolCall, need, *now, clock::now());
        if another {
            lead.id = keys::lead(self.key, need_key.as_deref());
            lead.need_number = highest + 1;
            lead.need_key = need_key;
        }
        lead.conversation_id.clone_from(&arrival.conversation_id);
        lead.call_sid.clone_from(&call.call_sid);
        lead.caller_id.clone_from(&call.caller_id);
        lead.verified = call.verified;
        lead.source = call.site.as_ref().map(Source::of);
        if understood.missing.is_empty() {
            lead.state = LeadState::Pending;
            lead.attempt = 1;
        }
        lead.assumed_end_us = self.assumed_end();
        lead.call_end_us = conversation.call_end_us;
        lead.traceparent.clone_from(&arrival.traceparent);
        put(&mut lead, understood);
        lead.due_us = Some(self.app.next_due(&lead, *now));
        lead
    }

    async fn insert(
        &self,
        tx: &mut Tx,
        conversation: &Conversation,
        highest: i32,
    ) -> Result<Met, Failure> {
        let lead = self.lead(conversation, highest);
        let drive = lead.due_us == Some(self.now);
        if !leads::insert(tx, &lead, self.lease(drive)).await? {
            return Err(Failure::Moved);
        }
        let event = self.event("stored", None, &lead, "the agent's tool call");
        events::append(tx, lead.id, &event).await?;
        self.met(tx, &lead, drive).await
    }

    pub(super) async fn met(&self, tx: &mut Tx, lead: &Lead, drive: bool) -> Result<Met, Failure> {
        let (lead_id, language) = (lead.id, lead.language.clone());
        if lead.state == LeadState::Incomplete
            && let Some(field) = lead.missing.first().copied()
        {
            return Ok(Met::Lacks {
                lead_id,
                field,
                language,
            });
        }
        if !lead.verified {
            // Nothing more happens in this call, so there is nothing to wait for.
            let answer = Answer {
                status: lead.state.name().to_owned(),
                template: Template::Kept,
                language: language.clone(),
                category_name: String::new(),
            };
            answers::save(tx, lead_id, &answer).await?;
        }
        Ok(Met::Stands {
            lead_id,
            drive,
            language,
        })
    }

    pub(super) fn assumed_end(&self) -> i64 {
        let longest = self
            .call
            .site
            .as_ref()
            .map_or(DEFAULT_MAX_CALL, |site| site.max_call);
        self.now + queue::micros(longest + self.app.settings.end_grace)
    }

    pub(super) fn lease(&self, drive: bool) -> Option<i64> {
        drive.then(|| self.now + queue::micros(self.app.settings.lease))
    }

    pub(super) fn event(
        &self,
        kind: &'static str,
        from: Option<LeadState>,
        lead: &Lead,
        cause: &str,
    ) -> Event {
        Event {
            kind,
            from,
            to: lead.state,
            actor: "agent".to_owned(),
            cause: cause.to_owned(),
            attributes: vec![
                ("category", lead.category.clone()),
                ("city", lead.city.clone().unwrap_or_default()),
                ("verified", lead.verified.to_string()),
                ("phone", chassis::mask::phone(&lead.phone)),
            ],
        }
    }
}
