//! Deliveries as rows: writing a plan, reading what stands, taking back what has not left.

use chassis::on;
use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::domain::delivery::{Channel, Delivery, Recipient, State, Task, Template};

use super::{CorruptRow, StoreError, Tx};

/// A delivery to be written, with all that its row holds besides.
pub struct New {
    pub delivery: Delivery,
    pub source_country: String,
    pub recipient_country: String,
    pub allowed_country: String,
    pub sender: String,
    pub due_us: i64,
    pub not_after_us: i64,
    pub traceparent: Option<String>,
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: Uuid,
    message_key: String,
    template: String,
    recipient: String,
    channel: String,
    lead_id: Option<Uuid>,
    state: String,
    masked_address: String,
    reference: String,
    recipient_id: String,
    carrier_id: Option<String>,
    attempts: i64,
    ambiguous_attempts: i64,
    address_country: String,
    segments: i64,
    reason: String,
    error_class: String,
    create_time: DateTime<Utc>,
    accept_time: Option<DateTime<Utc>>,
    settle_time: Option<DateTime<Utc>>,
    not_after_us: i64,
}

/// The columns of `Row`, for SELECT and RETURNING.
macro_rules! columns {
    () => {
        "id, message_key, template, recipient, channel, lead_id, state, masked_address, \
         reference, recipient_id, carrier_id, attempts, ambiguous_attempts, address_country, segments, \
         reason, error_class, create_time, accept_time, settle_time, \
         not_after_us"
    };
}
pub(super) use columns;

impl TryFrom<Row> for Delivery {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |column| CorruptRow::new("deliveries", column, row.id);
        Ok(Self {
            template: Template::parse(&row.template).ok_or_else(|| corrupt("template"))?,
            recipient: Recipient::parse(&row.recipient).ok_or_else(|| corrupt("recipient"))?,
            channel: Channel::parse(&row.channel).ok_or_else(|| corrupt("channel"))?,
            state: State::parse(&row.state).ok_or_else(|| corrupt("state"))?,
            not_after: DateTime::from_timestamp_micros(row.not_after_us)
                .ok_or_else(|| corrupt("not_after_us"))?,
            id: row.id,
            message_key: row.message_key,
            lead_id: row.lead_id,
            masked_address: row.masked_address,
            reference: row.reference,
            recipient_id: row.recipient_id,
            carrier_id: row.carrier_id,
            attempts: row.attempts,
            ambiguous_attempts: row.ambiguous_attempts,
            country: row.address_country,
            segments: row.segments,
            reason: row.reason,
            error_class: row.error_class,
            create_time: row.create_time,
            accept_time: row.accept_time,
            settle_time: row.settle_time,
        })
    }
}

pub(super) fn domain(rows: Vec<Row>) -> Result<Vec<Delivery>, StoreError> {
    rows.into_iter().map(Delivery::try_from).collect()
}

/// Writes a plan in one statement.
pub async fn insert(tx: &mut Tx, plan: &[New]) -> Result<(), StoreError> {
    on!(tx, c => {
        let mut query = QueryBuilder::new(
            "INSERT INTO deliveries (id, message_key, template, recipient, channel, lead_id, state,
             task, reason, error_class, source_country, allowed_countries, address_country,
             recipient_country, allowed_country, masked_address, sender, reference, recipient_id, segments,
             carrier_rank, fence, attempts, ambiguous_attempts, retries, earlier_attempts, look_ups, polls, cancel_requested, due_us, lease_until_us, attempt_start_us,
             not_after_us, traceparent, create_time, settle_time) ",
        );
        query.push_values(plan, |mut row, new| {
            let delivery = &new.delivery;
            let source_country =
                (!new.source_country.is_empty()).then(|| new.source_country.clone());
            let task = (delivery.state == State::Queued).then_some(Task::Send.name());
            row.push_bind(delivery.id)
                .push_bind(delivery.message_key.clone())
                .push_bind(delivery.template.name())
                .push_bind(delivery.recipient.name())
                .push_bind(delivery.channel.name())
                .push_bind(delivery.lead_id)
                .push_bind(delivery.state.name())
                .push_bind(task)
                .push_bind(delivery.reason.clone())
                .push_bind(delivery.error_class.clone())
                .push_bind(source_country)
                .push("(SELECT allowed_countries FROM lead_countries WHERE lead_id = ")
                .push_bind_unseparated(delivery.lead_id)
                .push_unseparated(")")
                .push_bind(delivery.country.clone())
                .push_bind(new.recipient_country.clone())
                .push_bind(new.allowed_country.clone())
                .push_bind(delivery.masked_address.clone())
                .push_bind(new.sender.clone())
                .push_bind(delivery.reference.clone())
                .push_bind(delivery.recipient_id.clone())
                .push_bind(delivery.segments)
                .push("0, 0, 0, 0, 0, 0, 0, 0, FALSE")
                .push_bind(new.due_us)
                .push("0, 0")
                .push_bind(new.not_after_us)
                .push_bind(new.traceparent.clone())
                .push_bind(delivery.create_time)
                .push_bind(delivery.settle_time);
        });
        query.build().execute(c).await?.rows_affected()
    });
    Ok(())
}

/// The deliveries of a notice, in the order of its plan.
pub async fn of_notice(tx: &mut Tx, key: &str) -> Result<Vec<Delivery>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", columns!(), " FROM deliveries WHERE message_key = $1
          ORDER BY CASE recipient WHEN 'provider' THEN 1 WHEN 'customer' THEN 2 ELSE 3 END,
                   CASE channel WHEN 'whatsapp' THEN 1 WHEN 'sms' THEN 2 ELSE 3 END"))
        .bind(key).fetch_all(c).await?);
    domain(rows)
}

/// Where a page begins: after this creation time and id.
#[derive(Clone, Copy)]
pub struct After {
    pub create_time: DateTime<Utc>,
    pub id: Uuid,
}

/// Which deliveries are listed; what is left open takes any.
#[derive(Default)]
pub struct Which {
    /// Of these leads; none: of all.
    pub lead_ids: Vec<Uuid>,
    pub state: Option<State>,
    pub recipient: Option<Recipient>,
}

/// A page of deliveries, oldest first.
pub async fn list(
    tx: &mut Tx,
    which: &Which,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    let state = which.state.map_or("", State::name);
    let recipient = which.recipient.map_or("", Recipient::name);
    let after = after.unwrap_or(After {
        create_time: DateTime::UNIX_EPOCH,
        id: Uuid::nil(),
    });
    let rows: Vec<Row> = on!(tx, c => {
        let mut query = QueryBuilder::new(concat!(
            "SELECT ", columns!(), " FROM deliveries WHERE "));
        if !which.lead_ids.is_empty() {
            query.push("lead_id IN (");
            let mut ids = query.separated(", ");
            for id in &which.lead_ids {
                ids.push_bind(*id);
            }
            query.push(") AND ");
        }
        if !state.is_empty() {
            query.push("state = ").push_bind(state).push(" AND ");
        }
        if !recipient.is_empty() {
            query.push("recipient = ").push_bind(recipient).push(" AND ");
        }
        query.push("(create_time > ").push_bind(after.create_time)
            .push(" OR (create_time = ").push_bind(after.create_time)
            .push(" AND id > ").push_bind(after.id)
            .push(")) ORDER BY create_time, id LIMIT ").push_bind(limit);
        query.build_query_as().fetch_all(c).await?
    });
    domain(rows)
}

/// One delivery.
pub async fn of_id(tx: &mut Tx, id: Uuid) -> Result<Option<Delivery>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", columns!(), " FROM deliveries WHERE id = $1"))
        .bind(id).fetch_optional(c).await?);
    row.map(Delivery::try_from).transpose()
}

/// Whether a claimed delivery was asked not to leave.
pub async fn is_taken_back(tx: &mut Tx, id: Uuid) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM deliveries WHERE id = $1 AND cancel_requested)")
        .bind(id).fetch_one(c).await?))
}

/// Takes back what has not left, and answers it. Rows that a worker holds stay.
pub async fn cancel(
    tx: &mut Tx,
    key: &str,
    recipient: Option<Recipient>,
    now: DateTime<Utc>,
) -> Result<Vec<Delivery>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(concat!(
        "UPDATE deliveries SET state = 'cancelled', task = NULL, settle_time = $3
          WHERE message_key = $1 AND ($2 = '' OR recipient = $2) AND state = 'queued'
         RETURNING ", columns!()))
        .bind(key).bind(recipient.map_or("", Recipient::name)).bind(now)
        .fetch_all(c).await?);
    domain(rows)
}

/// Asks that deliveries of a notice that may have left are not repeated; answers how many a worker
/// is sending right now. What left with an unknown outcome left before this, and is only looked up:
/// to wait for its word, half an hour for a mail, would hold up the release of its lead. Run after
/// `cancel` in the same transaction: a row claimed in between is counted here.
pub async fn request_cancel(
    tx: &mut Tx,
    key: &str,
    recipient: Option<Recipient>,
) -> Result<usize, StoreError> {
    let sent_now: Vec<(bool,)> = on!(tx, c => sqlx::query_as(
        "UPDATE deliveries SET cancel_requested = TRUE
          WHERE message_key = $1 AND ($2 = '' OR recipient = $2) AND state = 'sending'
         RETURNING task = 'send' AND lease_until_us > (SELECT us FROM clock)")
        .bind(key).bind(recipient.map_or("", Recipient::name))
        .fetch_all(c).await?);
    Ok(sent_now.into_iter().filter(|row| row.0).count())
}
