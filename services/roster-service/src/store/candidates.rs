//! Candidates of a cell, read lazily in the order D3: those who could take the lead from one index,
//! and for the explanation a bounded look at those who could not.

use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};
use sqlx::types::Json;

use super::rows::Week;
use crate::domain::ids::ProviderId;
use crate::domain::matching::{Cell, Covers, Facts};

/// Who was looked at.
pub struct Seen {
    pub candidates: Vec<Facts>,
    /// Whether more providers of the cell could be ready than were read.
    pub more_ready: bool,
    /// Providers of the cell that were not read.
    pub unread: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    /// "ready", "shut", "city" or "category".
    found: String,
    provider_id: String,
    paused: bool,
    serving: i32,
    priority: i32,
    held: i32,
    capacity: i32,
    max_per_day: i32,
    day: Option<String>,
    day_taken: i32,
    time_zone: String,
    hours: Json<Week>,
    last_assign_time: Option<DateTime<Utc>>,
    cell_providers: i64,
}

macro_rules! facts {
    () => {
        "p.provider_id, p.paused, p.serving, p.priority, p.held, p.capacity, p.max_per_day,
         p.day, p.day_taken, p.time_zone, p.hours, p.last_assign_time,
         COALESCE((SELECT providers FROM cell
                    WHERE country = $1 AND category = $2 AND city = $3), 0) AS cell_providers"
    };
}

/// Three bounded looks in one round trip. The one elsewhere starts from the first providers of the
/// country, so that a country of a million costs no more than one of a hundred. The limits stand in
/// the text: with a limit for a parameter, PostgreSQL would plan anew for each lead. Counts, since an
/// EXISTS may become a hash of the whole cell.
macro_rules! look {
    ($ready:literal) => {
        concat!(
            "SELECT * FROM (SELECT 'ready' AS found, ",
            facts!(),
            " FROM coverage c JOIN provider p ON p.provider_id = c.provider_id
              WHERE c.country = $1 AND c.category = $2 AND c.city = $3 AND c.ready
              ORDER BY c.priority, c.load, c.rank_time, c.provider_id LIMIT ",
            $ready,
            ") AS ready
             UNION ALL
             SELECT * FROM (SELECT 'shut' AS found, ",
            facts!(),
            " FROM coverage c JOIN provider p ON p.provider_id = c.provider_id
              WHERE c.country = $1 AND c.category = $2 AND c.city = $3 AND c.active AND NOT c.ready
              ORDER BY c.provider_id LIMIT 50) AS shut
             UNION ALL
             SELECT * FROM (SELECT CASE WHEN (
                        SELECT count(*) FROM coverage c WHERE c.provider_id = p.provider_id
                           AND c.country = $1 AND c.category = $2 AND c.active) > 0
                    THEN 'city' ELSE 'category' END AS found, ",
            facts!(),
            " FROM (SELECT * FROM provider WHERE country = $1
                     ORDER BY priority, provider_id LIMIT 50) p
              WHERE (SELECT count(*) FROM coverage c WHERE c.provider_id = p.provider_id
                        AND c.country = $1 AND c.category = $2 AND c.city = $3 AND c.active) = 0
            ) AS elsewhere"
        )
    };
}

/// How far to look among those who could take the lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The first fifty: nearly always enough.
    First,
    /// Two thousand: many are closed at this hour.
    Further,
    /// The whole cell.
    All,
}

impl Depth {
    pub const ALL: [Self; 3] = [Self::First, Self::Further, Self::All];

    fn text(self) -> (&'static str, usize) {
        match self {
            Self::First => (look!("50"), 50),
            Self::Further => (look!("2000"), 2_000),
            Self::All => (look!("9223372036854775807"), usize::MAX),
        }
    }
}

/// Looks at the cell: as deep as told at those who could take a lead, best first, and at a few who
/// could not.
///
/// One statement, hence one snapshot: when nobody in it stands and `more_ready` is false, then
/// nobody was free (I6).
pub async fn look(tx: &mut Tx, cell: &Cell, depth: Depth) -> Result<Seen, StoreError> {
    let (text, most) = depth.text();
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(text)
        .bind(cell.country.as_str()).bind(cell.category.as_str()).bind(cell.city.as_str())
        .fetch_all(c).await?);
    let count = |found: &str| rows.iter().filter(|row| row.found == found).count();
    let ready = count("ready");
    let read = i64::try_from(ready + count("shut")).unwrap_or(i64::MAX);
    Ok(Seen {
        more_ready: ready >= most,
        unread: rows
            .first()
            .map_or(0, |row| row.cell_providers - read)
            .max(0),
        candidates: rows.into_iter().map(facts).collect::<Result<_, _>>()?,
    })
}

const ONE: &str = concat!(
    "SELECT CASE WHEN EXISTS (
                SELECT 1 FROM coverage c WHERE c.provider_id = p.provider_id AND c.country = $1
                   AND c.category = $2 AND c.city = $3 AND c.active) THEN 'ready'
            WHEN EXISTS (
                SELECT 1 FROM coverage c WHERE c.provider_id = p.provider_id AND c.country = $1
                   AND c.category = $2 AND c.active) THEN 'city' ELSE 'category' END AS found, ",
    facts!(),
    " FROM provider p WHERE p.provider_id = $4 AND p.country = $1"
);

/// One provider of the lead's country, for an offer by hand.
pub async fn look_at(
    tx: &mut Tx,
    cell: &Cell,
    provider: &ProviderId,
) -> Result<Option<Facts>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(ONE)
        .bind(cell.country.as_str()).bind(cell.category.as_str()).bind(cell.city.as_str())
        .bind(provider.as_str())
        .fetch_optional(c).await?);
    row.map(facts).transpose()
}

fn facts(row: Row) -> Result<Facts, StoreError> {
    let corrupt = || chassis::db::CorruptRow::new("provider", "provider_id", &row.provider_id);
    Ok(Facts {
        covers: match row.found.as_str() {
            "city" => Covers::OtherCity,
            "category" => Covers::OtherCategory,
            _ => Covers::Cell,
        },
        hours: row.hours.0.hours(&row.time_zone, &row.provider_id)?,
        provider_id: row.provider_id.parse().map_err(|_| corrupt())?,
        paused: row.paused,
        serving: row.serving,
        priority: row.priority,
        held: row.held,
        capacity: row.capacity,
        max_per_day: row.max_per_day,
        day: row.day,
        day_taken: row.day_taken,
        last_assign_time: row.last_assign_time,
    })
}
