//! quality-service with its neighbours: what telephony tells, what lead-service heard.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chassis::config::Secret;
use chassis::crash::Points;
use chassis::run::Life;
use chassis::server::Bound;
use contracts::quality::v1::quality_service_client::QualityServiceClient;
use contracts::quality::v1::{GetBooksRequest, GetBooksResponse};
use contracts::telephony::v1::call_entry::Entry as Told;
use contracts::telephony::v1::{CallEntry, FollowCallsRequest, FollowCallsResponse};
use futures::stream::{self, StreamExt as _};
use quality_service::app::prompt::Limits;
use quality_service::app::scan::Settings;
use quality_service::config::Config;
use test_support::{TestDb, eventually};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use test_support::Fake;

pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Telephony's feed as a test writes it.
#[derive(Clone, Default)]
pub(crate) struct Feed {
    state: Arc<Mutex<(String, Vec<CallEntry>)>>,
    changed: Arc<watch::Sender<()>>,
}

impl Feed {
    pub(crate) fn of_epoch(epoch: &str) -> Self {
        let feed = Self::default();
        feed.state.lock().unwrap().0 = epoch.to_owned();
        feed
    }

    /// Appends an entry and returns its number.
    pub(crate) fn tell(&self, call_sid: &str, entry: Told) -> i64 {
        let mut state = self.state.lock().unwrap();
        let number = i64::try_from(state.1.len()).unwrap() + 1;
        let told = CallEntry {
            epoch: state.0.clone(),
            number,
            entry_time: Some(prost_types::Timestamp {
                seconds: 1_795_253_436,
                nanos: 0,
            }),
            call_sid: call_sid.to_owned(),
            traceparent: String::new(),
            entry: Some(entry),
        };
        state.1.push(told);
        drop(state);
        self.changed.send_replace(());
        number
    }

    /// Tells the last entry a second time, under its own number.
    pub(crate) fn repeat_last(&self) {
        let mut state = self.state.lock().unwrap();
        let last = state.1.last().unwrap().clone();
        state.1.push(last);
    }

    /// A restored database: other entries under a new epoch.
    pub(crate) fn restart_as(&self, epoch: &str, entries: &[(&str, Told)]) {
        {
            let mut state = self.state.lock().unwrap();
            state.0 = epoch.to_owned();
            state.1.clear();
        }
        for (call_sid, entry) in entries {
            self.tell(call_sid, entry.clone());
        }
    }

    fn after(&self, epoch: &str, number: i64) -> Vec<CallEntry> {
        let state = self.state.lock().unwrap();
        let from = if epoch == state.0 { number } else { 0 };
        state
            .1
            .iter()
            .filter(|entry| entry.number > from)
            .cloned()
            .collect()
    }

    /// Serves FollowCalls: what is there, and then the end of the stream as soon as there is more,
    /// so that the follower comes again.
    pub(crate) fn serve_at(&self, telephony: &Fake) {
        let feed = self.clone();
        telephony.stream(
            "CallService/FollowCalls",
            move |asked: FollowCallsRequest| {
                let mut changed = feed.changed.subscribe();
                let entries = feed.after(&asked.epoch, asked.number).into_iter();
                let there = entries.map(|entry| Ok(FollowCallsResponse { entry: Some(entry) }));
                let wait = stream::once(async move {
                    let _ = changed.changed().await;
                    Ok(FollowCallsResponse { entry: None })
                });
                Ok(stream::iter(there).chain(wait).boxed())
            },
        );
    }
}

/// The service and its neighbours.
pub(crate) struct World {
    pub(crate) feed: Feed,
    pub(crate) telephony: Fake,
    pub(crate) leads: Fake,
    pub(crate) notification: Fake,
    pub(crate) roster: Fake,
    pub(crate) config: Config,
    running: Option<(Life, JoinHandle<anyhow::Result<()>>)>,
    pub(crate) books: Option<QualityServiceClient<chassis::client::Channel>>,
}

impl World {
    /// Neighbours and an empty database; nothing runs yet. lead-service takes everything.
    pub(crate) async fn new(db: &TestDb) -> Self {
        let (telephony, leads) = (Fake::start().await, Fake::start().await);
        let (notification, roster) = (Fake::start().await, Fake::start().await);
        let feed = Feed::of_epoch("first");
        feed.serve_at(&telephony);
        take_everything(&leads);
        let config = Config {
            listen: ([127, 0, 0, 1], 0).into(),
            database: Secret::new(db.url("quality")),
            telephony_url: telephony.url(),
            lead_url: leads.url(),
            roster_url: roster.url(),
            notification_url: notification.url(),
            scan: Settings {
                poll: Duration::from_millis(50),
                schedule: false,
                heartbeat_url: None,
                page_base: None,
                grace: Duration::ZERO,
                delivery_grace: Duration::ZERO,
            },
            migrate: true,
            prompts: Limits::default(),
            crash_points: Points::default(),
        };
        Self {
            feed,
            telephony,
            leads,
            notification,
            roster,
            config,
            running: None,
            books: None,
        }
    }

    /// A second replica on the same database, with the same neighbours.
    pub(crate) async fn beside(first: &Self, db: &TestDb) -> Self {
        let mut second = Self::new(db).await;
        second.config = first.config.clone();
        second
    }

    pub(crate) async fn start(&mut self) {
        let bound = Bound::local().await.unwrap();
        let channel = chassis::client::channel(bound.url()).unwrap();
        self.books = Some(QualityServiceClient::new(channel));
        let life = Life::for_test();
        let service = quality_service::start(self.config.clone(), bound, life.clone());
        self.running = Some((life, chassis::run::spawn(service)));
    }

    /// Stops the service as SIGTERM does, and returns when it ended.
    pub(crate) async fn stop(&mut self) {
        let (life, service) = self.running.take().unwrap();
        life.stop();
        service.await.unwrap().unwrap();
        life.drained().await;
    }

    pub(crate) async fn books(&self) -> Option<GetBooksResponse> {
        let mut books = self.books.clone().unwrap();
        Some(books.get_books(GetBooksRequest {}).await.ok()?.into_inner())
    }

    /// Waits until the entry is carried on, and returns the books.
    pub(crate) async fn carried_up_to(&self, epoch: &str, number: i64) -> GetBooksResponse {
        self.books_when(PATIENCE, |books| {
            books.epoch == epoch && books.number >= number
        })
        .await
    }

    pub(crate) async fn books_when(
        &self,
        patience: Duration,
        are_so: impl Fn(&GetBooksResponse) -> bool,
    ) -> GetBooksResponse {
        eventually(patience, async || self.books().await.filter(&are_so)).await
    }
}

pub(crate) fn take_everything(leads: &Fake) {
    use contracts::lead::v1 as lead;
    leads.answer(
        "LeadService/RecordCallEnded",
        |_: lead::RecordCallEndedRequest| Ok(lead::RecordCallEndedResponse::default()),
    );
    leads.answer("LeadService/VerifyLead", |_: lead::VerifyLeadRequest| {
        Ok(lead::VerifyLeadResponse::default())
    });
    leads.answer(
        "LeadService/CaptureVoicemail",
        |_: lead::CaptureVoicemailRequest| Ok(lead::CaptureVoicemailResponse::default()),
    );
    leads.answer("LedgerService/RecordCost", |_: lead::RecordCostRequest| {
        Ok(lead::RecordCostResponse { changed: true })
    });
    leads.answer("LeadService/RaiseAlarm", |_: lead::RaiseAlarmRequest| {
        Ok(lead::RaiseAlarmResponse::default())
    });
}
