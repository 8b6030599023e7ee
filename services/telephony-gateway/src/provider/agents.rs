//! ElevenLabs' agents, tools and secrets. There is no idempotency key, so whoever creates looks the
//! object up by name first.

use chassis::config::Secret;
use reqwest::Method;
use serde_json::{Value, json};

use super::answer::VendorError;
use super::elevenlabs::{ElevenLabs, id_in, list, segment};

impl ElevenLabs {
    /// Ids of the agents that have exactly this name.
    pub(crate) async fn agents_named(&self, name: &str) -> Result<Vec<String>, VendorError> {
        let agents = self
            .search(
                "elevenlabs.agents.list",
                "/v1/convai/agents",
                "agents",
                name,
            )
            .await?;
        let named = agents.iter().filter(|agent| agent["name"] == name);
        Ok(named
            .filter_map(|agent| agent["agent_id"].as_str().map(str::to_owned))
            .collect())
    }

    pub(crate) async fn agent(&self, id: &str) -> Result<Option<Value>, VendorError> {
        let path = format!("/v1/convai/agents/{}", segment(id));
        match self.get("elevenlabs.agents.fetch", &path, &[]).await {
            Ok(body) => Ok(Some(body)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn create_agent(&self, body: &Value) -> Result<String, VendorError> {
        const OPERATION: &str = "elevenlabs.agents.create";
        let path = "/v1/convai/agents/create";
        let created = self.write(OPERATION, Method::POST, path, body).await?;
        id_in(OPERATION, &created, "agent_id")
    }

    pub(crate) async fn update_agent(&self, id: &str, body: &Value) -> Result<(), VendorError> {
        let path = format!("/v1/convai/agents/{}", segment(id));
        self.write("elevenlabs.agents.update", Method::PATCH, &path, body)
            .await
            .map(|_| ())
    }

    /// Tools of this name, with their configuration.
    pub(crate) async fn tools_named(
        &self,
        name: &str,
    ) -> Result<Vec<(String, Value)>, VendorError> {
        let tools = self
            .search("elevenlabs.tools.list", "/v1/convai/tools", "tools", name)
            .await?;
        Ok(tools
            .into_iter()
            .filter(|tool| tool["tool_config"]["name"] == name)
            .filter_map(|tool| Some((tool["id"].as_str()?.to_owned(), tool["tool_config"].clone())))
            .collect())
    }

    pub(crate) async fn tool(&self, id: &str) -> Result<Option<Value>, VendorError> {
        let path = format!("/v1/convai/tools/{}", segment(id));
        match self.get("elevenlabs.tools.fetch", &path, &[]).await {
            Ok(body) => Ok(Some(body["tool_config"].clone())),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn create_tool(&self, config: &Value) -> Result<String, VendorError> {
        const OPERATION: &str = "elevenlabs.tools.create";
        let body = json!({ "tool_config": config });
        let created = self
            .write(OPERATION, Method::POST, "/v1/convai/tools", &body)
            .await?;
        id_in(OPERATION, &created, "id")
    }

    pub(crate) async fn secret_named(&self, name: &str) -> Result<Option<String>, VendorError> {
        let body = self
            .get("elevenlabs.secrets.list", "/v1/convai/secrets", &[])
            .await?;
        let found = list(&body, "secrets").find(|secret| secret["name"] == name);
        Ok(found
            .and_then(|secret| secret["secret_id"].as_str())
            .map(str::to_owned))
    }

    pub(crate) async fn create_secret(
        &self,
        name: &str,
        value: &Secret,
    ) -> Result<String, VendorError> {
        const OPERATION: &str = "elevenlabs.secrets.create";
        let body = json!({ "type": "new", "name": name, "value": value.expose() });
        let created = self
            .write(OPERATION, Method::POST, "/v1/convai/secrets", &body)
            .await?;
        id_in(OPERATION, &created, "secret_id")
    }
}
