//! The feed as a follower of FollowCalls sees it.

use std::time::Duration;

use contracts::telephony::v1 as wire;

use crate::harness::World;

impl World {
    /// Every entry of the feed so far, as (kind, entry), once at least `count` are there.
    pub(crate) async fn entries(&self, count: usize) -> Vec<(&'static str, wire::CallEntry)> {
        let request = wire::FollowCallsRequest::default();
        let mut stream = self
            .calls
            .clone()
            .follow_calls(request)
            .await
            .unwrap()
            .into_inner();
        let mut found = Vec::new();
        loop {
            // Beyond the count only what is there already is taken.
            let limit = Duration::from_millis(if found.len() < count { 10_000 } else { 400 });
            match tokio::time::timeout(limit, stream.message()).await {
                Ok(Ok(Some(message))) => {
                    let entry = message.entry.unwrap();
                    found.push((kind(&entry), entry));
                }
                _ => return found,
            }
        }
    }

    pub(crate) async fn kinds(&self, count: usize) -> Vec<&'static str> {
        self.entries(count)
            .await
            .into_iter()
            .map(|(kind, _)| kind)
            .collect()
    }
}

fn kind(entry: &wire::CallEntry) -> &'static str {
    use wire::call_entry::Entry;
    match entry.entry.as_ref().expect("every kind is known") {
        Entry::Ended(_) => "ended",
        Entry::Conversation(_) => "conversation",
        Entry::Voicemail(_) => "voicemail",
        Entry::Fallback(_) => "fallback",
        Entry::Verified(_) => "verified",
        Entry::Alarm(_) => "alarm",
    }
}
