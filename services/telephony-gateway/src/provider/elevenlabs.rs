//! ElevenLabs' Agents platform: its client, calls and conversations. `agents.rs` has agents, tools and
//! secrets, `gate.rs` the tests.

use std::time::Duration;

use chassis::config::Secret;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Map, Value, json};
use url::Url;

use super::answer::{self, VendorError};
use super::conversation;
use crate::domain::conversation::Conversation;

/// For everything but the two calls that a caller waits for.
const LIMIT: Duration = Duration::from_secs(12);

#[derive(Clone)]
pub(crate) struct ElevenLabs {
    http: Client,
    base: Url,
    key: Secret,
}

/// What `register-call` is told.
pub(crate) struct Registration<'a> {
    pub(crate) agent_id: &'a str,
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
    pub(crate) variables: Map<String, Value>,
}

/// A row of the conversation list: no transcript, no number.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) id: String,
    pub(crate) status: String,
    /// In the vendor's money; none where the list does not say.
    pub(crate) cost_usd_micros: Option<i64>,
}

/// One page of a list.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

impl ElevenLabs {
    #[must_use]
    pub(crate) fn new(base: Url, key: Secret) -> Self {
        Self {
            http: chassis::http::client(),
            base,
            key,
        }
    }

    pub(super) fn request(&self, method: Method, path: &str, limit: Duration) -> RequestBuilder {
        let url = format!("{}{path}", self.base.as_str().trim_end_matches('/'));
        self.http
            .request(method, url)
            .header("xi-api-key", self.key.expose())
            .timeout(limit)
    }

    pub(super) async fn get(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Value, VendorError> {
        let request = self.request(Method::GET, path, LIMIT).query(query);
        answer::json(operation, chassis::http::send(operation, request).await?).await
    }

    pub(super) async fn write(
        &self,
        operation: &'static str,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<Value, VendorError> {
        let request = self.request(method, path, LIMIT).json(body);
        answer::json(operation, chassis::http::send(operation, request).await?).await
    }

    /// Registers a ringing call, once, within `limit`; the answer is the vendor's document as text.
    pub(crate) async fn register_call(
        &self,
        call: Registration<'_>,
        limit: Duration,
    ) -> Result<String, VendorError> {
        const OPERATION: &str = "elevenlabs.register_call";
        let body = json!({
            "agent_id": call.agent_id,
            "from_number": call.from,
            "to_number": call.to,
            "direction": "inbound",
            "conversation_initiation_client_data": { "dynamic_variables": call.variables },
        });
        let path = "/v1/convai/twilio/register-call";
        let request = self.request(Method::POST, path, limit).json(&body);
        let exchange = async {
            let response = chassis::http::send(OPERATION, request).await?;
            answer::text(OPERATION, response).await
        };
        // The client's own limit ends with the body's last byte; this one holds whatever happens.
        tokio::time::timeout(limit, exchange)
            .await
            .unwrap_or(Err(VendorError::Refused {
                operation: OPERATION,
                status: 504,
                code: "timeout".to_owned(),
            }))
    }

    pub(crate) async fn conversation(&self, id: &str) -> Result<Option<Conversation>, VendorError> {
        const OPERATION: &str = "elevenlabs.conversations.fetch";
        let path = format!("/v1/convai/conversations/{}", segment(id));
        match self.get(OPERATION, &path, &[]).await {
            Ok(body) => Ok(conversation::read(&body)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The newest conversation that carries our `call_sid`.
    pub(crate) async fn conversation_of_call(
        &self,
        call_sid: &str,
    ) -> Result<Option<String>, VendorError> {
        let parameter = format!("call_sid:eq:{call_sid}");
        let query = [
            ("dynamic_variable_params", parameter.as_str()),
            ("page_size", "5"),
        ];
        let page = self.conversation_page(&query).await?;
        Ok(page.items.into_iter().next().map(|listed| listed.id))
    }

    /// Every conversation that carries our `call_sid`, each looked at: a vendor that does not know
    /// the filter lists those of other callers.
    pub(crate) async fn conversations_of_call(
        &self,
        call_sid: &str,
    ) -> Result<Vec<String>, VendorError> {
        let parameter = format!("call_sid:eq:{call_sid}");
        let query = [
            ("dynamic_variable_params", parameter.as_str()),
            ("page_size", "5"),
        ];
        let mut ids = Vec::new();
        for listed in self.conversation_page(&query).await?.items {
            let found = self.conversation(&listed.id).await?;
            if found.is_some_and(|found| found.call_sid.as_deref() == Some(call_sid)) {
                ids.push(listed.id);
            }
        }
        Ok(ids)
    }

    /// Removes a conversation with its audio; one that is not there is removed.
    pub(crate) async fn delete_conversation(&self, id: &str) -> Result<(), VendorError> {
        const OPERATION: &str = "elevenlabs.conversations.delete";
        let path = format!("/v1/convai/conversations/{}", segment(id));
        let request = self.request(Method::DELETE, &path, LIMIT);
        let response = chassis::http::send(OPERATION, request).await?;
        match answer::text(OPERATION, response).await {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }

    /// Conversations that started after `after_unix`, oldest first.
    pub(crate) async fn conversations(
        &self,
        after_unix: i64,
        cursor: Option<&str>,
    ) -> Result<Page<Listed>, VendorError> {
        let after = after_unix.to_string();
        let mut query = vec![
            ("call_start_after_unix", after.as_str()),
            ("page_size", "100"),
            ("sort_direction", "asc"),
        ];
        if let Some(cursor) = cursor {
            query.push(("cursor", cursor));
        }
        self.conversation_page(&query).await
    }

    async fn conversation_page(&self, query: &[(&str, &str)]) -> Result<Page<Listed>, VendorError> {
        let body = self
            .get(
                "elevenlabs.conversations.list",
                "/v1/convai/conversations",
                query,
            )
            .await?;
        let items = list(&body, "conversations")
            .filter_map(|row| {
                let id = row["conversation_id"].as_str()?.to_owned();
                Some(Listed {
                    id,
                    status: row["status"].as_str().unwrap_or_default().to_owned(),
                    cost_usd_micros: super::cost::usd_micros(&row["cost_fiat"]),
                })
            })
            .collect();
        Ok(Page {
            items,
            next: next(&body),
        })
    }

    /// Every row that a search finds, over all pages.
    pub(super) async fn search(
        &self,
        operation: &'static str,
        path: &str,
        key: &str,
        text: &str,
    ) -> Result<Vec<Value>, VendorError> {
        let mut found = Vec::new();
        let mut cursor: Option<String> = None;
        for _ in 0..50 {
            let mut query = vec![("search", text), ("page_size", "100")];
            if let Some(cursor) = &cursor {
                query.push(("cursor", cursor));
            }
            let body = self.get(operation, path, &query).await?;
            found.extend(list(&body, key).cloned());
            cursor = next(&body);
            if cursor.is_none() {
                break;
            }
        }
        Ok(found)
    }
}

pub(super) fn list<'a>(body: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    body[key]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
}

/// The cursor of the next page, if there is one.
pub(super) fn next(body: &Value) -> Option<String> {
    let more = body["has_more"] == true;
    body["next_cursor"]
        .as_str()
        .filter(|cursor| more && !cursor.is_empty())
        .map(str::to_owned)
}

pub(super) fn id_in(
    operation: &'static str,
    body: &Value,
    key: &str,
) -> Result<String, VendorError> {
    let id = body[key].as_str().filter(|id| !id.is_empty());
    id.map(str::to_owned)
        .ok_or(VendorError::Unreadable { operation })
}

/// An id as one segment of a path; ids are opaque, and some come from outside.
pub(super) fn segment(id: &str) -> String {
    let mut path = Url::parse("http://x/").expect("a constant that parses");
    if let Ok(mut segments) = path.path_segments_mut() {
        segments.push(id);
    }
    path.path().trim_matches('/').to_owned()
}
