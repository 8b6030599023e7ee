//! DispatchLead: store the need, go on with it, tell the caller what to say.
//!
//! The order is the promise: understood first (pure), then committed, then answered (I1). What
//! does not finish within the budget is answered "noted" and finished by whoever holds the lead.

use std::sync::Arc;
use std::time::Instant;

use chassis::telemetry;
use tracing::Instrument as _;
use uuid::Uuid;

use super::error::Failure;
use super::meet::{self, Arrival, Met};
use super::prove::{self, Told};
use super::{Leads, dispatch, undisturbed};
use crate::domain::language;
use crate::domain::need::{Need, clean};
use crate::domain::say::{Answer, Template};

/// A tool call as it came.
#[derive(Clone, Default)]
pub struct ToolCall {
    pub need: Need,
    pub conversation_id: String,
    pub caller_id: String,
    pub called_number: String,
    pub call_sid: String,
    pub call_token: String,
}

/// What the agent gets back; it exists only for a committed lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispatched {
    pub lead_id: Uuid,
    pub answer: Answer,
}

impl Leads {
    pub async fn dispatch_lead(self: &Arc<Self>, call: ToolCall) -> Result<Dispatched, Failure> {
        let started = Instant::now();
        let known = self.knowledge().await?;
        let told = Told {
            call_sid: &clean(&call.call_sid),
            called_number: &call.called_number,
            caller_id: &clean(&call.caller_id),
            token: call.call_token.trim(),
        };
        let proven = prove::call(told, &self.call_token_secrets, &known);
        if !proven.verified {
            metrics::counter!("lead_unproven_tool_calls_total").increment(1);
        }
        let arrival = Arc::new(Arrival {
            need: call.need.cleaned(),
            conversation_id: clean(&call.conversation_id),
            call: proven,
            known: Arc::clone(&known),
            traceparent: telemetry::current_traceparent(),
        });
        let met = self.meet(&arrival).await?;
        self.crash_points.pass("lead.after_insert").await?;
        let dispatched = match met {
            Met::Lacks {
                lead_id,
                field,
                ref language,
            } => Dispatched {
                lead_id,
                answer: Answer {
                    status: "needs_field".to_owned(),
                    template: Template::Needs(field),
                    language: language.clone(),
                    category_name: String::new(),
                },
            },
            Met::Stands {
                lead_id,
                drive,
                ref language,
            } => {
                if drive {
                    self.go_on(lead_id);
                }
                let spoken = language::choose(language, &[]).to_owned();
                let answer = self.answer(lead_id, started, spoken).await?;
                Dispatched { lead_id, answer }
            }
        };
        self.crash_points.pass("lead.before_reply").await?;
        metrics::histogram!("lead_dispatch_answer_seconds").record(started.elapsed().as_secs_f64());
        Ok(dispatched)
    }

    async fn meet(self: &Arc<Self>, arrival: &Arc<Arrival>) -> Result<Met, Failure> {
        let _turn = self.turns.take(&arrival.key()).await;
        if let Some(met) = meet::repeated(self, arrival).await? {
            return Ok(met);
        }
        undisturbed(|| {
            let (this, arrival) = (Arc::clone(self), Arc::clone(arrival));
            async move { meet::meet(&this, &arrival).await }
        })
        .await
    }

    /// Goes on with a lead whose lease was taken with its commit, in the span of the caller but
    /// without the caller's deadline: the caller may leave, the lead goes on.
    pub(super) fn go_on(self: &Arc<Self>, lead_id: Uuid) {
        let this = Arc::clone(self);
        let work = async move { dispatch::drive(&this, lead_id).await };
        let span = tracing::info_span!("lead.dispatch", lead.id = %lead_id);
        self.life.spawn(work.instrument(span));
    }
}

impl Need {
    /// Every argument as it may be stored.
    #[must_use]
    pub fn cleaned(&self) -> Self {
        Self {
            customer_name: clean(&self.customer_name),
            phone: clean(&self.phone),
            language: clean(&self.language),
            service: clean(&self.service),
            location: clean(&self.location),
            urgency: clean(&self.urgency),
            another_need: self.another_need,
        }
    }
}
