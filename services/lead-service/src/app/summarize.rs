//! SummarizeLeads: how many stand where, and what waits for a person.

use chrono::{DateTime, Utc};

use super::Leads;
use super::error::Failure;
use crate::store::{leads, summary};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// By state, lower case.
    pub by_state: Vec<(String, i64)>,
    pub operator_owned: i64,
    pub oldest_unmatched: Option<DateTime<Utc>>,
    /// Offers whose answer is overdue.
    pub overdue: i64,
}

impl Leads {
    pub async fn summarize_leads(&self) -> Result<Summary, Failure> {
        let mut tx = self.db.read().await?;
        let by_state = leads::count(&mut tx).await?;
        let (operator_owned, overdue) = summary::waiting(&mut tx).await?;
        let oldest_unmatched = summary::oldest_unmatched(&mut tx).await?;
        Ok(Summary {
            by_state,
            operator_owned,
            oldest_unmatched,
            overdue,
        })
    }
}
