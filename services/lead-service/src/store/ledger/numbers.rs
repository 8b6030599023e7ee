//! When a number stood, and on which site: each month in which it did costs something (R10, R74).

use std::collections::BTreeSet;

use chassis::db::{CorruptRow, StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};

use crate::domain::ledger::cost::Part;
use crate::domain::site::SiteFacts;

/// From when until when a number stood on a site.
pub struct Stood {
    pub number: String,
    pub from: DateTime<Utc>,
    /// None: it stands.
    pub until: Option<DateTime<Utc>>,
    pub site_id: String,
    pub country: String,
    pub part: Part,
}

#[derive(sqlx::FromRow)]
struct Row {
    number: String,
    from_time: DateTime<Utc>,
    until_time: Option<DateTime<Utc>>,
    site_id: String,
    country: String,
    kind: String,
}

/// All, in the order in which they began.
pub async fn all(tx: &mut Tx) -> Result<Vec<Stood>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT number, from_time, until_time, site_id, country, kind FROM number_period")
        .fetch_all(c).await?);
    let stood = |row: Row| {
        let part = match row.kind.as_str() {
            "did" => Part::Did,
            "chain_mobile" => Part::Chain,
            _ => return Err(CorruptRow::new("number_period", "kind", &row.site_id)),
        };
        Ok(Stood {
            number: row.number,
            from: row.from_time,
            until: row.until_time,
            site_id: row.site_id,
            country: row.country,
            part,
        })
    };
    let stood: Result<Vec<_>, CorruptRow> = rows.into_iter().map(stood).collect();
    let mut stood = stood?;
    stood.sort_by(|a, b| (a.from, &a.number).cmp(&(b.from, &b.number)));
    Ok(stood)
}

/// Follows a site's facts at a moment: what left it ends, what is new on it begins.
pub async fn follow(tx: &mut Tx, site: &SiteFacts, at: DateTime<Utc>) -> Result<(), StoreError> {
    let dids = site.numbers.iter().map(|number| (number.as_str(), "did"));
    let mobiles = site.chain_mobiles.iter();
    let mobiles = mobiles.map(|number| (number.as_str(), "chain_mobile"));
    let wanted: BTreeSet<_> = dids.chain(mobiles).collect();
    let standing: Vec<(String, String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT number, kind, country FROM number_period
          WHERE site_id = $1 AND until_time IS NULL")
        .bind(&site.site_id).fetch_all(c).await?);
    let stays = |(number, kind, country): &&(String, String, String)| {
        *country == site.country && wanted.contains(&(number.as_str(), kind.as_str()))
    };
    let (kept, gone): (Vec<_>, Vec<_>) = standing.iter().partition(stays);
    for (number, ..) in gone {
        end(tx, number, at).await?;
    }
    for (number, kind) in wanted {
        if kept.iter().any(|(standing, ..)| standing == number) {
            continue;
        }
        end(tx, number, at).await?;
        on!(tx, c => sqlx::query(
            "INSERT INTO number_period (number, from_time, site_id, country, kind)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (number, from_time) DO UPDATE
                SET until_time = NULL, site_id = excluded.site_id, country = excluded.country,
                    kind = excluded.kind")
            .bind(number).bind(at).bind(&site.site_id).bind(&site.country).bind(kind)
            .execute(c).await?.rows_affected());
    }
    Ok(())
}

async fn end(tx: &mut Tx, number: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE number_period
            SET until_time = CASE WHEN from_time > $2 THEN from_time ELSE $2 END
          WHERE number = $1 AND until_time IS NULL")
        .bind(number).bind(at).execute(c).await?.rows_affected());
    Ok(())
}
