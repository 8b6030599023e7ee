//! The system's ledger: leads, their owners and their deliveries as the databases hold them, read
//! by fresh connections in plain SQL that shares nothing with the services' own queries.

use std::collections::BTreeMap;

use chassis::db::StoreError;
use chassis::on;
use uuid::Uuid;

use crate::books::Books;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lead {
    pub id: String,
    pub conversation: String,
    pub need: i32,
    pub state: String,
    pub verified: bool,
    pub country: String,
    pub category: String,
    pub city: String,
    pub attempt: i32,
    pub provider: String,
    pub operator_owned: bool,
    /// By how many seconds its time has passed, by its database's clock; negative: still to come.
    pub overdue: Option<i64>,
    /// It was told that nobody can take it.
    pub was_unmatched: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    pub lead: String,
    pub attempt: i32,
    pub country: String,
    pub provider: String,
    pub released: bool,
    pub holds_slot: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provider {
    pub id: String,
    pub country: String,
    pub capacity: i64,
    pub held: i64,
    /// Could take a lead: not paused, with a channel.
    pub ready: bool,
    /// "category/city" pairs.
    pub covers: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    pub id: String,
    pub message_key: String,
    pub recipient: String,
    pub channel: String,
    pub lead: String,
    pub state: String,
    pub carrier_id: String,
    pub source_country: String,
    pub address_country: String,
    pub allowed_country: String,
    /// Sends whose outcome was not known, or never written.
    pub ambiguous: u32,
    /// Sends after one whose acceptance was written down.
    pub after_acceptance: u32,
}

#[derive(Clone, Debug, Default)]
pub struct System {
    pub leads: Vec<Lead>,
    pub assignments: Vec<Assignment>,
    pub providers: Vec<Provider>,
    pub deliveries: Vec<Delivery>,
    /// Message keys of which a plan was written.
    pub notices: Vec<String>,
}

impl System {
    /// # Errors
    /// A database does not answer.
    pub async fn read(books: &Books) -> Result<Self, StoreError> {
        Ok(Self {
            leads: leads(books).await?,
            assignments: assignments(books).await?,
            providers: providers(books).await?,
            deliveries: deliveries(books).await?,
            notices: notices(books).await?,
        })
    }
}

type LeadRow = (
    Uuid,
    String,
    i32,
    String,
    bool,
    Option<String>,
    String,
    Option<String>,
);
type LeadRest = (Uuid, i32, Option<String>, bool, Option<i64>);

async fn leads(books: &Books) -> Result<Vec<Lead>, StoreError> {
    let mut db = books.lead.read().await?;
    let rows: Vec<LeadRow> = on!(db, c => sqlx::query_as(
        "SELECT id, conversation_id, need_number, state, verified, source_country, category, city
           FROM lead ORDER BY id").fetch_all(c).await?);
    let rest: Vec<LeadRest> = on!(db, c => sqlx::query_as(
        "SELECT id, attempt, provider_id, operator_owned,
                ((SELECT us FROM clock) - due_us) / 1000000
           FROM lead ORDER BY id").fetch_all(c).await?);
    let rest: BTreeMap<Uuid, LeadRest> = rest.into_iter().map(|row| (row.0, row)).collect();
    let unmatched: Vec<(Uuid,)> = on!(db, c => sqlx::query_as(
        "SELECT DISTINCT lead_id FROM lead_event WHERE to_state = 'unmatched'")
        .fetch_all(c).await?);
    let unmatched: std::collections::BTreeSet<Uuid> = unmatched.into_iter().map(|r| r.0).collect();
    Ok(rows
        .into_iter()
        .map(
            |(id, conversation, need, state, verified, country, category, city)| {
                let (_, attempt, provider, operator_owned, overdue) =
                    rest.get(&id).cloned().unwrap_or_default();
                Lead {
                    id: id.to_string(),
                    conversation,
                    need,
                    state,
                    verified,
                    country: country.unwrap_or_default(),
                    category,
                    city: city.unwrap_or_default(),
                    attempt,
                    provider: provider.unwrap_or_default(),
                    operator_owned,
                    overdue,
                    was_unmatched: unmatched.contains(&id),
                }
            },
        )
        .collect())
}

async fn assignments(books: &Books) -> Result<Vec<Assignment>, StoreError> {
    let mut db = books.roster.read().await?;
    let rows: Vec<(Uuid, i32, String, String, String, bool)> = on!(db, c => sqlx::query_as(
        "SELECT lead_id, attempt, country, provider_id, state, holds_slot FROM assignment")
        .fetch_all(c).await?);
    Ok(rows
        .into_iter()
        .map(
            |(lead, attempt, country, provider, state, holds_slot)| Assignment {
                lead: lead.to_string(),
                attempt,
                country,
                provider,
                released: state == "released",
                holds_slot,
            },
        )
        .collect())
}

async fn providers(books: &Books) -> Result<Vec<Provider>, StoreError> {
    let mut db = books.roster.read().await?;
    let rows: Vec<(String, String, i32, i32, bool, i32)> = on!(db, c => sqlx::query_as(
        "SELECT provider_id, country, capacity, held, paused, serving FROM provider")
        .fetch_all(c).await?);
    let cells: Vec<(String, String, String)> = on!(db, c => sqlx::query_as(
        "SELECT provider_id, category, city FROM coverage WHERE active").fetch_all(c).await?);
    let mut covers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (provider, category, city) in cells {
        covers
            .entry(provider)
            .or_default()
            .push(format!("{category}/{city}"));
    }
    Ok(rows
        .into_iter()
        .map(|(id, country, capacity, held, paused, serving)| Provider {
            covers: covers.remove(&id).unwrap_or_default(),
            id,
            country,
            capacity: i64::from(capacity),
            held: i64::from(held),
            ready: !paused && serving > 0,
        })
        .collect())
}

type DeliveryRow = (
    Uuid,
    String,
    String,
    String,
    Option<Uuid>,
    String,
    Option<String>,
);
type DeliveryRest = (Uuid, Option<String>, String, String, i64);

async fn deliveries(books: &Books) -> Result<Vec<Delivery>, StoreError> {
    let mut db = books.notification.read().await?;
    let rows: Vec<DeliveryRow> = on!(db, c => sqlx::query_as(
        "SELECT id, message_key, recipient, channel, lead_id, state, carrier_id FROM deliveries")
        .fetch_all(c).await?);
    let rest: Vec<DeliveryRest> = on!(db, c => sqlx::query_as(
        "SELECT id, source_country, address_country, allowed_country, fence FROM deliveries")
        .fetch_all(c).await?);
    let rest: BTreeMap<Uuid, DeliveryRest> = rest.into_iter().map(|row| (row.0, row)).collect();
    let tries: Vec<(Uuid, i64, String, String)> = on!(db, c => sqlx::query_as(
        "SELECT delivery_id, fence, task, outcome FROM attempts ORDER BY delivery_id, fence")
        .fetch_all(c).await?);
    let mut history: BTreeMap<Uuid, Vec<(i64, String, String)>> = BTreeMap::new();
    for (id, fence, task, outcome) in tries {
        history.entry(id).or_default().push((fence, task, outcome));
    }
    Ok(rows
        .into_iter()
        .map(
            |(id, message_key, recipient, channel, lead, state, carrier_id)| {
                let (_, source, address, allowed, fence) =
                    rest.get(&id).cloned().unwrap_or_default();
                let tries = history.remove(&id).unwrap_or_default();
                let (ambiguous, after_acceptance) = weigh(fence, &tries);
                Delivery {
                    id: id.to_string(),
                    message_key,
                    recipient,
                    channel,
                    lead: lead.map(|lead| lead.to_string()).unwrap_or_default(),
                    state,
                    carrier_id: carrier_id.unwrap_or_default(),
                    source_country: source.unwrap_or_default(),
                    address_country: address,
                    allowed_country: allowed,
                    ambiguous,
                    after_acceptance,
                }
            },
        )
        .collect())
}

/// Ambiguous tries: those that say so, and claims (each has a fence) that left no word at all.
/// Sends after a written acceptance: I11 knows none.
fn weigh(fence: i64, tries: &[(i64, String, String)]) -> (u32, u32) {
    let said = tries
        .iter()
        .filter(|(_, _, outcome)| outcome == "ambiguous")
        .count();
    let silent = usize::try_from(fence)
        .unwrap_or(0)
        .saturating_sub(tries.len());
    let accepted = tries
        .iter()
        .position(|(_, task, outcome)| task == "send" && outcome == "accepted");
    let after = accepted.map_or(0, |first| {
        tries
            .iter()
            .skip(first + 1)
            .filter(|(_, task, _)| task == "send")
            .count()
    });
    let small = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
    (small(said + silent), small(after))
}

async fn notices(books: &Books) -> Result<Vec<String>, StoreError> {
    let mut db = books.notification.read().await?;
    let rows: Vec<(String,)> = on!(db, c => sqlx::query_as(
        "SELECT message_key FROM notices WHERE kind <> 'cancelled'").fetch_all(c).await?);
    Ok(rows.into_iter().map(|row| row.0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tries(rows: &[(i64, &str, &str)]) -> Vec<(i64, String, String)> {
        let own = |row: &(i64, &str, &str)| (row.0, row.1.to_owned(), row.2.to_owned());
        rows.iter().map(own).collect()
    }

    #[test]
    fn a_claim_without_a_word_is_an_ambiguous_send() {
        assert_eq!(weigh(2, &tries(&[(2, "send", "accepted")])), (1, 0));
    }

    #[test]
    fn a_send_after_a_written_acceptance_is_seen() {
        let rows = tries(&[(1, "send", "accepted"), (2, "send", "accepted")]);
        assert_eq!(weigh(2, &rows), (0, 1));
    }
}
