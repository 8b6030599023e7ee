//! Conversations, and the tool's executions, on the wire.

use contracts::telephony::v1 as wire;

use super::{duration, timestamp};
use crate::domain::conversation::{Kept, Turn};
use crate::domain::execution::Execution;

pub(crate) fn of_conversation(kept: Kept) -> wire::Conversation {
    let conversation = kept.conversation;
    let is_final = conversation.is_final() || kept.is_erased;
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
        agent_name: kept.agent_name.unwrap_or_default(),
        version_id: conversation.version_id,
        answering_models: conversation.answering_models,
        store_time: is_final.then(|| timestamp(kept.store_time)),
        erased: kept.is_erased,
        verified: kept.verified,
        cost_usd_micros: conversation.cost_usd_micros,
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

pub(crate) fn of_execution(execution: Execution) -> wire::ToolExecution {
    let Execution {
        id,
        conversation_id,
        vendor_agent_id,
        time,
        failed,
        error_type,
        arguments,
        result,
    } = execution;
    wire::ToolExecution {
        execution_id: id,
        conversation_id,
        vendor_agent_id,
        execution_time: Some(timestamp(time)),
        failed,
        error_type,
        arguments,
        result,
    }
}
