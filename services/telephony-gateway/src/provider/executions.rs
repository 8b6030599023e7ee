//! ElevenLabs' log of a tool's executions, page by page.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::answer::VendorError;
use super::elevenlabs::{ElevenLabs, Page, list, next, segment};
use crate::domain::execution::Execution;

impl ElevenLabs {
    /// A page of a tool's executions within bounds, which the vendor takes as whole seconds,
    /// inclusive; nothing for a tool that is gone.
    pub(crate) async fn executions(
        &self,
        tool_id: &str,
        (since, until): (DateTime<Utc>, DateTime<Utc>),
        cursor: Option<&str>,
    ) -> Result<Page<Execution>, VendorError> {
        let path = format!("/v1/convai/tools/{}/executions", segment(tool_id));
        let start = since.timestamp().to_string();
        let end = until.timestamp().saturating_add(1).to_string();
        let mut query = vec![
            ("start_time", start.as_str()),
            ("end_time", end.as_str()),
            ("page_size", "100"),
        ];
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        match self.get("elevenlabs.tools.executions", &path, &query).await {
            Ok(body) => Ok(Page {
                items: list(&body, "executions").filter_map(read).collect(),
                next: next(&body),
            }),
            Err(error) if error.is_not_found() => Ok(Page {
                items: Vec::new(),
                next: None,
            }),
            Err(error) => Err(error),
        }
    }
}

fn read(row: &Value) -> Option<Execution> {
    let text = |name: &str| match &row[name] {
        Value::Null => String::new(),
        Value::String(text) => text.replace('\0', ""),
        other => other.to_string(),
    };
    let seconds = row["timestamp"].as_f64()?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "microseconds of this century fit"
    )]
    let time = DateTime::from_timestamp_micros((seconds * 1e6).round() as i64)?;
    Some(Execution {
        id: text("id"),
        conversation_id: text("conversation_id"),
        vendor_agent_id: text("agent_id"),
        time,
        failed: row["is_error"] == true,
        error_type: text("error_type"),
        arguments: text("request_payload"),
        result: text("response_payload"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_execution_that_lacks_almost_everything_is_still_read() {
        let lean =
            read(&serde_json::json!({ "timestamp": 1_795_253_421.1, "response_payload": null }));
        let lean = lean.unwrap();
        assert_eq!(lean.time.timestamp_millis(), 1_795_253_421_100);
        assert!(!lean.failed && lean.arguments.is_empty());
        assert!(read(&serde_json::json!({ "id": "exec_1" })).is_none());
    }
}
