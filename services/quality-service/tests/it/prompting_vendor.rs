//! What no call tells of: a webhook that is off, a model that goes, another model that answers.

use contracts::telephony::v1 as wire;
use quality_service::domain::flag::Kind;
use test_support::on_both;

use crate::prompting_world::{AGENT, Mending};

on_both! {
    async fn a_webhook_that_is_off_and_a_model_that_goes_are_findings_b5(db: TestDb) {
        let mending = Mending::new(&db).await;
        mending.world.telephony.answer(
            "CatalogService/CheckVendorAccount",
            |asked: wire::CheckVendorAccountRequest| {
                assert!(asked.repair);
                let webhook = wire::VendorWebhook {
                    webhook_id: "wh_1".to_owned(),
                    auto_disabled: true,
                    last_failure_code: 503,
                    ..Default::default()
                };
                let model = wire::VendorModel {
                    llm: "gpt-4o".to_owned(),
                    listed: true,
                    deprecated: true,
                    replacement: "gpt-5".to_owned(),
                    fallback_percent: 10.0,
                };
                Ok(wire::CheckVendorAccountResponse {
                    webhooks: vec![webhook],
                    models: vec![model],
                    repairs: Vec::new(),
                })
            },
        );
        let found = mending.prompts.check_vendor().await.unwrap();
        let kinds: Vec<Kind> = found.iter().map(|found| found.kind).collect();
        assert_eq!(kinds, [Kind::WebhookOff, Kind::ModelDeprecated, Kind::ModelSubstituted]);
        assert!(found[0].text.contains("503") && found[1].text.contains("gpt-5"));
    }

    async fn a_call_that_another_model_answered_is_a_finding_r22(db: TestDb) {
        let mending = Mending::new(&db).await;
        let answered = |models: &[&str]| models.iter().map(|model| (*model).to_owned()).collect();
        let same: Vec<String> = answered(&["gpt-4o-2024-08-06"]);
        assert!(mending.prompts.check_models(AGENT, &same).await.unwrap().is_none());
        let other: Vec<String> = answered(&["gpt-4o", "gpt-4o-mini"]);
        let found = mending.prompts.check_models(AGENT, &other).await.unwrap().unwrap();
        assert_eq!(found.kind, Kind::ModelSubstituted);
        assert!(found.text.starts_with("gpt-4o-mini answered"));
        assert!(mending.prompts.check_models("nobody", &other).await.unwrap().is_none());
    }
}
