//! Sites and taxonomy as the catalogue declares them, with the count of their changes.

use chassis::db::{StoreError, Tx};
use chassis::{clock, on};
use sqlx::types::Json;

use crate::domain::knowledge::Knowledge;
use crate::domain::site::SiteFacts;
use crate::domain::taxonomy::{Category, City, LeadRules};

pub async fn version(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_scalar("SELECT version FROM catalogue_version WHERE id = 1")
        .fetch_one(c).await?),
    )
}

/// Everything, ready for use.
///
/// The version is read first: what is read after it is at least as new, and a change in between
/// makes the next reader load again.
pub async fn load(tx: &mut Tx) -> Result<Knowledge, StoreError> {
    let version = version(tx).await?;
    let sites: Vec<(Json<SiteFacts>,)> =
        on!(tx, c => sqlx::query_as("SELECT facts FROM site ORDER BY site_id").fetch_all(c).await?);
    let (categories, cities) = taxonomy(tx).await?;
    let sites = sites.into_iter().map(|(facts,)| facts.0).collect();
    let rules = rules(tx).await?;
    Ok(Knowledge::new(version, sites, categories, cities, rules))
}

/// The active part of the taxonomy, in the catalogue's order.
pub async fn taxonomy(tx: &mut Tx) -> Result<(Vec<Category>, Vec<City>), StoreError> {
    let categories: Vec<(Json<Category>,)> = on!(tx, c => sqlx::query_as(
        "SELECT facts FROM category WHERE active ORDER BY position").fetch_all(c).await?);
    let cities: Vec<(Json<City>,)> = on!(tx, c => sqlx::query_as(
        "SELECT facts FROM city WHERE active ORDER BY position").fetch_all(c).await?);
    Ok((
        categories.into_iter().map(|(facts,)| facts.0).collect(),
        cities.into_iter().map(|(facts,)| facts.0).collect(),
    ))
}

/// The operator-wide rules.
pub async fn rules(tx: &mut Tx) -> Result<LeadRules, StoreError> {
    let (repeat_days, result_reminder_days, retention_days): (i32, i32, i32) = on!(tx, c =>
        sqlx::query_as("SELECT repeat_days, result_reminder_days, retention_days FROM lead_rules")
            .fetch_one(c).await?);
    Ok(LeadRules {
        repeat_days,
        result_reminder_days,
        retention_days,
    })
}

pub async fn put_rules(tx: &mut Tx, rules: &LeadRules) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE lead_rules SET repeat_days = $1, result_reminder_days = $2, retention_days = $3")
        .bind(rules.repeat_days).bind(rules.result_reminder_days).bind(rules.retention_days)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Counts a change, and keeps other writers of the catalogue out until this one commits.
pub async fn count_change(tx: &mut Tx) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE catalogue_version SET version = version + 1 WHERE id = 1")
        .execute(c).await?.rows_affected());
    Ok(())
}

pub async fn site(tx: &mut Tx, site_id: &str) -> Result<Option<SiteFacts>, StoreError> {
    let row: Option<(Json<SiteFacts>,)> = on!(tx, c => sqlx::query_as(
        "SELECT facts FROM site WHERE site_id = $1").bind(site_id).fetch_optional(c).await?);
    Ok(row.map(|(facts,)| facts.0))
}

/// Whether leads bind the site to its country.
pub async fn has_leads(tx: &mut Tx, site_id: &str) -> Result<bool, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM lead WHERE site_id = $1)")
        .bind(site_id).fetch_one(c).await?),
    )
}

/// Of `numbers`, those that belong to another site.
pub async fn taken(tx: &mut Tx, site: &SiteFacts) -> Result<Vec<String>, StoreError> {
    let mut taken = Vec::new();
    for number in site.numbers.iter().chain(&site.chain_mobiles) {
        let owner: Option<String> = on!(tx, c => sqlx::query_scalar(
            "SELECT site_id FROM site_number WHERE number = $1")
            .bind(number).fetch_optional(c).await?);
        if owner.is_some_and(|owner| owner != site.site_id) {
            taken.push(number.clone());
        }
    }
    Ok(taken)
}

pub async fn put_site(tx: &mut Tx, site: &SiteFacts) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO site (site_id, country, facts, change_time) VALUES ($1, $2, $3, $4)
         ON CONFLICT (site_id) DO UPDATE
            SET country = excluded.country, facts = excluded.facts,
                change_time = excluded.change_time")
        .bind(&site.site_id).bind(&site.country).bind(Json(site)).bind(clock::now())
        .execute(c).await?.rows_affected());
    on!(tx, c => sqlx::query("DELETE FROM site_number WHERE site_id = $1")
        .bind(&site.site_id).execute(c).await?.rows_affected());
    let dids = site.numbers.iter().map(|number| (number, "did"));
    let mobiles = site
        .chain_mobiles
        .iter()
        .map(|number| (number, "chain_mobile"));
    for (number, kind) in dids.chain(mobiles) {
        on!(tx, c => sqlx::query(
            "INSERT INTO site_number (number, site_id, kind) VALUES ($1, $2, $3)")
            .bind(number).bind(&site.site_id).bind(kind).execute(c).await?.rows_affected());
    }
    Ok(())
}

/// Replaces the taxonomy; what left it stays readable for the leads that have it.
pub async fn put_taxonomy(
    tx: &mut Tx,
    categories: &[Category],
    cities: &[City],
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE category SET active = FALSE").execute(c).await?.rows_affected());
    on!(tx, c => sqlx::query("UPDATE city SET active = FALSE").execute(c).await?.rows_affected());
    for (position, category) in (0i32..).zip(categories) {
        on!(tx, c => sqlx::query(
            "INSERT INTO category (category_id, position, facts, active) VALUES ($1, $2, $3, TRUE)
             ON CONFLICT (category_id) DO UPDATE
                SET position = excluded.position, facts = excluded.facts, active = TRUE")
            .bind(&category.category_id).bind(position).bind(Json(category))
            .execute(c).await?.rows_affected());
    }
    for (position, city) in (0i32..).zip(cities) {
        on!(tx, c => sqlx::query(
            "INSERT INTO city (city_id, country, position, facts, active)
             VALUES ($1, $2, $3, $4, TRUE)
             ON CONFLICT (city_id) DO UPDATE
                SET country = excluded.country, position = excluded.position,
                    facts = excluded.facts, active = TRUE")
            .bind(&city.city_id).bind(&city.country).bind(position).bind(Json(city))
            .execute(c).await?.rows_affected());
    }
    Ok(())
}
