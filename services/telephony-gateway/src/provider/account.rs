//! ElevenLabs' workspace: its webhooks, where they are attached, and the models that it lists.

use chrono::DateTime;
use reqwest::Method;
use serde_json::{Value, json};

use super::answer::VendorError;
use super::conversation::whole;
use super::elevenlabs::{ElevenLabs, list, segment};
use crate::domain::account::{Attached, Model, Webhook};

impl ElevenLabs {
    pub(crate) async fn webhooks(&self) -> Result<Vec<Webhook>, VendorError> {
        let path = "/v1/workspace/webhooks";
        let query = [("include_usages", "true")];
        let body = self.get("elevenlabs.webhooks.list", path, &query).await?;
        Ok(list(&body, "webhooks").filter_map(webhook).collect())
    }

    /// Switches a webhook and its retries on.
    pub(crate) async fn switch_on(&self, webhook: &Webhook) -> Result<(), VendorError> {
        let path = format!("/v1/workspace/webhooks/{}", segment(&webhook.id));
        let body = json!({ "is_disabled": false, "name": webhook.name, "retry_enabled": true });
        let operation = "elevenlabs.webhooks.update";
        let done = self.write(operation, Method::PATCH, &path, &body).await;
        done.map(|_| ())
    }

    /// What the workspace's settings attach.
    pub(crate) async fn attached(&self) -> Result<Attached, VendorError> {
        let path = "/v1/convai/settings";
        let body = self.get("elevenlabs.settings.fetch", path, &[]).await?;
        Ok(attached_in(&body["webhooks"]))
    }

    /// What an agent attaches in place of the workspace; nothing where it is gone.
    pub(crate) async fn attached_of(&self, agent_id: &str) -> Result<Attached, VendorError> {
        let agent = self.agent(agent_id).await?.unwrap_or_default();
        let own = &agent["platform_settings"]["workspace_overrides"]["webhooks"];
        Ok(attached_in(own))
    }

    pub(crate) async fn models(&self) -> Result<Vec<Model>, VendorError> {
        let path = "/v1/convai/llm/list";
        let body = self.get("elevenlabs.models.list", path, &[]).await?;
        Ok(list(&body, "llms").filter_map(model).collect())
    }
}

fn attached_in(webhooks: &Value) -> Attached {
    let id = webhooks["post_call_webhook_id"].as_str();
    let Some(id) = id.filter(|id| !id.is_empty()) else {
        return Attached::Nothing;
    };
    match webhooks["events"].as_array() {
        // Which events go without a list is not documented.
        Some(events) if !events.iter().any(|event| event == "transcript") => {
            Attached::NoTranscripts
        }
        _ => Attached::Id(id.to_owned()),
    }
}

fn webhook(row: &Value) -> Option<Webhook> {
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let failure = whole(&row["most_recent_failure_timestamp"]);
    let code = whole(&row["most_recent_failure_error_code"]);
    Some(Webhook {
        id: row["webhook_id"].as_str()?.to_owned(),
        name: text("name"),
        url: text("webhook_url"),
        disabled: row["is_disabled"] == true,
        auto_disabled: row["is_auto_disabled"] == true,
        retries: row["retry_enabled"].as_bool(),
        last_failure_code: code.and_then(|code| i32::try_from(code).ok()).unwrap_or(0),
        last_failure_time: failure.and_then(|at| DateTime::from_timestamp(at, 0)),
    })
}

fn model(row: &Value) -> Option<Model> {
    let info = &row["deprecation_info"];
    let is = |name: &str| info[name] == true;
    let percent = info["fallback_percentage"].as_f64().unwrap_or(0.0);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a percentage is between 0 and 100"
    )]
    let percent = percent.ceil().clamp(0.0, 100.0) as i32;
    let replacement = info["replacement_model"].as_str().unwrap_or_default();
    Some(Model {
        llm: row["llm"].as_str()?.to_owned(),
        listed: true,
        deprecated: is("is_deprecated")
            || is("is_in_warning_period")
            || is("is_in_fallback_period"),
        replacement: replacement.to_owned(),
        fallback_percent: if is("is_in_fallback_period") {
            percent
        } else {
            0
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_is_attached_only_for_transcripts() {
        let read = |text: &str| attached_in(&serde_json::from_str(text).unwrap());
        let id = Attached::Id("w".to_owned());
        assert_eq!(read(r#"{"post_call_webhook_id":"w"}"#), id);
        assert_eq!(
            read(r#"{"post_call_webhook_id":"w","events":["transcript"]}"#),
            id
        );
        let others = r#"{"post_call_webhook_id":"w","events":["audio"]}"#;
        assert_eq!(read(others), Attached::NoTranscripts);
        for text in ["null", "{}", r#"{"post_call_webhook_id":null}"#] {
            assert_eq!(read(text), Attached::Nothing);
        }
    }

    #[test]
    fn a_models_end_is_read_where_the_vendor_tells_of_one() {
        let live = model(&json!({ "llm": "gpt-4o", "deprecation_info": null })).unwrap();
        assert!(live.listed && !live.deprecated);
        let warned = json!({ "llm": "gpt-4o", "deprecation_info": {
            "is_in_warning_period": true, "fallback_percentage": 30, "replacement_model": "gpt-5" } });
        let warned = model(&warned).unwrap();
        assert!(warned.deprecated && warned.fallback_percent == 0);
        assert_eq!(warned.replacement, "gpt-5");
    }
}
