//! Numbers as rows. The primary key keeps a number at one site (R4), a foreign key over site and
//! country keeps it in its site's country (R5).

use chassis::clock;
use chassis::db::{StoreError, Tx};
use chassis::on;

use super::word;
use crate::domain::number::Number;
use crate::domain::phone::E164;
use crate::domain::put::{Pause, Source};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) number: Number,
    pub(crate) number_sid: Option<String>,
    pub(crate) source: Source,
    pub(crate) pause: Pause,
}

type Row = (
    String,
    String,
    String,
    Option<String>,
    String,
    Option<String>,
    Option<String>,
    String,
    Option<String>,
);

impl TryFrom<Row> for Stored {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let (e164, site_id, country, chain, chain_carrier, fallback_url, sid, source, paused_by) =
            row;
        let source = word("number", "source", &site_id, Source::from_name(&source))?;
        let pause = super::sites::pause("number", &site_id, paused_by)?;
        let chain_mobile = chain
            .map(|mobile| {
                word(
                    "number",
                    "chain_mobile_e164",
                    &site_id,
                    E164::parse(&mobile).ok(),
                )
            })
            .transpose()?;
        let e164 = word("number", "number_e164", &site_id, E164::parse(&e164).ok())?;
        let number = Number {
            e164,
            site_id,
            country,
            chain_mobile,
            chain_carrier,
            fallback_url,
        };
        Ok(Self {
            number,
            number_sid: sid,
            source,
            pause,
        })
    }
}

pub(crate) async fn find(tx: &mut Tx, e164: &str) -> Result<Option<Stored>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
        "SELECT number_e164, site_id, country, chain_mobile_e164, chain_carrier, fallback_url,
                number_sid, source, paused_by
           FROM number WHERE number_e164 = $1")
        .bind(e164).fetch_optional(c).await?);
    row.map(Stored::try_from).transpose()
}

/// Numbers by E.164, after the one named; of one site, or of all when `site_id` is empty.
pub(crate) async fn page(
    tx: &mut Tx,
    site_id: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<Stored>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT number_e164, site_id, country, chain_mobile_e164, chain_carrier, fallback_url,
                number_sid, source, paused_by
           FROM number WHERE number_e164 > $1 AND ($2 = '' OR site_id = $2)
          ORDER BY number_e164 LIMIT $3")
        .bind(after).bind(site_id).bind(limit).fetch_all(c).await?);
    rows.into_iter().map(Stored::try_from).collect()
}

/// Stores a number; the site of a number that stands already never changes here (R4).
pub(crate) async fn put(tx: &mut Tx, stored: &Stored) -> Result<bool, StoreError> {
    let Stored {
        number,
        number_sid,
        source,
        pause,
    } = stored;
    let done = on!(tx, c => sqlx::query(
        "INSERT INTO number (number_e164, site_id, country, chain_mobile_e164, chain_carrier,
                             fallback_url, number_sid, source, paused_by, change_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (number_e164) DO UPDATE SET
             country = excluded.country, chain_mobile_e164 = excluded.chain_mobile_e164,
             chain_carrier = excluded.chain_carrier, fallback_url = excluded.fallback_url,
             number_sid = COALESCE(excluded.number_sid, number.number_sid),
             source = excluded.source, paused_by = excluded.paused_by,
             change_time = excluded.change_time
           WHERE number.site_id = excluded.site_id")
        .bind(number.e164.as_str()).bind(&number.site_id).bind(&number.country)
        .bind(number.chain_mobile.as_ref().map(E164::as_str)).bind(&number.chain_carrier)
        .bind(number.fallback_url.as_deref()).bind(number_sid.as_deref()).bind(source.name()).bind(pause.map(Source::name))
        .bind(clock::now())
        .execute(c).await?.rows_affected());
    Ok(done == 1)
}
