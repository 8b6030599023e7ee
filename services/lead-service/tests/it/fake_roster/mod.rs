//! A recording stand-in for roster-service. It keeps the promises that the contract makes (a repeat
//! gets the same, one owner for a lead) and fails on demand.

mod books;
mod serving;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use contracts::roster::v1 as wire;
use tokio::sync::broadcast;
use tonic::Status;

use crate::fake_lists::Lists;

#[derive(Clone)]
pub(crate) struct FakeRoster {
    state: Arc<Mutex<RosterState>>,
    changes: broadcast::Sender<wire::RosterEntry>,
}

#[derive(Default)]
struct RosterState {
    /// Slots that are free.
    capacity: usize,
    assigned: BTreeMap<String, Held>,
    /// Providers besides the first, in their order.
    others: Vec<&'static str>,
    /// Moves in the order in which they were asked for: "confirm LEAD 1".
    moves: Vec<String>,
    /// Of the first provider.
    hours: Vec<wire::OpenHours>,
    paused: Vec<&'static str>,
    evidence: Vec<wire::RecordChannelEvidenceRequest>,
    /// What the next piece of evidence changes.
    changes: Vec<wire::ChannelChange>,
    /// Attempts of leads in the order in which they were asked for.
    asked: Vec<wire::AssignProviderRequest>,
    closed: Vec<(String, i32)>,
    next_change: Option<prost_types::Timestamp>,
    /// Where the provider is, against the promise.
    country: Option<&'static str>,
    failures: VecDeque<Status>,
    delay: Duration,
    number: i64,
    /// What its lists answer.
    lists: Lists,
    /// What each provider pays, as far as it pays.
    terms: BTreeMap<String, wire::PayoutTerms>,
}

/// An assignment that is not released.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) attempt: i32,
    pub(crate) provider: String,
    pub(crate) state: wire::AssignmentState,
}

impl FakeRoster {
    pub(crate) fn new() -> Self {
        let state = RosterState {
            capacity: 1000,
            ..RosterState::default()
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            changes: broadcast::channel(64).0,
        }
    }

    fn state(&self) -> MutexGuard<'_, RosterState> {
        self.state.lock().unwrap()
    }

    /// What its lists answer.
    pub(crate) fn lists(&self, change: impl FnOnce(&mut Lists)) {
        change(&mut self.state().lists);
    }

    /// What a provider pays for the leads that are assigned from now on.
    pub(crate) fn pays(&self, provider: &str, terms: wire::PayoutTerms) {
        self.state().terms.insert(provider.to_owned(), terms);
    }

    /// EUR 100 a lead from the first provider, 15 % from the second.
    pub(crate) fn pays_as_usual(&self) {
        self.pays(PROVIDER, flat(10_000, "EUR"));
        self.pays(SECOND, percent(1_500));
    }

    /// It has no terms any more.
    pub(crate) fn pays_nothing(&self, provider: &str) {
        self.state().terms.remove(provider);
    }

    pub(crate) fn set_capacity(&self, capacity: usize) {
        self.state().capacity = capacity;
    }

    pub(crate) fn set_delay(&self, delay: Duration) {
        self.state().delay = delay;
    }

    pub(crate) fn set_next_change(&self, at: prost_types::Timestamp) {
        self.state().next_change = Some(at);
    }

    /// The roster breaks its promise: the provider is in another country.
    pub(crate) fn set_country(&self, country: Option<&'static str>) {
        self.state().country = country;
    }

    pub(crate) fn close_attempt(&self, lead_id: &str, attempt: i32) {
        self.state().closed.push((lead_id.to_owned(), attempt));
    }

    pub(crate) fn fail(&self, times: usize) {
        let down = || Status::unavailable("down for the test");
        self.state()
            .failures
            .extend(std::iter::repeat_with(down).take(times));
    }

    pub(crate) fn heal(&self) {
        self.state().failures.clear();
    }

    /// Another attempt of the lead stands already.
    pub(crate) fn stands(&self, lead_id: &str, attempt: i32) {
        let held = Held {
            attempt,
            provider: PROVIDER.to_owned(),
            state: wire::AssignmentState::Reserved,
        };
        self.state().assigned.insert(lead_id.to_owned(), held);
    }

    pub(crate) fn asked(&self) -> Vec<wire::AssignProviderRequest> {
        self.state().asked.clone()
    }

    /// Adds a provider after those that there are.
    pub(crate) fn add(&self, provider: &'static str) {
        self.state().others.push(provider);
    }

    pub(crate) fn set_hours(&self, hours: Vec<wire::OpenHours>) {
        self.state().hours = hours;
    }

    pub(crate) fn pause(&self, provider: &'static str) {
        self.state().paused.push(provider);
    }

    /// Who holds a lead, by the roster's books.
    pub(crate) fn holder(&self, lead_id: &str) -> Option<Held> {
        self.state().assigned.get(lead_id).cloned()
    }

    /// Nobody is paused any more.
    pub(crate) fn resume(&self) {
        self.state().paused.clear();
    }

    /// Its data are gone; the catalogue gave it its providers again.
    pub(crate) fn lose(&self) {
        let mut state = self.state();
        state.assigned.clear();
        state.closed.clear();
        state.asked.clear();
        state.moves.clear();
    }

    pub(crate) fn moves(&self) -> Vec<String> {
        self.state().moves.clone()
    }

    pub(crate) fn evidence(&self) -> Vec<wire::RecordChannelEvidenceRequest> {
        self.state().evidence.clone()
    }

    pub(crate) fn next_evidence_changes(&self, change: wire::ChannelChange) {
        self.state().changes.push(change);
    }

    pub(crate) fn owners(&self) -> usize {
        self.state().assigned.len()
    }

    /// Publishes a change, as PutProvider would.
    pub(crate) fn publish(&self, kind: &str, country: &str) {
        let number = {
            let mut state = self.state();
            state.number += 1;
            state.number
        };
        let entry = wire::RosterEntry {
            epoch: "e1".to_owned(),
            number,
            entry_time: None,
            kind: kind.to_owned(),
            provider_id: PROVIDER.to_owned(),
            country: country.to_owned(),
        };
        // Nobody may be listening yet; the test then publishes again.
        let _ = self.changes.send(entry);
    }
}

pub(crate) fn flat(amount_minor: i64, currency: &str) -> wire::PayoutTerms {
    let currency = currency.to_owned();
    wire::PayoutTerms {
        terms: Some(wire::payout_terms::Terms::Flat(wire::FlatTerms {
            amount_minor,
            currency,
        })),
    }
}

pub(crate) fn percent(hundredths: i32) -> wire::PayoutTerms {
    wire::PayoutTerms {
        terms: Some(wire::payout_terms::Terms::PercentHundredths(hundredths)),
    }
}

pub(crate) const PROVIDER: &str = "fontaine-plomberie";

pub(crate) const SECOND: &str = "leman-sanitaire";
pub(crate) const THIRD: &str = "rhone-depannage";
