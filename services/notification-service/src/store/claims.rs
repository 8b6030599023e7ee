//! Claims: how a worker takes what is due. A claim raises the fence, so that a worker that lost
//! its lease settles nothing; times are the database's own (I18).

use chassis::{backlog_of, on};
use sqlx::FromRow;
use std::time::{Duration, Instant};
use uuid::Uuid;

use crate::domain::delivery::{Channel, Recipient};

use super::{CorruptRow, StoreError, Tx};

/// A claimed delivery: what a worker needs to know of it, without its content.
#[derive(Clone)]
pub struct Job {
    pub id: Uuid,
    pub channel: Channel,
    pub recipient: Recipient,
    pub reference: String,
    pub source_country: String,
    pub recipient_country: String,
    pub allowed_country: String,
    pub sender: String,
    pub carrier_id: Option<String>,
    pub fence: i64,
    /// Since the operator last had it sent again.
    pub attempts: i64,
    pub retries: i64,
    pub look_ups: i64,
    pub polls: i64,
    pub cancel_requested: bool,
    pub attempt_start_us: i64,
    pub not_after_us: i64,
    pub traceparent: Option<String>,
    /// The database's time at the claim.
    pub now_us: i64,
    /// The same moment by this process's clock that only grows.
    pub claimed: Instant,
    /// Taken from a worker that let its lease run out just now.
    pub lease_lost: bool,
}

impl Job {
    /// Its time has passed: it is never sent any more.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        self.not_after_us <= self.now_us
    }

    /// How long it is still of use.
    #[must_use]
    pub fn valid(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.not_after_us - self.now_us).unwrap_or(0))
    }

    /// Since the last send began.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.now_us - self.attempt_start_us).unwrap_or(0))
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    channel: String,
    recipient: String,
    reference: String,
    source_country: String,
    recipient_country: String,
    allowed_country: String,
    sender: String,
    carrier_id: Option<String>,
    fence: i64,
    attempts: i64,
    retries: i64,
    look_ups: i64,
    polls: i64,
    cancel_requested: bool,
    attempt_start_us: i64,
    not_after_us: i64,
    traceparent: Option<String>,
    now_us: i64,
}

impl TryFrom<Row> for Job {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |column| CorruptRow::new("deliveries", column, row.id);
        Ok(Self {
            channel: Channel::parse(&row.channel).ok_or_else(|| corrupt("channel"))?,
            recipient: Recipient::parse(&row.recipient).ok_or_else(|| corrupt("recipient"))?,
            id: row.id,
            reference: row.reference,
            source_country: row.source_country,
            recipient_country: row.recipient_country,
            allowed_country: row.allowed_country,
            sender: row.sender,
            carrier_id: row.carrier_id,
            fence: row.fence,
            attempts: row.attempts,
            retries: row.retries,
            look_ups: row.look_ups,
            polls: row.polls,
            cancel_requested: row.cancel_requested,
            attempt_start_us: row.attempt_start_us,
            not_after_us: row.not_after_us,
            traceparent: row.traceparent,
            now_us: row.now_us,
            claimed: Instant::now(),
            lease_lost: false,
        })
    }
}

/// The statements differ in one clause: PostgreSQL's workers step around each other's rows,
/// SQLite has one writer at a time. MATERIALIZED, so that the LIMIT is drawn once.
macro_rules! claim {
    ($set:literal, $due:literal, $lock:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (SELECT id FROM deliveries WHERE channel = $1 AND ",
            $due,
            " ORDER BY due_us, id LIMIT $2",
            $lock,
            ")
             UPDATE deliveries SET fence = fence + 1, ",
            $set,
            "
              WHERE id IN (SELECT id FROM due) AND ",
            $due,
            "
             RETURNING id, channel, recipient, reference,
                       COALESCE(source_country, '') AS source_country, recipient_country,
                       allowed_country, sender, carrier_id, fence,
                       attempts - earlier_attempts AS attempts, retries, look_ups, polls,
                       cancel_requested, attempt_start_us, not_after_us, traceparent,
                       (SELECT us FROM clock) AS now_us"
        )
    };
}

macro_rules! claim_on {
    ($tx:expr, $channel:expr, $limit:expr, $lease:expr, $set:literal, $due:literal) => {{
        let sql = if $tx.is_postgres() {
            claim!($set, $due, " FOR UPDATE SKIP LOCKED")
        } else {
            claim!($set, $due, "")
        };
        let rows: Vec<Row> = on!($tx, c => sqlx::query_as(sql)
            .bind($channel.name()).bind($limit).bind(micros($lease))
            .fetch_all(c).await?);
        rows.into_iter().map(Job::try_from).collect::<Result<Vec<Job>, StoreError>>()
    }};
}

pub(super) fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

/// Takes up to `limit` deliveries of a channel that are due to be sent.
pub async fn sends(
    tx: &mut Tx,
    channel: Channel,
    limit: i64,
    lease: Duration,
) -> Result<Vec<Job>, StoreError> {
    claim_on!(
        tx,
        channel,
        limit,
        lease,
        "state = 'sending', attempts = attempts + 1,
         lease_until_us = (SELECT us FROM clock) + $3, attempt_start_us = (SELECT us FROM clock)",
        "task = 'send' AND state = 'queued' AND due_us <= (SELECT us FROM clock)"
    )
}

/// Takes sends whose worker is gone: what became of them is unknown, so they are looked up.
pub async fn orphans(
    tx: &mut Tx,
    channel: Channel,
    limit: i64,
    lease: Duration,
) -> Result<Vec<Job>, StoreError> {
    let mut lost: Vec<Job> = claim_on!(
        tx,
        channel,
        limit,
        lease,
        "task = 'look_up', look_ups = look_ups + 1, reason = 'LEASE_LOST',
         ambiguous_attempts = ambiguous_attempts + 1,
         due_us = (SELECT us FROM clock) + $3",
        "task = 'send' AND state = 'sending' AND lease_until_us <= (SELECT us FROM clock)"
    )?;
    lost.iter_mut().for_each(|job| job.lease_lost = true);
    Ok(lost)
}

/// Takes unknown outcomes that are due to be looked up. Should this worker die too, they fall due
/// again after the lease.
pub async fn look_ups(
    tx: &mut Tx,
    channel: Channel,
    limit: i64,
    lease: Duration,
) -> Result<Vec<Job>, StoreError> {
    claim_on!(
        tx,
        channel,
        limit,
        lease,
        "look_ups = look_ups + 1, due_us = (SELECT us FROM clock) + $3",
        "task = 'look_up' AND state = 'sending' AND due_us <= (SELECT us FROM clock)"
    )
}

/// Takes accepted deliveries that nobody reported on for long.
pub async fn polls(
    tx: &mut Tx,
    channel: Channel,
    limit: i64,
    lease: Duration,
) -> Result<Vec<Job>, StoreError> {
    claim_on!(
        tx,
        channel,
        limit,
        lease,
        "polls = polls + 1, due_us = (SELECT us FROM clock) + $3",
        "task = 'poll' AND state = 'accepted' AND due_us <= (SELECT us FROM clock)"
    )
}

/// Whether anything of a channel is due to be looked up or polled.
pub async fn has_questions(tx: &mut Tx, channel: Channel) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM deliveries
          WHERE channel = $1 AND task IN ('look_up', 'poll') AND due_us <= (SELECT us FROM clock))
             OR EXISTS (SELECT 1 FROM deliveries
          WHERE channel = $1 AND task = 'send' AND state = 'sending'
            AND lease_until_us <= (SELECT us FROM clock))")
        .bind(channel.name()).fetch_one(c).await?))
}

/// What is due to be sent and to be asked about on each channel, as the metrics show it.
pub const BACKLOGS: [(&str, &str); 6] = [
    (
        "send-whatsapp",
        backlog_of!(
            "deliveries",
            "channel = 'whatsapp' AND task = 'send' AND state = 'queued'"
        ),
    ),
    (
        "send-sms",
        backlog_of!(
            "deliveries",
            "channel = 'sms' AND task = 'send' AND state = 'queued'"
        ),
    ),
    (
        "send-email",
        backlog_of!(
            "deliveries",
            "channel = 'email' AND task = 'send' AND state = 'queued'"
        ),
    ),
    (
        "ask-whatsapp",
        backlog_of!(
            "deliveries",
            "channel = 'whatsapp' AND task IN ('look_up', 'poll')"
        ),
    ),
    (
        "ask-sms",
        backlog_of!(
            "deliveries",
            "channel = 'sms' AND task IN ('look_up', 'poll')"
        ),
    ),
    (
        "ask-email",
        backlog_of!(
            "deliveries",
            "channel = 'email' AND task IN ('look_up', 'poll')"
        ),
    ),
];
