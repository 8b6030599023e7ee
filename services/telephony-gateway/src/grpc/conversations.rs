//! ConversationService on the wire.

use chrono::{DateTime, Utc};
use contracts::telephony::v1 as wire;
use contracts::telephony::v1::conversation_service_server::ConversationService;
use tonic::{Request, Response, Status};

use super::wire::{duration, keys, timestamp};
use super::{Api, page, status};
use crate::app::read;
use crate::app::record_conversation::record_conversation;
use crate::app::scenario_run::start_run;
use crate::domain::conversation::{Kept, Turn};
use crate::domain::seal::{RunState, ScenarioResult};
use crate::store::runs::Run;

#[tonic::async_trait]
impl ConversationService for Api {
    async fn record_conversation(
        &self,
        request: Request<wire::RecordConversationRequest>,
    ) -> Result<Response<wire::RecordConversationResponse>, Status> {
        let wire::RecordConversationRequest { body } = request.into_inner();
        let stored = record_conversation(&self.telephony, &body)
            .await
            .map_err(status)?;
        Ok(Response::new(wire::RecordConversationResponse { stored }))
    }

    async fn get_conversation(
        &self,
        request: Request<wire::GetConversationRequest>,
    ) -> Result<Response<wire::GetConversationResponse>, Status> {
        let wire::GetConversationRequest { conversation_id } = request.into_inner();
        keys(&[("conversation_id", &conversation_id)])?;
        let kept = read::conversation(&self.telephony, &conversation_id)
            .await
            .map_err(status)?;
        let conversation = Some(of_conversation(kept));
        Ok(Response::new(wire::GetConversationResponse {
            conversation,
        }))
    }

    async fn list_conversations(
        &self,
        request: Request<wire::ListConversationsRequest>,
    ) -> Result<Response<wire::ListConversationsResponse>, Status> {
        let wire::ListConversationsRequest {
            call_sid,
            page_size,
            page_token,
        } = request.into_inner();
        keys(&[("call_sid", &call_sid)])?;
        let size = page::size(page_size)?;
        let (time, id) = page::place(&page_token)?;
        let found = read::conversations(&self.telephony, &call_sid, (time, &id), size);
        let found: Vec<(DateTime<Utc>, Kept)> = found.await.map_err(status)?;
        let next_page_token = match found.last() {
            Some((time, last)) if i64::try_from(found.len()) == Ok(size) => {
                page::place_token(*time, &last.conversation.id)
            }
            _ => String::new(),
        };
        let conversations = found
            .into_iter()
            .map(|(_, mut kept)| {
                kept.conversation.turns.clear();
                of_conversation(kept)
            })
            .collect();
        Ok(Response::new(wire::ListConversationsResponse {
            conversations,
            next_page_token,
        }))
    }

    async fn start_scenario_run(
        &self,
        request: Request<wire::StartScenarioRunRequest>,
    ) -> Result<Response<wire::StartScenarioRunResponse>, Status> {
        let wire::StartScenarioRunRequest {
            agent_name,
            configuration_hash,
            repeats,
        } = request.into_inner();
        let hash = ("configuration_hash", configuration_hash.as_str());
        keys(&[("agent_name", &agent_name), hash])?;
        let run = start_run(&self.telephony, agent_name, configuration_hash, repeats);
        let run_id = run.await.map_err(status)?.to_string();
        Ok(Response::new(wire::StartScenarioRunResponse { run_id }))
    }

    async fn get_scenario_run(
        &self,
        request: Request<wire::GetScenarioRunRequest>,
    ) -> Result<Response<wire::GetScenarioRunResponse>, Status> {
        let wire::GetScenarioRunRequest { run_id } = request.into_inner();
        // What is no id is the id of no run.
        let id = run_id.parse().unwrap_or_default();
        let run = read::run(&self.telephony, id).await.map_err(status)?;
        Ok(Response::new(wire::GetScenarioRunResponse {
            run: Some(of_run(run)),
        }))
    }
}

fn of_conversation(kept: Kept) -> wire::Conversation {
    let conversation = kept.conversation;
    wire::Conversation {
        conversation_id: conversation.id,
        vendor_agent_id: conversation.vendor_agent_id,
        call_sid: conversation.call_sid.unwrap_or_default(),
        site_id: kept.site_id.unwrap_or_default(),
        status: conversation.status,
        start_time: conversation.start_time.map(timestamp),
        duration: conversation.duration.map(duration),
        turns: conversation.turns.into_iter().map(of_turn).collect(),
        cost_credits: conversation.cost_credits,
        collected: conversation.collected.into_iter().collect(),
        termination_reason: conversation.termination_reason,
    }
}

fn of_turn(turn: Turn) -> wire::Turn {
    let speaker = if turn.by_agent {
        wire::Speaker::Agent
    } else {
        wire::Speaker::Caller
    };
    let offset = std::time::Duration::from_secs(u64::try_from(turn.offset_s).unwrap_or(0));
    let tool_calls = turn.tool_calls.into_iter().map(|call| wire::ToolCall {
        tool_name: call.tool_name,
        request_id: call.request_id,
        arguments: call.arguments,
        result: call.result,
        failed: call.failed,
    });
    wire::Turn {
        speaker: speaker.into(),
        text: turn.text,
        offset: Some(duration(offset)),
        tool_calls: tool_calls.collect(),
    }
}

fn of_run(run: Run) -> wire::ScenarioRun {
    let state = match run.state {
        RunState::Running => wire::ScenarioRunState::Running,
        RunState::Passed => wire::ScenarioRunState::Passed,
        RunState::Failed => wire::ScenarioRunState::Failed,
        RunState::Invalid => wire::ScenarioRunState::Invalid,
    };
    wire::ScenarioRun {
        run_id: run.id.to_string(),
        agent_name: run.agent_name,
        configuration_hash: run.hash,
        scenarios_version: run.scenarios_version,
        state: state.into(),
        results: run.results.into_iter().map(of_result).collect(),
        start_time: Some(timestamp(run.start_time)),
        end_time: run.end_time.map(timestamp),
    }
}

fn of_result(result: ScenarioResult) -> wire::ScenarioResult {
    let ScenarioResult {
        scenario,
        dispatch_expected,
        passed,
        failed,
        invalid,
        reasons,
    } = result;
    wire::ScenarioResult {
        scenario,
        dispatch_expected,
        passed,
        failed,
        reasons,
        invalid,
    }
}
