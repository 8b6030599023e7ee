//! ElevenLabs' API: shapes as recorded, patches that merge, versions, tools, conversations and the
//! post-call webhook.

use serde_json::{Value, json};
use vendor_twin::TwinConfig;

use crate::shapes::{has_fields_of, sample};
use crate::support::{Bord, GOOD_PROMPT};

#[tokio::test]
async fn a_wrong_key_is_refused_in_the_vendors_words() {
    let bord = Bord::start(TwinConfig::default()).await;
    let url = format!("{}/v1/convai/agents", bord.twin.url());
    let reply = crate::support::http()
        .get(url)
        .header("xi-api-key", "no")
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 401);
    let body: Value = reply.json().await.unwrap();
    assert_eq!(
        body,
        json!({"detail": {"status": "invalid_api_key", "message": "Invalid API key"}})
    );
}

#[tokio::test]
async fn the_recorded_agent_is_created_and_read_back_with_every_recorded_field() {
    let bord = Bord::start(TwinConfig::default()).await;
    let request = sample(include_str!(
        "../../fixtures/eleven_agent_create.request.json"
    ));
    let (status, created) = bord
        .eleven("POST", "/v1/convai/agents/create", request)
        .await;
    assert_eq!(status, 200);
    let path = format!(
        "/v1/convai/agents/{}",
        created["agent_id"].as_str().unwrap()
    );
    let read = bord.eleven("GET", &path, Value::Null).await.1;
    has_fields_of(
        &read,
        &sample(include_str!(
            "../../fixtures/eleven_agent_get.response.json"
        )),
        &[],
    );
    assert_eq!(
        read["conversation_config"]["turn"]["turn_model"], "turn_v3",
        "a vendor default"
    );
    let list = bord
        .eleven("GET", "/v1/convai/agents?search=front", Value::Null)
        .await
        .1;
    has_fields_of(
        &list,
        &sample(include_str!(
            "../../fixtures/eleven_agents_list.response.json"
        )),
        &[],
    );
}

#[tokio::test]
async fn a_patch_merges_objects_replaces_arrays_and_makes_a_version() {
    let bord = Bord::start(TwinConfig::default()).await;
    let id = bord.agent(GOOD_PROMPT, "fr").await;
    let path = format!("/v1/convai/agents/{id}");
    let before = bord.eleven("GET", &path, Value::Null).await.1;
    let patch =
        json!({"conversation_config": {"agent": {"prompt": {"prompt": "Neu", "tool_ids": []}}}});
    let after = bord.eleven("PATCH", &path, patch).await.1;
    let prompt = &after["conversation_config"]["agent"]["prompt"];
    assert_eq!(
        (&prompt["prompt"], &prompt["llm"], &prompt["tool_ids"]),
        (&json!("Neu"), &json!("gpt-4o"), &json!([]))
    );
    assert_ne!(before["version_id"], after["version_id"]);
    let old = format!(
        "{path}?version_id={}",
        before["version_id"].as_str().unwrap()
    );
    let old = bord.eleven("GET", &old, Value::Null).await.1;
    assert_eq!(
        old["conversation_config"]["agent"]["prompt"]["prompt"],
        GOOD_PROMPT
    );
    let bad = json!({"conversation_config": {"turn": {"turn_timeout": 900}}});
    let (status, error) = bord.eleven("PATCH", &path, bad).await;
    assert_eq!(
        (status, &error["detail"]["type"]),
        (400, &json!("validation_error"))
    );
}

#[tokio::test]
async fn a_vendor_default_that_moves_shows_only_where_nothing_was_set() {
    let bord = Bord::start(TwinConfig::default()).await;
    let id = bord.agent(GOOD_PROMPT, "fr").await;
    bord.twin.move_vendor_default(
        &json!({"conversation_config": {"turn": {"turn_eagerness": "eager"},
        "agent": {"prompt": {"llm": "gpt-9"}}}}),
    );
    let view = bord
        .twin
        .agents()
        .into_iter()
        .find(|agent| agent.agent_id == id)
        .unwrap();
    assert_eq!(
        view.json["conversation_config"]["turn"]["turn_eagerness"],
        "eager"
    );
    assert_eq!(
        view.json["conversation_config"]["agent"]["prompt"]["llm"],
        "gpt-4o"
    );
}

#[tokio::test]
async fn a_branch_has_its_own_prompt_until_it_is_merged() {
    let bord = Bord::start(TwinConfig::default()).await;
    let id = bord.agent(GOOD_PROMPT, "fr").await;
    let path = format!("/v1/convai/agents/{id}");
    let version = bord.eleven("GET", &path, Value::Null).await.1["version_id"].clone();
    let branch = bord
        .eleven(
            "POST",
            &format!("{path}/branches"),
            json!({"parent_version_id": version,
        "name": "b", "description": "d",
        "conversation_config": {"agent": {"prompt": {"prompt": "B"}}}}),
        )
        .await
        .1;
    let branch = branch["created_branch_id"].as_str().unwrap();
    let prompt = |agent: &Value| agent["conversation_config"]["agent"]["prompt"]["prompt"].clone();
    let on_branch = bord
        .eleven("GET", &format!("{path}?branch_id={branch}"), Value::Null)
        .await
        .1;
    assert_eq!(prompt(&on_branch), "B");
    assert_eq!(
        prompt(&bord.eleven("GET", &path, Value::Null).await.1),
        GOOD_PROMPT
    );
    let (status, _) = bord
        .eleven(
            "POST",
            &format!("{path}/branches/{branch}/merge"),
            json!({}),
        )
        .await;
    assert_eq!(status, 200);
    assert_eq!(prompt(&bord.eleven("GET", &path, Value::Null).await.1), "B");
}

#[tokio::test]
async fn the_recorded_tool_is_created_found_by_name_and_kept_while_in_use() {
    let bord = Bord::start(TwinConfig::default()).await;
    let request = sample(include_str!(
        "../../fixtures/eleven_tool_create_dispatch_lead.request.json"
    ));
    let (status, tool) = bord.eleven("POST", "/v1/convai/tools", request).await;
    assert_eq!(status, 200);
    let recorded = sample(include_str!(
        "../../fixtures/eleven_tool_create_dispatch_lead.response.json"
    ));
    assert_eq!(
        crate::shapes::fields(&tool),
        crate::shapes::fields(&recorded)
    );
    bord.agent(GOOD_PROMPT, "fr").await;
    let found = bord
        .eleven("GET", "/v1/convai/tools?search=dispatch", Value::Null)
        .await
        .1;
    assert_eq!(found["tools"].as_array().unwrap().len(), 2);
    let used = bord.twin.agents()[0].tool_ids[0].clone();
    assert_eq!(
        bord.eleven("DELETE", &format!("/v1/convai/tools/{used}"), Value::Null)
            .await
            .0,
        409
    );
    assert_eq!(
        bord.eleven(
            "DELETE",
            &format!("/v1/convai/tools/{used}?force=true"),
            Value::Null
        )
        .await
        .0,
        200
    );
}
