//! PutSiteFacts and PutTaxonomy: what the catalogue declares of sites, trades and cities.

use std::sync::Arc;

use chassis::db;
use chassis::fault::Violations;
use chrono::DateTime;

use super::error::Failure;
use super::{Leads, ledger};
use crate::domain::site::{Breach, SiteFacts};
use crate::domain::taxonomy::{self, Category, City, LeadRules};
use crate::store::ledger::numbers;
use crate::store::{catalogue, now_us, tasks};

impl Leads {
    /// Stores a site, unless `dry_run`; false when nothing differs.
    pub async fn put_site_facts(
        self: &Arc<Self>,
        site: SiteFacts,
        dry_run: bool,
    ) -> Result<bool, Failure> {
        refuse(site.breaches())?;
        let this = Arc::clone(self);
        db::unit(async move {
            let mut tx = this.db.begin().await?;
            // Counted first: its row keeps a second writer out until this one is done.
            catalogue::count_change(&mut tx).await?;
            let standing = catalogue::site(&mut tx, &site.site_id).await?;
            if standing.as_ref() == Some(&site) {
                return Ok(false);
            }
            let taken = catalogue::taken(&mut tx, &site).await?;
            if !taken.is_empty() {
                let rule = "must not belong to another site (R4)".to_owned();
                refuse(vec![("site.numbers".to_owned(), rule)])?;
            }
            let moved = standing.is_some_and(|standing| standing.country != site.country);
            if moved && catalogue::has_leads(&mut tx, &site.site_id).await? {
                return Err(Failure::SiteCountryFixed);
            }
            if dry_run {
                return Ok(true);
            }
            catalogue::put_site(&mut tx, &site).await?;
            let now = DateTime::from_timestamp_micros(now_us(&mut tx).await?).unwrap_or_default();
            numbers::follow(&mut tx, &site, now).await?;
            // Last: a round of the ledger that is under way is waited for.
            tasks::hasten(&mut tx, ledger::numbers::TASK).await?;
            tx.wake_after_commit(&this.ledger.numbers);
            tx.commit().await?;
            Ok(true)
        })
        .await
    }

    /// Replaces the taxonomy, unless `dry_run`; false when nothing differs.
    pub async fn put_taxonomy(
        self: &Arc<Self>,
        categories: Vec<Category>,
        cities: Vec<City>,
        rules: LeadRules,
        dry_run: bool,
    ) -> Result<bool, Failure> {
        let mut breaches = taxonomy::breaches(&categories, &cities);
        breaches.extend(rules.breaches());
        refuse(breaches)?;
        let this = Arc::clone(self);
        db::unit(async move {
            let mut tx = this.db.begin().await?;
            catalogue::count_change(&mut tx).await?;
            let standing = catalogue::taxonomy(&mut tx).await?;
            let same_rules = catalogue::rules(&mut tx).await? == rules;
            if standing.0 == categories && standing.1 == cities && same_rules {
                return Ok(false);
            }
            if dry_run {
                return Ok(true);
            }
            catalogue::put_rules(&mut tx, &rules).await?;
            match catalogue::put_taxonomy(&mut tx, &categories, &cities).await {
                Err(error) if error.is_foreign_key_violation() => {
                    return Err(Failure::CityCountryFixed);
                }
                outcome => outcome?,
            }
            tx.commit().await?;
            Ok(true)
        })
        .await
    }
}

fn refuse(breaches: Vec<Breach>) -> Result<(), Failure> {
    let mut violations = Violations::new();
    for (field, rule) in breaches {
        violations.add(field, rule);
    }
    Ok(violations.finish()?)
}
