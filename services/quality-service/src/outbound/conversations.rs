//! What was said, and what the vendor logged, as telephony tells it.

use chassis::client::{self, Channel};
use chrono::{DateTime, Utc};
use contracts::telephony::v1 as wire;
use contracts::telephony::v1::conversation_service_client::ConversationServiceClient;
use tonic::Code;

use super::Failed;
use super::wire::{length, time, timestamp};
use crate::domain::conversation::{Conversation, ToolUse, Turn};
use crate::domain::recovery::Execution;

/// A client; clones share the connection.
#[derive(Clone)]
pub(crate) struct Conversations(ConversationServiceClient<Channel>);

const PAGE: i32 = 200;

impl Conversations {
    pub(crate) fn new(url: &str) -> anyhow::Result<Self> {
        let channel = client::channel(url)?;
        Ok(Self(ConversationServiceClient::new(channel)))
    }

    /// One conversation with its transcript; nothing when telephony does not know it.
    pub(crate) async fn read(&self, id: &str) -> Result<Option<Conversation>, Failed> {
        let request = wire::GetConversationRequest {
            conversation_id: id.to_owned(),
        };
        match self.0.clone().get_conversation(request).await {
            Ok(answer) => Ok(answer.into_inner().conversation.map(read)),
            Err(status) if status.code() == Code::NotFound => Ok(None),
            Err(status) => Err(Failed::new("GetConversation", status)),
        }
    }

    /// Final conversations that ended since, without their transcripts, a page at a time; with the
    /// token of the next page, empty on the last.
    pub(crate) async fn since(
        &self,
        since: DateTime<Utc>,
        page_token: String,
    ) -> Result<(Vec<Conversation>, String), Failed> {
        let request = wire::ListConversationsRequest {
            page_size: PAGE,
            page_token,
            since_time: Some(timestamp(since)),
            only_final: true,
            ..wire::ListConversationsRequest::default()
        };
        let answer = self.0.clone().list_conversations(request).await;
        let page = answer
            .map_err(|status| Failed::new("ListConversations", status))?
            .into_inner();
        let found = page.conversations.into_iter().map(read).collect();
        Ok((found, page.next_page_token))
    }

    /// The vendor's log of the tool, of one conversation.
    pub(crate) async fn executions(
        &self,
        conversation_id: &str,
        since: DateTime<Utc>,
    ) -> Result<Vec<Execution>, Failed> {
        let mut executions = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = wire::ListToolExecutionsRequest {
                since_time: Some(timestamp(since)),
                until_time: None,
                conversation_id: conversation_id.to_owned(),
                page_size: PAGE,
                page_token,
            };
            let answer = self.0.clone().list_tool_executions(request).await;
            let page = answer
                .map_err(|status| Failed::new("ListToolExecutions", status))?
                .into_inner();
            executions.extend(page.executions.into_iter().map(|told| Execution {
                conversation_id: told.conversation_id,
                failed: told.failed,
                arguments: told.arguments,
                result: told.result,
            }));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(executions);
            }
        }
    }
}

fn read(told: wire::Conversation) -> Conversation {
    Conversation {
        id: told.conversation_id,
        call_sid: told.call_sid,
        site_id: told.site_id,
        agent_name: told.agent_name,
        status: told.status,
        start_time: told.start_time.and_then(time),
        duration: told.duration.map(length),
        cost_credits: told.cost_credits,
        cost_usd_micros: told.cost_usd_micros,
        turns: told.turns.into_iter().map(turn).collect(),
        collected: told.collected.into_iter().collect(),
        answering_models: told.answering_models,
        erased: told.erased,
        verified: told.verified,
    }
}

fn turn(told: wire::Turn) -> Turn {
    Turn {
        by_agent: told.speaker() == wire::Speaker::Agent,
        offset: told.offset.map(length).unwrap_or_default(),
        text: told.text,
        tools: told
            .tool_calls
            .into_iter()
            .map(|call| ToolUse {
                name: call.tool_name,
                arguments: call.arguments,
                result: call.result,
                failed: call.failed,
            })
            .collect(),
    }
}
