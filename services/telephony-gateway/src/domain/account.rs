//! The account at the agents' platform, as far as our conversations hang on it: the webhooks that tell
//! us of them, and the models that answer.

use chrono::{DateTime, Utc};

/// A webhook of the workspace, as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Webhook {
    pub id: String,
    pub name: String,
    pub url: String,
    /// Switched off by a person.
    pub disabled: bool,
    /// Switched off by the vendor after repeated failure.
    pub auto_disabled: bool,
    /// Unknown where the vendor does not say.
    pub retries: Option<bool>,
    pub last_failure_code: i32,
    pub last_failure_time: Option<DateTime<Utc>>,
}

/// Which webhook a place of the settings names for the time after a call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Attached {
    /// It names none.
    #[default]
    Nothing,
    /// Transcripts go to this one.
    Id(String),
    /// One is named, but not for transcripts.
    NoTranscripts,
}

/// A model as the platform lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub llm: String,
    pub listed: bool,
    pub deprecated: bool,
    pub replacement: String,
    /// Percent of the traffic that the replacement answers now, rounded up.
    pub fallback_percent: i32,
}

impl Model {
    /// A model that the platform does not list.
    #[must_use]
    pub fn unlisted(llm: &str) -> Self {
        Self {
            llm: llm.to_owned(),
            listed: false,
            deprecated: false,
            replacement: String::new(),
            fallback_percent: 0,
        }
    }
}

/// The webhooks that tell us of our agents' conversations: each agent's own, else the workspace's.
/// Where no place names any, those that lead to us.
#[must_use]
pub fn attached(
    webhooks: Vec<Webhook>,
    workspace: &Attached,
    agents: &[Attached],
    is_ours: impl Fn(&str) -> bool,
) -> Vec<Webhook> {
    let inherits = agents.is_empty() || agents.contains(&Attached::Nothing);
    let places = agents.iter().chain(inherits.then_some(workspace));
    let named: Vec<&Attached> = places.filter(|at| **at != Attached::Nothing).collect();
    webhooks
        .into_iter()
        .filter(|webhook| {
            if named.is_empty() {
                return is_ours(&webhook.url);
            }
            let named = named.iter();
            named
                .into_iter()
                .any(|at| matches!(at, Attached::Id(id) if *id == webhook.id))
        })
        .collect()
}

/// What is to be mended of a webhook, a sentence each. What a person switched off stays off.
#[must_use]
pub fn repairs(webhook: &Webhook) -> Vec<String> {
    let Webhook { id, .. } = webhook;
    let mut done = Vec::new();
    if webhook.disabled {
        return done;
    }
    if webhook.auto_disabled {
        done.push(format!("webhook {id} was switched on again"));
    }
    if webhook.retries == Some(false) {
        done.push(format!("retries of webhook {id} were switched on"));
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(id: &str) -> Webhook {
        Webhook {
            id: id.to_owned(),
            name: String::new(),
            url: format!("https://{id}.example/elevenlabs/post-call"),
            disabled: false,
            auto_disabled: false,
            retries: Some(true),
            last_failure_code: 0,
            last_failure_time: None,
        }
    }

    #[test]
    fn an_agents_own_webhook_stands_before_the_workspaces_and_our_url_for_none() {
        let found = |workspace: Attached, agents: &[Attached]| -> Vec<String> {
            let all = vec![webhook("one"), webhook("two"), webhook("three")];
            let ours = |url: &str| url.starts_with("https://three.");
            let found = attached(all, &workspace, agents, ours);
            found.into_iter().map(|webhook| webhook.id).collect()
        };
        let id = |id: &str| Attached::Id(id.to_owned());
        assert_eq!(found(id("one"), &[]), ["one"]);
        assert_eq!(
            found(id("one"), &[Attached::Nothing, id("two")]),
            ["one", "two"]
        );
        assert_eq!(found(id("one"), &[id("two")]), ["two"]);
        assert_eq!(found(Attached::Nothing, &[Attached::Nothing]), ["three"]);
        assert!(found(Attached::NoTranscripts, &[]).is_empty());
        assert!(found(id("gone"), &[]).is_empty());
    }

    #[test]
    fn only_what_no_person_did_is_mended() {
        assert!(repairs(&webhook("w")).is_empty());
        let off = Webhook {
            auto_disabled: true,
            retries: Some(false),
            ..webhook("w")
        };
        assert_eq!(repairs(&off).len(), 2);
        assert!(
            repairs(&Webhook {
                disabled: true,
                ..off
            })
            .is_empty()
        );
        let unknown = Webhook {
            retries: None,
            ..webhook("w")
        };
        assert!(repairs(&unknown).is_empty());
    }
}
