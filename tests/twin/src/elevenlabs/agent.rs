//! An agent with its branches and versions. Nothing changes a version; every save makes a new one
//! at the head of a branch, and a read shows the vendor's defaults where nothing was set.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Store, access_info};
use crate::hub::{eleven_id, now};

/// A state of the configuration; nothing changes it afterwards.
#[derive(Clone)]
pub(crate) struct Version {
    pub(crate) id: String,
    pub(crate) branch_id: String,
    /// What was set: `conversation_config`, `platform_settings`, `workflow`.
    pub(crate) set: Value,
    pub(crate) description: Value,
    pub(crate) created: i64,
}

#[derive(Clone)]
pub(crate) struct Branch {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) head: String,
    pub(crate) archived: bool,
    pub(crate) traffic: u64,
    pub(crate) created: i64,
}

#[derive(Clone)]
pub(crate) struct Agent {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) tags: Value,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) branches: Vec<Branch>,
    pub(crate) versions: Vec<Version>,
    pub(crate) last_call: Option<i64>,
}

/// An agent as a test looks at it.
#[derive(Clone, Debug, Serialize)]
pub struct AgentView {
    pub agent_id: String,
    pub name: String,
    pub version_id: String,
    pub prompt: String,
    pub tool_ids: Vec<String>,
    /// The whole object, as a GET answers it.
    pub json: Value,
}

impl Agent {
    /// The version asked for: by its own id, else the head of the branch, else of the main branch.
    pub(crate) fn version(&self, version: Option<&str>, branch: Option<&str>) -> Option<&Version> {
        let head = match branch {
            Some(id) => &self.branches.iter().find(|branch| branch.id == id)?.head,
            None => &self.branches.first()?.head,
        };
        let id = version.unwrap_or(head);
        self.versions.iter().find(|version| version.id == id)
    }

    pub(crate) fn main_branch(&self) -> &str {
        self.branches
            .first()
            .map_or("", |branch| branch.id.as_str())
    }

    /// Saves a new version on a branch.
    pub(crate) fn save(&mut self, branch_id: &str, set: Value, description: Value) -> String {
        let id = eleven_id("agtvrsn");
        let created = now().timestamp();
        self.versions.push(Version {
            id: id.clone(),
            branch_id: branch_id.to_owned(),
            set,
            description,
            created,
        });
        if let Some(branch) = self
            .branches
            .iter_mut()
            .find(|branch| branch.id == branch_id)
        {
            branch.head.clone_from(&id);
        }
        self.updated = created;
        id
    }

    pub(crate) fn json(&self, version: &Version, defaults: &Value) -> Value {
        let full = merge(defaults.clone(), &version.set);
        json!({
            "agent_id": self.id,
            "name": self.name,
            "conversation_config": full["conversation_config"],
            "metadata": {"created_at_unix_secs": self.created, "updated_at_unix_secs": self.updated},
            "platform_settings": full["platform_settings"],
            "phone_numbers": [],
            "workflow": full["workflow"],
            "tags": self.tags,
            "version_id": version.id,
            "branch_id": version.branch_id,
            "main_branch_id": self.main_branch(),
            "access_info": access_info(),
        })
    }

    pub(crate) fn view(&self, store: &Store) -> Option<AgentView> {
        let version = self.version(None, None)?;
        let json = self.json(version, &store.defaults);
        let prompt = &json["conversation_config"]["agent"]["prompt"];
        Some(AgentView {
            agent_id: self.id.clone(),
            name: self.name.clone(),
            version_id: version.id.clone(),
            prompt: prompt["prompt"].as_str().unwrap_or_default().to_owned(),
            tool_ids: serde_json::from_value(prompt["tool_ids"].clone()).unwrap_or_default(),
            json,
        })
    }
}

/// Objects merge field by field; everything else, arrays included, is replaced.
pub(crate) fn merge(base: Value, over: &Value) -> Value {
    match (base, over) {
        (Value::Object(mut base), Value::Object(over)) => {
            for (key, value) in over {
                let merged = merge(base.remove(key).unwrap_or_default(), value);
                base.insert(key.clone(), merged);
            }
            Value::Object(base)
        }
        (_, over) => over.clone(),
    }
}
