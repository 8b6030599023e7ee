//! Sites as rows.

use chassis::clock;
use chassis::db::{StoreError, Tx};
use chassis::on;
use serde_json::Value;

use super::{json, shape, word};
use crate::domain::put::{Pause, Source};
use crate::domain::site::Site;

/// A site with what the running system knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) site: Site,
    pub(crate) source: Source,
    pub(crate) pause: Pause,
}

type Row = (
    String,
    String,
    String,
    Value,
    String,
    String,
    String,
    Option<String>,
);

impl TryFrom<Row> for Stored {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let (id, url, country, languages, time_zone, disclosure, source, paused_by) = row;
        let languages = shape("site", "languages", &id, languages)?;
        let source = word("site", "source", &id, Source::from_name(&source))?;
        let pause = super::sites::pause("site", &id, paused_by)?;
        let site = Site {
            id,
            url,
            country,
            languages,
            time_zone,
            disclosure,
        };
        Ok(Self {
            site,
            source,
            pause,
        })
    }
}

/// Who paused a row, from its column.
pub(super) fn pause(
    table: &'static str,
    row: &str,
    paused_by: Option<String>,
) -> Result<Pause, StoreError> {
    paused_by
        .map(|name| word(table, "paused_by", row, Source::from_name(&name)))
        .transpose()
}

pub(crate) async fn find(tx: &mut Tx, id: &str) -> Result<Option<Stored>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
        "SELECT site_id, url, country, languages, time_zone, disclosure, source, paused_by
           FROM site WHERE site_id = $1")
        .bind(id).fetch_optional(c).await?);
    row.map(Stored::try_from).transpose()
}

/// Sites by id, after the one named.
pub(crate) async fn page(tx: &mut Tx, after: &str, limit: i64) -> Result<Vec<Stored>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT site_id, url, country, languages, time_zone, disclosure, source, paused_by
           FROM site WHERE site_id > $1 ORDER BY site_id LIMIT $2")
        .bind(after).bind(limit).fetch_all(c).await?);
    rows.into_iter().map(Stored::try_from).collect()
}

/// Stores a site anew; false when somebody else did so meanwhile.
///
/// Without a target: the table has two unique indexes, and an upsert on one of them fails on the
/// other when two put the same new site at one moment.
pub(crate) async fn insert(tx: &mut Tx, stored: &Stored) -> Result<bool, StoreError> {
    let Stored {
        site,
        source,
        pause,
    } = stored;
    let done = on!(tx, c => sqlx::query(
        "INSERT INTO site (site_id, url, country, languages, time_zone, disclosure, source,
                           paused_by, change_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING")
        .bind(&site.id).bind(&site.url).bind(&site.country).bind(json(&site.languages))
        .bind(&site.time_zone).bind(&site.disclosure).bind(source.name())
        .bind(pause.map(Source::name)).bind(clock::now())
        .execute(c).await?.rows_affected());
    Ok(done == 1)
}

/// Stores what changed of a site that stands.
pub(crate) async fn update(tx: &mut Tx, stored: &Stored) -> Result<(), StoreError> {
    let Stored {
        site,
        source,
        pause,
    } = stored;
    let done = on!(tx, c => sqlx::query(
        "UPDATE site SET url = $2, country = $3, languages = $4, time_zone = $5, disclosure = $6,
                source = $7, paused_by = $8, change_time = $9
          WHERE site_id = $1")
        .bind(&site.id).bind(&site.url).bind(&site.country).bind(json(&site.languages))
        .bind(&site.time_zone).bind(&site.disclosure).bind(source.name())
        .bind(pause.map(Source::name)).bind(clock::now())
        .execute(c).await?.rows_affected());
    debug_assert_eq!(done, 1);
    Ok(())
}
