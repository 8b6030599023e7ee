//! What Twilio keeps of messages: searched for a reference (B3, B7), and deleted when a person is
//! erased or a message is old enough (B10).

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::reference;
use crate::domain::search::Sighting;
use crate::provider::Unanswered;

use super::{PAGE_SIZE, Twilio, address};

impl Twilio {
    /// Messages of ours that show a reference, to one number or to any, since a time.
    pub async fn find(
        &self,
        shown: &str,
        since: DateTime<Utc>,
        to: Option<&str>,
    ) -> Result<Vec<Sighting>, Unanswered> {
        let mut found = Vec::new();
        let both = to.map(|to| [address(false, to), address(true, to)]);
        let asked: Vec<Option<String>> = match both {
            Some(both) => both.into_iter().map(Some).collect(),
            None => vec![None],
        };
        for to in asked {
            // A day of slack: the filter is by day, and the carrier's clock is its own.
            let day = (since - TimeDelta::days(1)).format("%Y-%m-%d").to_string();
            let mut url = self.messages(".json");
            if let Some(to) = &to {
                url.query_pairs_mut().append_pair("To", to);
            }
            url.query_pairs_mut()
                .append_pair("DateSent>", &day)
                .append_pair("PageSize", PAGE_SIZE);
            for message in self.pages(url).await? {
                let ours = message.direction.as_deref() != Some("inbound");
                let sent = message.created();
                let recent = sent.is_none_or(|sent| sent >= since);
                let body = message.body.as_deref().unwrap_or_default();
                if !ours || !recent || !reference::is_shown(body, shown) {
                    continue;
                }
                let to = message.to.unwrap_or_default();
                let number = to.strip_prefix("whatsapp:");
                found.push(Sighting {
                    whatsapp: number.is_some(),
                    mail: false,
                    carrier_id: message.sid,
                    status: message.status.to_lowercase(),
                    sent,
                    address: number.unwrap_or(&to).to_owned(),
                });
            }
        }
        Ok(found)
    }

    /// The ids of all messages from and to a number, on both channels.
    pub async fn involving(&self, phone: &str) -> Result<Vec<String>, Unanswered> {
        let mut ids = Vec::new();
        for whatsapp in [false, true] {
            for side in ["To", "From"] {
                let mut url = self.messages(".json");
                url.query_pairs_mut()
                    .append_pair(side, &address(whatsapp, phone))
                    .append_pair("PageSize", PAGE_SIZE);
                let listed = self.pages(url).await?;
                ids.extend(listed.into_iter().map(|message| message.sid));
            }
        }
        Ok(ids)
    }

    /// Deletes a message; one that is gone already is as good.
    pub async fn delete(&self, sid: &str) -> Result<(), Unanswered> {
        let url = self.messages(&format!("/{sid}.json"));
        let request = self.signed(self.http.delete(url));
        let response = chassis::http::send("twilio.messages.delete", request)
            .await
            .map_err(|_| Unanswered::new("TWILIO_UNREACHABLE"))?;
        match response.status().as_u16() {
            200..300 | 404 => Ok(()),
            status => Err(Unanswered {
                reason: format!("TWILIO_HTTP_{status}"),
                credentials: matches!(status, 401 | 403),
            }),
        }
    }
}
