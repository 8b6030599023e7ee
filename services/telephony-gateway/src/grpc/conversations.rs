//! ConversationService on the wire.

use chassis::clock;
use contracts::telephony::v1 as wire;
use contracts::telephony::v1::conversation_service_server::ConversationService;
use tonic::{Request, Response, Status};

use super::wire::{keys, missing, of_conversation, of_execution, of_run, own_scenario};
use super::{Api, page, status};
use crate::app::list_executions::{self, list_executions};
use crate::app::read;
use crate::app::record_conversation::record_conversation;
use crate::app::scenario_run::start_run;
use crate::store::conversations::Wanted;

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
            since_time,
            until_time,
            only_final,
        } = request.into_inner();
        keys(&[("call_sid", &call_sid)])?;
        let size = page::size(page_size)?;
        let wanted = Wanted {
            call_sid,
            span: page::span(since_time, until_time)?,
            only_final,
        };
        let (time, id) = page::place(&page_token)?;
        let found = read::conversations(&self.telephony, &wanted, (time, &id), size);
        let found = found.await.map_err(status)?;
        let next_page_token = match found.last() {
            Some(last) if i64::try_from(found.len()) == Ok(size) => {
                page::place_token(last.end_time, &last.conversation.id)
            }
            _ => String::new(),
        };
        let conversations = found
            .into_iter()
            .map(|mut kept| {
                kept.conversation.turns.clear();
                of_conversation(kept)
            })
            .collect();
        Ok(Response::new(wire::ListConversationsResponse {
            conversations,
            next_page_token,
        }))
    }

    async fn list_tool_executions(
        &self,
        request: Request<wire::ListToolExecutionsRequest>,
    ) -> Result<Response<wire::ListToolExecutionsResponse>, Status> {
        let wire::ListToolExecutionsRequest {
            since_time,
            until_time,
            conversation_id,
            page_size,
            page_token,
        } = request.into_inner();
        keys(&[("conversation_id", &conversation_id)])?;
        let most = usize::try_from(page::size(page_size)?).unwrap_or(1);
        let after = if page_token.is_empty() {
            None
        } else {
            Some(page::place(&page_token)?)
        };
        let since = page::bound("since_time", since_time)?;
        let since = since.ok_or_else(|| missing("since_time"))?;
        let until = page::bound("until_time", until_time)?.unwrap_or_else(clock::now);
        let wanted = list_executions::Wanted {
            span: (since, until),
            after,
            conversation_id,
            most,
        };
        let found = list_executions(&self.telephony, &wanted).await;
        let (executions, more) = found.map_err(status)?;
        let last = executions.last().filter(|_| more);
        let next_page_token = last.map(|last| page::place_token(last.time, &last.id));
        Ok(Response::new(wire::ListToolExecutionsResponse {
            executions: executions.into_iter().map(of_execution).collect(),
            next_page_token: next_page_token.unwrap_or_default(),
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
            own_scenarios,
        } = request.into_inner();
        let hash = ("configuration_hash", configuration_hash.as_str());
        keys(&[("agent_name", &agent_name), hash])?;
        let own = own_scenarios.into_iter().map(own_scenario).collect();
        let run = start_run(
            &self.telephony,
            agent_name,
            configuration_hash,
            repeats,
            own,
        );
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
