//! roster-service as lead-service sees it: who has a lead, and what changed.

use std::time::Duration;

use chassis::client::{self, Channel};
use chassis::feed::{Entry, Position};
use contracts::roster::v1 as wire;
use futures::{Stream, StreamExt as _};
use uuid::Uuid;
use wire::assign_provider_response::Outcome;
use wire::roster_service_client::RosterServiceClient;

use super::{CallFailed, instant};
use crate::domain::deadline::{Hours, Window};
use crate::domain::ledger::money::Amount;
use crate::domain::ledger::terms::{Percent, Terms};
use crate::domain::provider::{Candidate, Match, Provider};

#[derive(Clone)]
pub struct Roster {
    pub(super) client: RosterServiceClient<Channel>,
    pub(super) limit: Duration,
}

/// What an attempt asks for.
pub struct Wanted<'a> {
    pub lead_id: Uuid,
    pub attempt: i32,
    pub country: &'a str,
    pub category: &'a str,
    pub city: &'a str,
    /// Who had the lead before.
    pub excluded: &'a [String],
    /// The one who shall have it, same rules; the first that matches where there is none.
    pub provider_id: Option<&'a str>,
    /// It had the lead before a loss: this is no new offer, so its opening hours do not count.
    pub restored: bool,
}

impl Roster {
    #[must_use]
    pub fn new(channel: Channel, limit: Duration) -> Self {
        Self {
            client: RosterServiceClient::new(channel),
            limit,
        }
    }

    /// Reserves the first provider that matches. A repeat for the same attempt gets the same one.
    ///
    /// Where another attempt of the lead stands already, as after a restored database, that one is
    /// the answer: a lead has one owner (I4).
    pub async fn assign(&self, wanted: &Wanted<'_>) -> Result<Match, CallFailed> {
        const RPC: &str = "AssignProvider";
        let request = wire::AssignProviderRequest {
            lead_id: wanted.lead_id.to_string(),
            attempt: wanted.attempt,
            country: wanted.country.to_owned(),
            category: wanted.category.to_owned(),
            city: wanted.city.to_owned(),
            excluded_provider_ids: wanted.excluded.to_vec(),
            provider_id: wanted.provider_id.unwrap_or_default().to_owned(),
            restored: wanted.restored,
        };
        let mut client = self.client.clone();
        let answer =
            client::with_timeout(self.limit, Box::pin(client.assign_provider(request))).await;
        let answer = match answer {
            Ok(answer) => answer.into_inner(),
            Err(status) => {
                let failed = CallFailed::new(RPC, &status);
                return match failed.reason.as_str() {
                    "ATTEMPT_CLOSED" => Ok(Match::AttemptClosed),
                    "OTHER_COUNTRY" if wanted.provider_id.is_some() => {
                        Ok(Match::NotToBeHad { rule: "COUNTRY" })
                    }
                    "UNKNOWN_PROVIDER" => Ok(Match::NotToBeHad { rule: "UNKNOWN" }),
                    "ALREADY_ASSIGNED" => self.standing(wanted.lead_id).await,
                    _ => Err(failed),
                };
            }
        };
        let candidates = answer.candidates.into_iter().map(candidate).collect();
        match answer.outcome {
            Some(Outcome::Assigned(wire::Assigned {
                assignment,
                provider,
            })) => {
                let provider = provider.ok_or_else(|| CallFailed::empty(RPC))?;
                let attempt = assignment.map_or(wanted.attempt, |a| a.attempt);
                Ok(Match::Assigned {
                    attempt,
                    provider: provider.into(),
                    candidates,
                })
            }
            Some(Outcome::Unmatched(wire::Unmatched { next_change_time })) => {
                Ok(Match::Unmatched {
                    next_change: next_change_time.and_then(instant),
                    candidates,
                })
            }
            None => Err(CallFailed::empty(RPC)),
        }
    }

    async fn standing(&self, lead_id: Uuid) -> Result<Match, CallFailed> {
        const RPC: &str = "GetAssignment";
        let request = wire::GetAssignmentRequest {
            lead_id: lead_id.to_string(),
            attempt: 0,
        };
        let mut client = self.client.clone();
        let answer =
            client::with_timeout(self.limit, Box::pin(client.get_assignment(request))).await;
        let answer = answer
            .map_err(|status| CallFailed::new(RPC, &status))?
            .into_inner();
        // Released meanwhile: then none stands, and the next try asks for one.
        let standing = answer
            .assignment
            .filter(|found| found.state() != wire::AssignmentState::Released)
            .ok_or_else(|| CallFailed::empty(RPC))?;
        let provider = self.provider(&standing.provider_id).await?;
        Ok(Match::Assigned {
            attempt: standing.attempt,
            provider,
            candidates: Vec::new(),
        })
    }

    /// A provider as it stands now.
    pub async fn provider(&self, provider_id: &str) -> Result<Provider, CallFailed> {
        const RPC: &str = "GetProvider";
        let request = wire::GetProviderRequest {
            provider_id: provider_id.to_owned(),
        };
        let mut client = self.client.clone();
        let answer = client::with_timeout(self.limit, Box::pin(client.get_provider(request))).await;
        let answer = answer
            .map_err(|status| CallFailed::new(RPC, &status))?
            .into_inner();
        answer
            .provider
            .map(Provider::from)
            .ok_or_else(|| CallFailed::empty(RPC))
    }

    /// Changes of the roster after a position; the subject of an entry is its country.
    pub async fn follow(
        &self,
        after: Position,
    ) -> anyhow::Result<impl Stream<Item = anyhow::Result<Entry>> + Send + use<>> {
        let request = wire::FollowRosterRequest {
            epoch: after.epoch,
            number: after.number,
        };
        let mut client = self.client.clone();
        let stream = client
            .follow_roster(request)
            .await
            .map_err(|status| CallFailed::new("FollowRoster", &status))?
            .into_inner();
        Ok(stream.map(|entry| {
            let response = entry.map_err(|status| CallFailed::new("FollowRoster", &status))?;
            let entry = response
                .entry
                .ok_or_else(|| CallFailed::empty("FollowRoster"))?;
            Ok(Entry {
                position: Position::new(entry.epoch, entry.number),
                kind: entry.kind,
                subject: entry.country,
                body: serde_json::Value::Null,
                traceparent: None,
                create_time: entry.entry_time.and_then(instant).unwrap_or_default(),
            })
        }))
    }
}

fn candidate(wire: wire::Candidate) -> Candidate {
    let wire::Candidate {
        provider_id,
        rank,
        removed_by,
        explanation,
    } = wire;
    Candidate {
        provider_id,
        rank,
        removed_by,
        explanation,
    }
}

/// None for what the roster would refuse: such a lead brings nothing, and its economics show none.
fn terms(terms: &wire::PayoutTerms) -> Option<Terms> {
    match terms.terms.as_ref()? {
        wire::payout_terms::Terms::Flat(flat) => {
            let amount = Amount::of_minor(flat.amount_minor, flat.currency.parse().ok()?).ok()?;
            (amount.micros > 0).then_some(Terms::Flat(amount))
        }
        wire::payout_terms::Terms::PercentHundredths(hundredths) => {
            let hundredths = u16::try_from(*hundredths).ok()?;
            Percent::from_hundredths(hundredths)
                .ok()
                .map(Terms::Percent)
        }
    }
}

impl From<wire::Provider> for Provider {
    fn from(provider: wire::Provider) -> Self {
        let serves = |kind: wire::ChannelKind| {
            let shut = |channel: &wire::Channel| {
                use wire::ChannelHealth::{OptedOut, Quarantined};
                matches!(channel.health(), Quarantined | OptedOut)
            };
            let mut channels = provider.channels.iter();
            let found = channels.find(|channel| channel.kind() == kind && !shut(channel));
            found
                .map(|channel| channel.address.clone())
                .unwrap_or_default()
        };
        let window = |open: &wire::OpenHours| Window {
            weekday: u32::try_from(open.weekday).unwrap_or_default(),
            open_minute: i64::from(open.open_minute),
            close_minute: i64::from(open.close_minute),
        };
        let hours = Hours {
            time_zone: provider.time_zone.clone(),
            windows: provider.hours.iter().map(window).collect(),
        };
        Self {
            hours,
            paused: provider.paused,
            terms: provider.terms.as_ref().and_then(terms),
            categories: provider.categories.clone(),
            cities: provider.cities.clone(),
            whatsapp: serves(wire::ChannelKind::Whatsapp),
            sms: serves(wire::ChannelKind::Sms),
            email: serves(wire::ChannelKind::Email),
            provider_id: provider.provider_id,
            name: provider.name,
            language: provider.language,
            country: provider.country,
            address: provider.address,
        }
    }
}
