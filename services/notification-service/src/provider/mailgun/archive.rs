//! What Mailgun's events still tell of mails that show a reference in their subject (B3). Its
//! events are the only record: mails cannot be listed, nor deleted before they run out.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::domain::mail_errors;
use crate::domain::reference;
use crate::domain::search::Sighting;
use crate::provider::Unanswered;

use super::{Mailgun, read_event};

/// Each of 300 events: more mails than the time that an events query may span sees.
const PAGES: usize = 20;

impl Mailgun {
    /// Mails that show a reference, to one address or to any, since a time; of each the furthest
    /// that is known.
    pub async fn find(
        &self,
        shown: &str,
        since: DateTime<Utc>,
        to: Option<&str>,
    ) -> Result<Vec<Sighting>, Unanswered> {
        let mut url = self.url("events");
        url.query_pairs_mut()
            .append_pair("begin", &since.timestamp().to_string())
            .append_pair("ascending", "yes")
            .append_pair("limit", "300");
        if let Some(to) = to {
            url.query_pairs_mut().append_pair("recipient", to);
        }
        let mut mails: BTreeMap<(String, String), (i64, Sighting)> = BTreeMap::new();
        for _ in 0..PAGES {
            let page = self.page(url).await?;
            for event in &page.items {
                let headers = &event["message"]["headers"];
                let text =
                    |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
                if !reference::is_shown(&text(&headers["subject"]), shown) {
                    continue;
                }
                let known = read_event(event);
                let rank = mail_errors::report(&known).rank;
                let id = text(&headers["message-id"]);
                let sent = event["timestamp"].as_f64().and_then(instant);
                let address = text(&event["recipient"]);
                let seen = mails
                    .entry((id.clone(), address.clone()))
                    .or_insert_with(|| {
                        let sighting = Sighting {
                            whatsapp: false,
                            mail: true,
                            carrier_id: id,
                            status: String::new(),
                            sent,
                            address,
                        };
                        (-1, sighting)
                    });
                if rank > seen.0 {
                    seen.0 = rank;
                    seen.1.status = known.event.to_lowercase();
                }
                seen.1.sent = seen.1.sent.min(sent).or(sent);
            }
            let next = page.paging.next.and_then(|next| next.parse().ok());
            match next {
                // Never followed to another host, where our key would go along.
                Some(next) if !page.items.is_empty() && self.is_own(&next) => url = next,
                _ => break,
            }
        }
        Ok(mails.into_values().map(|(_, sighting)| sighting).collect())
    }

    fn is_own(&self, url: &url::Url) -> bool {
        url.origin() == self.base.origin()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a time in microseconds fits into i64"
)]
fn instant(seconds: f64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros((seconds * 1e6) as i64)
}
