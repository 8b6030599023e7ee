//! CheckVendorAccount: whether somebody tells us of conversations, whether that is tried again, and which
//! models answer. With `repair` retries are switched on, and so is what the vendor switched off.

use std::collections::BTreeSet;

use futures::{StreamExt as _, TryStreamExt as _};

use super::{Error, Telephony};
use crate::domain::account::{self, Attached, Model, Webhook};
use crate::domain::configuration::Canonical;
use crate::store::{self, agents};

/// Agents that are asked for at once.
const AT_ONCE: usize = 4;
const ALL: i64 = 100_000;

#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) webhooks: Vec<Webhook>,
    pub(crate) models: Vec<Model>,
    pub(crate) repairs: Vec<String>,
}

pub(crate) async fn check_account(telephony: &Telephony, repair: bool) -> Result<Account, Error> {
    let (agents, llms) = released(telephony).await?;
    let vendor = &telephony.elevenlabs;
    let workspace = vendor.attached().await?;
    let asked = agents
        .into_iter()
        .map(|id| async move { vendor.attached_of(&id).await });
    let asked = futures::stream::iter(asked);
    let of_agents: Vec<Attached> = asked.buffered(AT_ONCE).try_collect().await?;
    let is_ours = |url: &str| telephony.is_ours(Some(url));
    let look = async || {
        let all = vendor.webhooks().await?;
        Ok::<_, Error>(account::attached(all, &workspace, &of_agents, is_ours))
    };
    let mut webhooks = look().await?;
    let mut repairs = Vec::new();
    if repair {
        let mut mended = BTreeSet::new();
        for webhook in &webhooks {
            // Where the vendor does not say whether it retries, it is told to.
            let is_well = !webhook.auto_disabled && webhook.retries == Some(true);
            if webhook.disabled || is_well {
                continue;
            }
            vendor.switch_on(webhook).await?;
            repairs.extend(account::repairs(webhook));
            mended.insert(webhook.id.clone());
        }
        if !mended.is_empty() {
            webhooks = look().await?;
        }
        for webhook in &mut webhooks {
            if mended.contains(&webhook.id) {
                webhook.retries = webhook.retries.or(Some(true));
            }
        }
    }
    let known = vendor.models().await?;
    let model = |llm: String| {
        let found = known.iter().find(|model| model.llm == llm);
        found.cloned().unwrap_or_else(|| Model::unlisted(&llm))
    };
    metrics::gauge!("telephony_webhooks_off").set(off(&webhooks));
    Ok(Account {
        models: llms.into_iter().map(model).collect(),
        webhooks,
        repairs,
    })
}

/// 1 while nobody tells us of conversations, else 0.
fn off(webhooks: &[Webhook]) -> f64 {
    let tells = |webhook: &Webhook| !webhook.disabled && !webhook.auto_disabled;
    if webhooks.iter().any(tells) { 0.0 } else { 1.0 }
}

/// Released agents at the vendor, and the models with which they were released.
async fn released(telephony: &Telephony) -> Result<(Vec<String>, BTreeSet<String>), Error> {
    let mut tx = telephony.db.read().await?;
    let (mut ids, mut llms) = (Vec::new(), BTreeSet::new());
    for stored in agents::page(&mut tx, "", ALL).await? {
        let (Some(id), Some(hash)) = (stored.vendor_agent_id, stored.released_hash) else {
            continue;
        };
        ids.push(id);
        let name = &stored.agent.name;
        let text = store::configurations::find(&mut tx, name, &hash).await?;
        if let Some(canonical) = text.and_then(|text| Canonical::stored(&text, &hash).ok()) {
            llms.insert(canonical.llm().to_owned());
        }
    }
    Ok((ids, llms))
}
