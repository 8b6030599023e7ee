//! A stand-in for bord: it answers the vendors' webhooks as the gateway would, checks every
//! signature, and keeps what it received.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use serde_json::{Map, Value, json};
use vendor_twin::{Twin, TwinConfig};

use crate::shapes::dispatch_tool;

pub(crate) const PUBLIC: &str = "https://bord.example.test";

/// A webhook that the stand-in received, with whether its signature held.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) signed: bool,
    pub(crate) body: String,
}

impl Received {
    pub(crate) fn form(&self, name: &str) -> Option<String> {
        let mut pairs = form_urlencoded::parse(self.body.as_bytes());
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    pub(crate) fn names(&self) -> Vec<String> {
        form_urlencoded::parse(self.body.as_bytes())
            .map(|(name, _)| name.into_owned())
            .collect()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Clone)]
pub(crate) struct Bord {
    pub(crate) twin: Twin,
    pub(crate) received: Arc<Mutex<Vec<Received>>>,
    agent: Arc<Mutex<String>>,
    pub(crate) refuse_post_call: Arc<Mutex<usize>>,
}

pub(crate) fn http() -> reqwest::Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .build()
        .unwrap()
}

/// A prompt that keeps every rule.
pub(crate) const GOOD_PROMPT: &str = "Tu réponds pour un plombier à Carouge (plomberie, fuites). \
    Appelle TOUJOURS dispatch_lead AVANT de dire au revoir. Ne demande jamais la date de naissance. \
    Ne donne jamais l'adresse d'un cabinet avant dispatch_lead. \
    Demande hors sujet : dis ce que fait le site, ne promets rien.";

pub(crate) fn dental_prompt() -> String {
    GOOD_PROMPT.replace(
        "un plombier à Carouge (plomberie, fuites)",
        "un dentiste à Genève (soins dentaires)",
    )
}

impl Bord {
    /// A twin and a stand-in for bord, pointed at each other.
    pub(crate) async fn start(config: TwinConfig) -> Self {
        let config = TwinConfig {
            public_base_url: Some(PUBLIC.to_owned()),
            ..config
        };
        let twin = Twin::start(config).await.unwrap();
        let bord = Self {
            twin: twin.clone(),
            received: Arc::default(),
            agent: Arc::default(),
            refuse_post_call: Arc::default(),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        twin.point_at(&format!("http://{}", listener.local_addr().unwrap()));
        let app = Router::new()
            .fallback(crate::answers::answer)
            .with_state(bord.clone());
        #[expect(clippy::disallowed_methods, reason = "the test's own server")]
        tokio::spawn(async move { axum::serve(listener, app).await });
        bord
    }

    /// The same with a tool and an agent of that prompt.
    pub(crate) async fn with_agent(prompt: &str, language: &str) -> Self {
        let bord = Self::start(TwinConfig::default()).await;
        bord.agent(prompt, language).await;
        bord
    }

    pub(crate) async fn agent(&self, prompt: &str, language: &str) -> String {
        let secret = self
            .eleven(
                "POST",
                "/v1/convai/secrets",
                json!({"type": "new", "name": "tool", "value": "s3cret"}),
            )
            .await
            .1;
        let tool = self
            .eleven(
                "POST",
                "/v1/convai/tools",
                dispatch_tool(&secret["secret_id"]),
            )
            .await
            .1;
        let agent = self.eleven("POST", "/v1/convai/agents/create", json!({
            "name": "Site",
            "conversation_config": {"agent": {"language": language, "prompt": {
                "prompt": prompt, "llm": "gpt-4o", "tool_ids": [tool["id"]],
                "built_in_tools": {"end_call": {"type": "system", "name": "end_call", "description": "",
                    "params": {"system_tool_type": "end_call"}}}}}},
            "platform_settings": {"data_collection": {
                "service": {"type": "string", "description": "What the caller wants."},
                "location": {"type": "string", "description": "Where."}}},
        })).await.1;
        let id = agent["agent_id"].as_str().unwrap().to_owned();
        self.agent.lock().unwrap().clone_from(&id);
        id
    }

    pub(crate) async fn eleven(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let mut request = http()
            .request(
                method.parse().unwrap(),
                format!("{}{path}", self.twin.url()),
            )
            .header("xi-api-key", &self.twin.config().elevenlabs_api_key);
        if !body.is_null() {
            request = request.json(&body);
        }
        let reply = request.send().await.unwrap();
        let status = reply.status().as_u16();
        (
            status,
            serde_json::from_str(&reply.text().await.unwrap()).unwrap_or_default(),
        )
    }

    pub(crate) async fn twilio(
        &self,
        method: &str,
        path: &str,
        form: &[(&str, &str)],
    ) -> (u16, Value) {
        let config = self.twin.config();
        let url = format!(
            "{}/2010-04-01/Accounts/{}{path}",
            self.twin.url(),
            config.twilio_account_sid
        );
        let request = http().request(method.parse().unwrap(), url).basic_auth(
            &config.twilio_api_key_sid,
            Some(&config.twilio_api_key_secret),
        );
        let request = if method == "GET" {
            request.query(form)
        } else {
            request.form(form)
        };
        let reply = request.send().await.unwrap();
        let status = reply.status().as_u16();
        (
            status,
            serde_json::from_str(&reply.text().await.unwrap()).unwrap_or_default(),
        )
    }

    pub(crate) fn got(&self, path: &str) -> Vec<Received> {
        self.received
            .lock()
            .unwrap()
            .iter()
            .filter(|r| r.path.starts_with(path))
            .cloned()
            .collect()
    }

    /// Waits until so many webhooks of a path have come.
    pub(crate) async fn wait(&self, path: &str, count: usize) -> Vec<Received> {
        for _ in 0..500 {
            let got = self.got(path);
            if got.len() >= count {
                return got;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!(
            "{count} webhooks of {path} did not come: {:?}",
            self.got(path)
        );
    }

    pub(crate) async fn register(&self, form: &Map<String, Value>) -> String {
        let agent_id = self.agent.lock().unwrap().clone();
        let reply = http()
            .post(format!(
                "{}/v1/convai/twilio/register-call",
                self.twin.url()
            ))
            .header("xi-api-key", &self.twin.config().elevenlabs_api_key)
            .json(
                &json!({"agent_id": agent_id, "from_number": form["From"], "to_number": form["To"],
                "conversation_initiation_client_data": {"dynamic_variables": {
                    "call_sid": form["CallSid"], "secret__call_token": "token-1"}}}),
            )
            .send()
            .await
            .unwrap();
        assert_eq!(reply.status(), 200);
        assert!(
            reply.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with("text/html")
        );
        reply.text().await.unwrap()
    }
}
