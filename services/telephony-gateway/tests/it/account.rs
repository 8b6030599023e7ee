//! The vendor account: whether somebody tells us of conversations, and which models answer.

use contracts::telephony::v1 as wire;
use serde_json::json;
use test_support::on_both;
use vendor_twin::{Fault, FaultKind, Vendor};

use crate::harness::World;

async fn check(world: &World, repair: bool) -> wire::CheckVendorAccountResponse {
    let request = wire::CheckVendorAccountRequest { repair };
    let checked = world.catalog.clone().check_vendor_account(request).await;
    checked.unwrap().into_inner()
}

async fn attach(world: &World, webhooks: serde_json::Value) {
    let sent = chassis::http::client()
        .patch(format!("{}/v1/convai/settings", world.twin.url()))
        .header("xi-api-key", &world.twin.config().elevenlabs_api_key)
        .json(&json!({ "webhooks": webhooks }))
        .send()
        .await
        .unwrap();
    assert!(sent.status().is_success());
}

on_both! {
    async fn what_the_vendor_switched_off_is_mended_and_what_a_person_did_is_left(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        let well = check(&world, true).await;
        assert_eq!((well.webhooks.len(), well.repairs.len()), (1, 0));
        assert_eq!(well.webhooks[0].retries, Some(true));
        assert_eq!(world.twin.requests("webhooks.update"), 0, "nothing was to be mended");

        world.twin.auto_disable_webhooks();
        world.twin.webhook_retries(false);
        let seen = check(&world, false).await;
        assert!(seen.webhooks[0].auto_disabled && seen.repairs.is_empty());
        let mended = check(&world, true).await;
        assert_eq!(mended.repairs.len(), 2, "{:?}", mended.repairs);
        assert!(!mended.webhooks[0].auto_disabled && mended.webhooks[0].retries == Some(true));
        assert!(check(&world, true).await.repairs.is_empty());

        world.twin.auto_disable_webhooks();
        world.twin.disable_webhooks(true);
        let written = world.twin.requests("webhooks.update");
        let left = check(&world, true).await;
        assert!(left.webhooks[0].disabled && left.webhooks[0].auto_disabled && left.repairs.is_empty());
        assert_eq!(world.twin.requests("webhooks.update"), written);
    }

    async fn the_webhook_is_the_attached_one_or_else_ours_by_its_url(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        let id = world.twin.workspace_webhooks()[0].webhook_id.clone();
        attach(&world, json!({ "post_call_webhook_id": null })).await;
        assert_eq!(check(&world, false).await.webhooks[0].webhook_id, id, "by its URL");
        attach(&world, json!({ "post_call_webhook_id": id, "events": ["audio"] })).await;
        assert!(check(&world, false).await.webhooks.is_empty(), "no transcripts");
        attach(&world, json!({ "post_call_webhook_id": "gone", "events": ["transcript"] })).await;
        assert!(check(&world, false).await.webhooks.is_empty());
        let fault = FaultKind::ServerError { status: 500 };
        world.twin.fault(Fault::once(Vendor::Elevenlabs, "webhooks.list", fault));
        let request = wire::CheckVendorAccountRequest::default();
        let away = world.catalog.clone().check_vendor_account(request).await.unwrap_err();
        assert_eq!(away.code(), tonic::Code::Unavailable);
    }

    async fn the_models_of_released_agents_are_told_with_their_end(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        assert!(check(&world, false).await.models.is_empty(), "nothing is released");
        world.with_agent().await;
        let told = check(&world, false).await.models;
        assert_eq!((told.len(), told[0].llm.as_str()), (1, "gpt-4o"));
        assert!(told[0].listed && !told[0].deprecated);
        world.twin.deprecate_model("gpt-4o", "gpt-5.2", 25.0);
        let told = check(&world, false).await.models;
        assert!(told[0].deprecated);
        assert_eq!((told[0].replacement.as_str(), told[0].fallback_percent), ("gpt-5.2", 25));
    }
}
