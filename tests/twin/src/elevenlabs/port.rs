//! The port by which a tool call goes out: to the real endpoint, with headers resolved from
//! secrets and variables, or to the mocks of a test; what came back, in a transcript's shapes.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::answer::{Answer, ToolOutcome};
use super::eval;
use super::tool::{Facts, Tool};
use crate::faults::{FaultKind, Vendor};
use crate::hub::{Shared, eleven_id, now, random_text};

/// Where a tool call goes.
pub(crate) struct Port<'a> {
    pub(crate) hub: &'a Shared,
    pub(crate) tool: Option<Tool>,
    pub(crate) variables: Map<String, Value>,
    pub(crate) agent_id: String,
    pub(crate) branch_id: String,
    pub(crate) conversation_id: String,
    pub(crate) caller_id: Option<String>,
    /// Nothing that this conversation sends arrives any more.
    pub(crate) severed: bool,
    /// The mocks of a test: its `tool_mock_config` and `tool_mock_overrides`.
    pub(crate) mocks: Option<(Value, Value)>,
}

impl Port<'_> {
    /// Makes the call. An error means that the run is not valid: a tool without a mock.
    pub(crate) async fn call(&mut self, facts: &Facts) -> Result<ToolOutcome, String> {
        let Some(tool) = self.tool.clone() else {
            return Err("the agent has no tool".to_owned());
        };
        let arguments = tool.arguments(facts, self.caller_id.as_deref());
        let body = tool.body(&arguments, &self.variables);
        let request_id = format!("call_{}", random_text(20, ALPHABET));
        let answer = match self.mocked(&tool, &arguments)? {
            Some((text, is_error)) => Answer {
                text,
                is_error,
                ..Answer::default()
            },
            None => self.send(&tool, &body).await,
        };
        let real = answer.real;
        if real {
            self.record(&tool, &request_id, &body, &answer);
        }
        let schema = &tool.config["api_schema"];
        let headers: Map<String, Value> = schema["request_headers"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| {
                let shown = if value.is_string() {
                    value.clone()
                } else {
                    json!("<REDACTED>")
                };
                (name.clone(), shown)
            })
            .collect();
        let details = json!({
            "type": "webhook", "method": schema["method"].as_str().unwrap_or("GET"),
            "url": schema["url"], "headers": headers, "path_params": {}, "query_params": {},
            "body": Value::Object(body.clone()).to_string(),
        });
        let call = json!({
            "type": "webhook", "request_id": request_id, "tool_name": tool.name(), "tool_id": tool.id,
            "params_as_json": Value::Object(arguments).to_string(), "tool_has_been_called": true,
            "tool_details": details,
        });
        let updates = if answer.is_error {
            Vec::new()
        } else {
            self.assign(&tool, &request_id, &answer.text)
        };
        let result = json!({
            "request_id": request_id, "tool_name": tool.name(), "tool_id": tool.id,
            "result_value": answer.text, "is_error": answer.is_error, "tool_has_been_called": true,
            "tool_latency_secs": answer.latency.as_secs_f64(), "error_type": answer.error_type,
            "raw_error_message": answer.error, "dynamic_variable_updates": updates, "type": "webhook",
        });
        Ok(ToolOutcome {
            call,
            result,
            request: Value::Object(body),
            status: answer.status,
            text: answer.text,
            is_error: answer.is_error,
            latency_ms: u64::try_from(answer.latency.as_millis()).unwrap_or(u64::MAX),
        })
    }

    /// The mock for a call, `None` where the real tool is to be called.
    fn mocked(
        &self,
        tool: &Tool,
        arguments: &Map<String, Value>,
    ) -> Result<Option<(String, bool)>, String> {
        let Some((config, overrides)) = &self.mocks else {
            return Ok(None);
        };
        let covered = match config["mocking_strategy"].as_str() {
            Some("all") => true,
            Some("selected") => config["mocked_tool_ids"]
                .as_array()
                .is_some_and(|ids| ids.iter().any(|id| id == &json!(tool.id))),
            _ => false,
        };
        if !covered {
            return Ok(None);
        }
        let given = overrides[&tool.id]
            .as_array()
            .or_else(|| tool.response_mocks.as_array());
        let found = given.into_iter().flatten().find(|mock| {
            let conditions = mock["parameter_conditions"].as_array();
            conditions.into_iter().flatten().all(|condition| {
                eval::holds(&condition["eval"], eval::at(arguments, &condition["path"]))
            })
        });
        match found {
            Some(mock) => Ok(Some((
                mock["mock_result"].as_str().unwrap_or_default().to_owned(),
                mock["is_error"] == json!(true),
            ))),
            None if config["fallback_strategy"] == json!("call_real_tool") => Ok(None),
            None => Err(format!(
                "no mock matched for tool '{}' ({})",
                tool.name(),
                tool.id
            )),
        }
    }

    /// Dynamic variables assigned from the reply.
    fn assign(&mut self, tool: &Tool, request_id: &str, text: &str) -> Vec<Value> {
        let reply: Value = serde_json::from_str(text).unwrap_or_default();
        let mut updates = Vec::new();
        for assignment in tool.config["assignments"].as_array().into_iter().flatten() {
            let (Some(name), Some(path)) = (
                assignment["dynamic_variable"].as_str(),
                assignment["value_path"].as_str(),
            ) else {
                continue;
            };
            let value = path
                .split('.')
                .fold(&reply, |value, key| match key.parse::<usize>() {
                    Ok(index) => &value[index],
                    Err(_) => &value[key],
                });
            if value.is_null() {
                continue;
            }
            let old = self.variables.insert(name.to_owned(), value.clone());
            updates.push(json!({
                "variable_name": name, "old_value": old, "new_value": value,
                "updated_at": unix_secs(), "tool_name": tool.name(), "tool_request_id": request_id,
            }));
        }
        updates
    }

    async fn send(&mut self, tool: &Tool, body: &Map<String, Value>) -> Answer {
        let schema = &tool.config["api_schema"];
        let url = schema["url"].as_str().unwrap_or_default();
        let text = Value::Object(body.clone()).to_string();
        let about = format!("{url} {text}");
        let taken = || {
            self.hub
                .faults
                .take(Vendor::Elevenlabs, "webhook.tool", &about)
        };
        let fault = if self.severed {
            Some(FaultKind::Severed)
        } else {
            taken()
        };
        self.severed |= fault == Some(FaultKind::Severed);
        let limit = tool.config["response_timeout_secs"].as_u64().unwrap_or(20);
        let started = Instant::now();
        match fault {
            Some(FaultKind::Lost | FaultKind::Hang | FaultKind::Severed) => {
                return Answer::failed("client_timeout", "Tool call timed out", started.elapsed());
            }
            Some(FaultKind::Delay { ms } | FaultKind::Late { ms }) => {
                tokio::time::sleep(Duration::from_millis(ms)).await;
            }
            Some(FaultKind::Doubled) => {
                let _ = self.request(schema, url, &text, limit).send().await;
            }
            _ => {}
        }
        match self.request(schema, url, &text, limit).send().await {
            Ok(reply) => {
                let status = reply.status();
                let body = reply.text().await.unwrap_or_default();
                let mut answer = Answer {
                    status: Some(status.as_u16()),
                    text: body,
                    latency: started.elapsed(),
                    real: true,
                    ..Answer::default()
                };
                if !status.is_success() {
                    answer.is_error = true;
                    answer.error = format!("HTTP {}", status.as_u16());
                    answer.error_type = if status.is_server_error() {
                        "external_server"
                    } else {
                        "external_client"
                    };
                }
                answer
            }
            Err(error) if error.is_timeout() => {
                Answer::failed("client_timeout", "Tool call timed out", started.elapsed())
            }
            Err(_) => Answer::failed("external_server", "Connection failed", started.elapsed()),
        }
    }

    fn request(
        &self,
        schema: &Value,
        url: &str,
        body: &str,
        limit: u64,
    ) -> reqwest::RequestBuilder {
        let method = schema["method"]
            .as_str()
            .and_then(|m| m.parse().ok())
            .unwrap_or(http::Method::GET);
        let mut request = self
            .hub
            .http
            .request(method, self.hub.connect_url(url))
            .timeout(Duration::from_secs(limit))
            .header("content-type", "application/json")
            .body(body.to_owned());
        for (name, value) in schema["request_headers"].as_object().into_iter().flatten() {
            let resolved = match value {
                Value::String(text) => Some(text.clone()),
                other => other["secret_id"]
                    .as_str()
                    .and_then(|id| self.hub.world().eleven.secret(id))
                    .or_else(|| {
                        let variable = self.variables.get(other["variable_name"].as_str()?)?;
                        Some(
                            variable
                                .as_str()
                                .map_or_else(|| variable.to_string(), str::to_owned),
                        )
                    }),
            };
            if let Some(resolved) = resolved {
                request = request.header(name, resolved);
            }
        }
        request
    }

    fn record(&self, tool: &Tool, request_id: &str, body: &Map<String, Value>, answer: &Answer) {
        let mut execution = json!({
            "tool_id": tool.id, "tool_request_id": request_id,
            "conversation_id": self.conversation_id, "agent_id": self.agent_id,
            "branch_id": self.branch_id, "timestamp": unix_secs(),
            "latency_secs": answer.latency.as_secs_f64(), "is_error": answer.is_error,
            "request_payload": Value::Object(body.clone()).to_string(),
            "response_payload": answer.text, "id": eleven_id("exec"),
        });
        if answer.is_error {
            execution["error_type"] = json!(answer.error_type);
            execution["error_message"] = json!(answer.error);
        }
        self.hub.world().eleven.executions.push(execution);
    }
}

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

fn unix_secs() -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of this century fit into an f64"
    )]
    let secs = now().timestamp_millis() as f64 / 1e3;
    secs
}
