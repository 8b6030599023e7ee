//! What happens behind bord's back, and the faults that come now and then: edits by hand, ended models,
//! lost tool calls, pages, and what the analysis draws from a talk.

use serde_json::{Value, json};
use vendor_twin::{CallOutcome, Fault, FaultKind, PlaceCall, Scenario, Vendor};

use crate::support::{Bord, GOOD_PROMPT, http};

async fn call(bord: &Bord, scenario: Scenario) -> CallOutcome {
    let ask = PlaceCall::new("+41790000042", "+41225394512", scenario);
    bord.twin.place_call(ask).await
}

#[tokio::test]
async fn a_fault_at_every_third_occasion_fires_a_third_of_the_time() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let lost = Fault::forever(Vendor::Elevenlabs, "webhook.post_call", FaultKind::Lost).every(3);
    let fault = bord.twin.fault(lost);
    for _ in 0..6 {
        call(&bord, Scenario::PlumbingFrench).await;
    }
    assert_eq!(bord.twin.fired(fault), 2);
    assert_eq!(bord.got("/elevenlabs/post-call").len(), 4);
    bord.twin.clear_faults();
    let always =
        Fault::forever(Vendor::Elevenlabs, "webhook.post_call", FaultKind::Lost).chance(1.0);
    let never = Fault::forever(Vendor::Elevenlabs, "webhook.tool", FaultKind::Lost).chance(0.0);
    let (always, never) = (bord.twin.fault(always), bord.twin.fault(never));
    call(&bord, Scenario::PlumbingFrench).await;
    assert_eq!((bord.twin.fired(always), bord.twin.fired(never)), (1, 0));
}

#[tokio::test]
async fn a_severed_conversation_reaches_nobody_and_is_logged_with_what_it_carried() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let severed = Fault::forever(Vendor::Elevenlabs, "webhook.tool", FaultKind::Severed).every(2);
    let fault = bord.twin.fault(severed);
    let good = call(&bord, Scenario::PlumbingFrench).await;
    let lost = call(&bord, Scenario::PlumbingFrench).await;
    let again = call(&bord, Scenario::PlumbingFrench).await;
    assert_eq!(bord.twin.fired(fault), 1, "once for the whole conversation");
    assert!(!good.tool_calls[0].is_error && !again.tool_calls[0].is_error);
    assert!(lost.tool_calls.len() > 1 && lost.tool_calls.iter().all(|call| call.is_error));
    assert_eq!(bord.got("/elevenlabs/tools/dispatch_lead").len(), 2);
    let id = lost.conversation_id.unwrap();
    let logged = bord.twin.executions();
    let logged: Vec<&Value> = logged
        .iter()
        .filter(|row| row["conversation_id"] == id)
        .collect();
    assert_eq!(logged.len(), lost.tool_calls.len());
    for row in logged {
        assert_eq!(
            (&row["is_error"], &row["error_type"]),
            (&json!(true), &json!("client_timeout"))
        );
        let sent: Value = serde_json::from_str(row["request_payload"].as_str().unwrap()).unwrap();
        assert_eq!(sent["location"], "Carouge");
    }
}

#[tokio::test]
async fn an_edited_prompt_is_a_new_version_and_the_next_call_heeds_it() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let before = bord.twin.agents()[0].version_id.clone();
    let soften = |prompt: &str| {
        prompt.replace(
            "Appelle TOUJOURS dispatch_lead AVANT de dire au revoir.",
            "",
        )
    };
    let version = bord.twin.edit_prompt("Site", soften).unwrap();
    assert_ne!(version, before);
    assert!(bord.twin.edit_prompt("Nobody", soften).is_none());
    let softened = call(&bord, Scenario::PlumbingFrench).await;
    assert!(softened.tool_calls.is_empty());
    let conversations = bord.twin.conversations();
    assert_eq!(conversations.last().unwrap().version_id, version);
    let reply = http()
        .post(format!("{}/admin/prompts", bord.twin.url()))
        .json(&json!({"agent_name": "Site", "prompt": GOOD_PROMPT}))
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 200);
    assert_eq!(
        call(&bord, Scenario::PlumbingFrench).await.tool_calls.len(),
        1
    );
}

#[tokio::test]
async fn the_traffic_of_an_ended_model_moves_without_an_error() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let produced = async |outcome: CallOutcome| {
        let path = format!(
            "/v1/convai/conversations/{}",
            outcome.conversation_id.unwrap()
        );
        let conversation = bord.eleven("GET", &path, Value::Null).await.1;
        let turns = conversation["transcript"].as_array().unwrap().clone();
        let agent = turns.iter().find(|turn| turn["role"] == "agent").unwrap();
        agent["producing_llm"].as_str().unwrap().to_owned()
    };
    let first = call(&bord, Scenario::PlumbingFrench).await;
    assert_eq!(produced(first).await, "gpt-4o");
    bord.twin.deprecate_model("gpt-4o", "gpt-5.2", 100.0);
    let second = call(&bord, Scenario::PlumbingFrench).await;
    assert_eq!(produced(second).await, "gpt-5.2");
}

#[tokio::test]
async fn what_is_drawn_from_a_talk_tells_a_real_need_from_others() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let text = |words: &str| json!({"type": "string", "description": words});
    let items = json!({"platform_settings": {"data_collection": {
        "customer_name": text("Name."), "service": text("Need."),
        "real_need": {"type": "boolean", "description": "Whether the need was real."},
        "sentiment": text("How the caller felt."), "next_step": text("What to do.")}}});
    let id = bord.twin.agents()[0].agent_id.clone();
    bord.twin.edit_agent(&id, &items);
    let drawn = async |outcome: CallOutcome| {
        let path = format!(
            "/v1/convai/conversations/{}",
            outcome.conversation_id.unwrap()
        );
        let conversation = bord.eleven("GET", &path, Value::Null).await.1;
        let results = conversation["analysis"]["data_collection_results"].clone();
        move |id: &str| results[id]["value"].clone()
    };
    let real = drawn(call(&bord, Scenario::PlumbingFrench).await).await;
    assert_eq!(
        (real("real_need"), real("customer_name")),
        (json!(true), json!("Camille Rochat"))
    );
    assert!(real("sentiment").as_str().unwrap().starts_with("positive"));
    for scenario in [Scenario::OffTopic, Scenario::SpamHangup] {
        let other = drawn(call(&bord, scenario).await).await;
        assert_eq!(
            (other("real_need"), other("service")),
            (json!(false), Value::Null)
        );
    }
    bord.twin.edit_prompt("Site", |prompt| {
        prompt.replace("TOUJOURS", "").replace("AVANT", "avant")
    });
    let lost = drawn(call(&bord, Scenario::PlumbingFrench).await).await;
    assert_eq!(
        lost("real_need"),
        json!(true),
        "its fields can be recovered (B3)"
    );
    assert!(lost("service").as_str().unwrap().contains("plomberie"));
    assert!(
        lost("next_step")
            .as_str()
            .unwrap()
            .contains("Camille Rochat")
    );
    assert!(lost("sentiment").as_str().unwrap().starts_with("negative"));
}

#[tokio::test]
async fn a_page_shows_the_number_that_rings_until_somebody_sets_another() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let host = "plombiersgeneve.ch";
    let page = async || {
        let reply = http().get(bord.twin.page_url(host)).send().await.unwrap();
        (reply.status().as_u16(), reply.text().await.unwrap())
    };
    assert_eq!(page().await.0, 404, "nothing rings for it yet");
    bord.twin
        .set_page_number("www.plombiersgeneve.ch", "+41225394512");
    let (status, html) = page().await;
    assert_eq!(status, 200);
    assert!(html.contains("href=\"tel:+41225394512\"") && html.contains("+41 22 539 45 12"));
    bord.twin.set_page(host, "<p>Nothing</p>");
    assert_eq!(page().await.1, "<p>Nothing</p>");
    bord.twin.set_page_status(host, 503);
    assert_eq!(page().await.0, 503);
    bord.twin.forget_page(host);
    assert_eq!(page().await.0, 404);
}

#[tokio::test]
async fn the_vendors_and_peoples_switches_are_reached_by_http_as_well() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    for (what, body) in [
        ("webhooks", json!({"auto_disable": true, "retries": false})),
        (
            "models",
            json!({"llm": "gpt-4o", "replacement": "gpt-5", "percentage": 10}),
        ),
        ("pages", json!({"host": "a.ch", "number": "+41225394512"})),
    ] {
        let url = format!("{}/admin/{what}", bord.twin.url());
        let reply = http().post(url).json(&body).send().await.unwrap();
        assert_eq!(reply.status(), 200, "{what}");
    }
    let webhook = bord.twin.workspace_webhooks()[0].clone();
    assert!(webhook.is_auto_disabled && !webhook.retry_enabled);
    let models = bord
        .eleven("GET", "/v1/convai/llm/list", Value::Null)
        .await
        .1;
    assert_eq!(
        models["llms"][0]["deprecation_info"]["replacement_model"],
        "gpt-5"
    );
    assert_eq!(
        http()
            .get(bord.twin.page_url("a.ch"))
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
}
