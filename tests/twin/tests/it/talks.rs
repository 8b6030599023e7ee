//! Conversations after a call: the object, its list row, the tool's log, the post-call webhook.

use serde_json::{Value, json};
use vendor_twin::{PlaceCall, Scenario};

use crate::shapes::{has_fields_of, sample};
use crate::support::{Bord, GOOD_PROMPT};

#[tokio::test]
async fn a_conversation_its_list_row_and_its_tool_execution_have_the_recorded_fields() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let ask = PlaceCall::new("+41790000042", "+41225394512", Scenario::PlumbingFrench);
    let outcome = bord.twin.place_call(ask).await;
    let id = outcome.conversation_id.unwrap();
    let conversation = bord
        .eleven(
            "GET",
            &format!("/v1/convai/conversations/{id}"),
            Value::Null,
        )
        .await
        .1;
    let recorded = sample(include_str!(
        "../../fixtures/eleven_conversation_get.response.json"
    ));
    // What depends on the sample's own agent, call and names.
    let own = [
        "analysis.data_collection_results.",
        "analysis.evaluation_criteria_results.",
        "conversation_initiation_client_data.conversation_config_override.",
        "conversation_initiation_client_data.dynamic_variables.",
        "metadata.charging.llm_usage",
        "transcript[].conversation_turn_metrics.metrics",
        "transcript[].llm_usage.",
        "transcript[].tool_calls[].tool_details.headers",
        "transcript[].tool_results[].dynamic_variable_updates[]",
    ];
    has_fields_of(&conversation, &recorded, &own);
    assert_eq!(conversation["status"], "done");
    let webhook = bord.got("/elevenlabs/post-call")[0].json();
    assert_eq!(webhook["type"], "post_call_transcription");
    assert!(webhook["event_timestamp"].is_i64());
    has_fields_of(
        &webhook["data"],
        &sample(include_str!(
            "../../fixtures/eleven_post_call_transcription.json"
        ))["data"],
        &own,
    );
    assert_eq!(
        conversation["analysis"]["data_collection_results"]["location"]["value"],
        "Carouge"
    );
    let variables = &conversation["conversation_initiation_client_data"]["dynamic_variables"];
    assert_eq!(variables["secret__call_token"], "<REDACTED>");
    assert_eq!(variables["system__conversation_id"], json!(id));

    let sid = &outcome.call_sid;
    let query = format!(
        "/v1/convai/conversations?dynamic_variable_params=call_sid:eq:{sid}&summary_mode=include"
    );
    let list = bord.eleven("GET", &query, Value::Null).await.1;
    assert_eq!(list["conversations"][0]["conversation_id"], json!(id));
    has_fields_of(
        &list,
        &sample(include_str!(
            "../../fixtures/eleven_conversations_list.response.json"
        )),
        &[],
    );
    assert_eq!(
        bord.eleven("GET", "/v1/convai/conversations?page_size=101", Value::Null)
            .await
            .0,
        422
    );

    let tool = bord.twin.agents()[0].tool_ids[0].clone();
    let log = bord
        .eleven(
            "GET",
            &format!("/v1/convai/tools/{tool}/executions"),
            Value::Null,
        )
        .await
        .1;
    has_fields_of(
        &log,
        &sample(include_str!(
            "../../fixtures/eleven_tool_executions.response.json"
        )),
        &[],
    );
    assert_eq!(
        bord.eleven(
            "DELETE",
            &format!("/v1/convai/conversations/{id}"),
            Value::Null
        )
        .await
        .0,
        200
    );
    let gone = bord
        .eleven(
            "GET",
            &format!("/v1/convai/conversations/{id}"),
            Value::Null,
        )
        .await;
    assert_eq!(
        (gone.0, &gone.1["detail"]["code"]),
        (404, &json!("conversation_not_found"))
    );
}

#[tokio::test]
async fn a_refused_post_call_webhook_is_tried_again_only_with_retries_on() {
    for (retry, tries) in [(true, 2), (false, 1)] {
        let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
        let hook = bord.twin.workspace_webhooks()[0].webhook_id.clone();
        let set = json!({"is_disabled": false, "name": "post-call", "retry_enabled": retry});
        bord.eleven("PATCH", &format!("/v1/workspace/webhooks/{hook}"), set)
            .await;
        *bord.refuse_post_call.lock().unwrap() = 1;
        let ask = PlaceCall::new("+41790000042", "+41225394512", Scenario::PlumbingFrench);
        bord.twin.place_call(ask).await;
        assert_eq!(bord.got("/elevenlabs/post-call").len(), tries);
        let list = bord
            .eleven(
                "GET",
                "/v1/workspace/webhooks?include_usages=true",
                Value::Null,
            )
            .await
            .1;
        has_fields_of(
            &list,
            &sample(include_str!(
                "../../fixtures/eleven_webhook_list.response.json"
            )),
            &[],
        );
        assert_eq!(list["webhooks"][0]["most_recent_failure_error_code"], 503);
    }
}
