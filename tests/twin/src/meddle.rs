//! What happens behind bord's back: somebody edits an agent in the vendor's dashboard, switches a webhook
//! off, changes a site's page; the vendor moves a default, ends a model, gives a webhook up.

use serde_json::{Value, json};

use crate::Twin;
use crate::elevenlabs::{self, merge};
use crate::pages::{self, Page};

impl Twin {
    /// Somebody edits an agent in the vendor's dashboard: a new version on the main branch.
    pub fn edit_agent(&self, agent_id: &str, patch: &Value) -> bool {
        let mut world = self.hub.world();
        let Some(agent) = world
            .eleven
            .agents
            .iter_mut()
            .find(|agent| agent.id == agent_id)
        else {
            return false;
        };
        let branch = agent.main_branch().to_owned();
        let Some(set) = agent.version(None, None).map(|version| version.set.clone()) else {
            return false;
        };
        agent.save(&branch, merge(set, patch), json!("edited in the dashboard"));
        true
    }

    /// The vendor moves a default: `{"conversation_config": {…}, "platform_settings": {…}}`.
    pub fn move_vendor_default(&self, patch: &Value) {
        let mut world = self.hub.world();
        let current = std::mem::take(&mut world.eleven.defaults);
        world.eleven.defaults = merge(current, patch);
    }

    /// The vendor announces a model's end; a percentage above zero already moves traffic.
    pub fn deprecate_model(&self, llm: &str, replacement: &str, percentage: f64) {
        elevenlabs::deprecate(
            &mut self.hub.world().eleven.models,
            llm,
            replacement,
            percentage,
        );
    }

    /// The vendor switches a workspace webhook off by itself.
    pub fn auto_disable_webhooks(&self) {
        for webhook in &mut self.hub.world().eleven.webhooks {
            webhook.is_auto_disabled = true;
        }
    }

    /// Somebody edits the prompt of the agent of this name in the dashboard: a new version on the main
    /// branch, whose id is the answer; nothing where there is no such agent.
    pub fn edit_prompt(
        &self,
        agent_name: &str,
        edit: impl FnOnce(&str) -> String,
    ) -> Option<String> {
        let named = |agent: &crate::AgentView| agent.name == agent_name;
        let agent = self.agents().into_iter().find(named)?;
        let prompt = edit(&agent.prompt);
        let patch = json!({"conversation_config": {"agent": {"prompt": {"prompt": prompt}}}});
        self.edit_agent(&agent.agent_id, &patch);
        let edited = self.agents().into_iter().find(named)?;
        Some(edited.version_id)
    }

    /// A person switches every webhook of the workspace off, or on again.
    pub fn disable_webhooks(&self, disabled: bool) {
        for webhook in &mut self.hub.world().eleven.webhooks {
            webhook.is_disabled = disabled;
        }
    }

    /// Whether the vendor tries post-call webhooks again.
    pub fn webhook_retries(&self, enabled: bool) {
        for webhook in &mut self.hub.world().eleven.webhooks {
            webhook.retry_enabled = enabled;
        }
    }

    /// The vendor names the cost in money of every conversation for which it named none.
    pub fn name_costs(&self) {
        for conversation in &mut self.hub.world().eleven.conversations {
            conversation.unpriced = false;
        }
    }

    /// The page of a host (`plombiersgeneve.ch`, with or without `www.`) from now on.
    pub fn set_page(&self, host: &str, html: &str) {
        self.put_page(host, Page::Html(html.to_owned()));
    }

    /// The standard page of a host, with this number on it.
    pub fn set_page_number(&self, host: &str, e164: &str) {
        self.put_page(host, Page::Number(e164.to_owned()));
    }

    /// The server of a host answers this status from now on.
    pub fn set_page_status(&self, host: &str, status: u16) {
        self.put_page(host, Page::Status(status));
    }

    /// The page of a host is again made of the number that last rang for it.
    pub fn forget_page(&self, host: &str) {
        self.hub.world().pages.remove(&pages::plain(host));
    }

    fn put_page(&self, host: &str, page: Page) {
        self.hub.world().pages.insert(pages::plain(host), page);
    }

    /// The URL under which the twin serves the page of a host.
    pub fn page_url(&self, host: &str) -> String {
        format!("{}/pages/{host}", self.url())
    }
}
