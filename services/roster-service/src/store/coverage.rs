//! Coverage by cell: how much of a category a city has, held and in all.

use chassis::db::{StoreError, Tx};
use chassis::on;

use crate::domain::ids::Country;

/// One cell. Paused providers count for nothing; a cell of only such shows zero.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CellCoverage {
    pub country: String,
    pub category: String,
    pub city: String,
    pub providers: i64,
    pub capacity: i64,
    pub held: i64,
}

macro_rules! page {
    ($country:literal) => {
        concat!(
            "SELECT c.country, c.category, c.city,
                    CAST(SUM(CASE WHEN p.paused THEN 0 ELSE 1 END) AS BIGINT) AS providers,
                    CAST(SUM(CASE WHEN p.paused THEN 0 ELSE p.capacity END) AS BIGINT) AS capacity,
                    CAST(SUM(CASE WHEN p.paused THEN 0 ELSE p.held END) AS BIGINT) AS held
               FROM (SELECT country, category, city FROM cell
                      WHERE providers > 0 AND (country, category, city) > ($1, $2, $3)",
            $country,
            "         ORDER BY country, category, city LIMIT $4) k
               JOIN coverage c ON c.country = k.country AND c.category = k.category
                              AND c.city = k.city AND c.active
               JOIN provider p ON p.provider_id = c.provider_id
              GROUP BY c.country, c.category, c.city
              ORDER BY c.country, c.category, c.city"
        )
    };
}

/// Cells that some provider serves, and how many of them have one who could take a lead now.
pub async fn cells(tx: &mut Tx) -> Result<(i64, i64), StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT COUNT(*),
                COUNT(CASE WHEN EXISTS (SELECT 1 FROM coverage k
                                         WHERE k.country = c.country AND k.category = c.category
                                           AND k.city = c.city AND k.ready)
                           THEN 1 END)
           FROM cell c WHERE c.providers > 0")
        .fetch_one(c).await?))
}

/// Cells after `after` in the order country, category, city.
pub async fn page(
    tx: &mut Tx,
    country: Option<&Country>,
    after: &(String, String, String),
    limit: i64,
) -> Result<Vec<CellCoverage>, StoreError> {
    const OF_ALL: &str = page!("");
    const OF_COUNTRY: &str = page!(" AND country = $5");
    let (country_after, category, city) = after;
    Ok(match country {
        None => on!(tx, c => sqlx::query_as(OF_ALL)
            .bind(country_after).bind(category).bind(city).bind(limit)
            .fetch_all(c).await?),
        Some(country) => on!(tx, c => sqlx::query_as(OF_COUNTRY)
            .bind(country_after).bind(category).bind(city).bind(limit).bind(country.as_str())
            .fetch_all(c).await?),
    })
}
