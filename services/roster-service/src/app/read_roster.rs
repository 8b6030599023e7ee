//! What the roster shows: providers, assignments, coverage; one, or a page of them.

use super::{Error, Roster};
use crate::domain::assignment::Assignment;
use crate::domain::channel::AddressKey;
use crate::domain::ids::{Attempt, Country, LeadId, ProviderId};
use crate::domain::provider::Provider;
use crate::store::assignments::{self, Before};
use crate::store::coverage::{self, CellCoverage};
use crate::store::{channels, providers};

impl Roster {
    pub async fn get_provider(&self, id: &ProviderId) -> Result<Provider, Error> {
        let mut tx = self.db.read().await?;
        providers::find(&mut tx, id)
            .await?
            .ok_or(Error::UnknownProvider)
    }

    /// Providers by id after `after`.
    pub async fn list_providers(
        &self,
        filter: &providers::Filter,
        after: &str,
        limit: i64,
    ) -> Result<Vec<Provider>, Error> {
        let mut tx = self.db.read().await?;
        Ok(providers::page(&mut tx, filter, after, limit).await?)
    }

    /// The assignment of an attempt; without one, that which stands, or else the latest.
    pub async fn get_assignment(
        &self,
        lead: LeadId,
        attempt: Option<Attempt>,
    ) -> Result<Assignment, Error> {
        let mut tx = self.db.read().await?;
        let found = match attempt {
            Some(attempt) => assignments::find(&mut tx, lead, attempt).await?,
            None => assignments::latest(&mut tx, lead).await?,
        };
        found.ok_or(Error::UnknownAssignment)
    }

    /// Assignments before `before`, newest first.
    pub async fn list_assignments(
        &self,
        filter: &assignments::Filter,
        before: Before,
        limit: i64,
    ) -> Result<Vec<Assignment>, Error> {
        let mut tx = self.db.read().await?;
        Ok(assignments::page(&mut tx, filter, before, limit).await?)
    }

    /// How many channels of providers hold an address. They are kept: a provider's contact is
    /// declared, and no caller's data is here (B10).
    pub async fn count_contacts(&self, address: &AddressKey) -> Result<i64, Error> {
        let mut tx = self.db.read().await?;
        Ok(channels::count(&mut tx, address).await?)
    }

    /// Cells after `after`.
    pub async fn list_coverage(
        &self,
        country: Option<&Country>,
        after: &(String, String, String),
        limit: i64,
    ) -> Result<Vec<CellCoverage>, Error> {
        let mut tx = self.db.read().await?;
        Ok(coverage::page(&mut tx, country, after, limit).await?)
    }
}
