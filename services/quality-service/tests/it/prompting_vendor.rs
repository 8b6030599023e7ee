//! What no call tells of: a webhook that is off, a model that goes, another model that answers.

use contracts::telephony::v1 as wire;
use quality_service::domain::flag::Kind;
use test_support::on_both;

use crate::prompting_world::Mending;

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
                    fallback_percent: 10,
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
}
