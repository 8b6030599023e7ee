//! What a scan watches outside of calls: agents at the vendor, their rates, and the pages of live sites
//! (R8). And whom a good scan tells: lead-service's watchdog, and the dead-man's switch outside (R72).

use std::time::Duration;

use chassis::db::{self, StoreError};
use chassis::{clock, http, ids};
use chrono::{DateTime, Utc};
use futures::StreamExt as _;

use super::Scanner;
use super::held::Held;
use crate::domain::flag::{Finding, Kind};
use crate::domain::page::{LONGEST, calling_code, compare};
use crate::domain::site::{Knowledge, Site};
use crate::store::tasks;

/// Pages change seldom, and their hosts are others'.
const PAGES_EVERY: Duration = Duration::from_secs(3_600);
const SIDE_BY_SIDE: usize = 4;

impl Held<'_> {
    pub(super) async fn watch(&mut self, knowledge: &Knowledge) -> anyhow::Result<()> {
        let prompts = &self.scanner.prompts;
        let mut failed: Option<anyhow::Error> = None;
        for agent in knowledge.agents.iter().filter(|agent| agent.is_live) {
            match prompts.check_drift(&agent.name).await {
                Ok(found) => self.raise(found.into_iter().collect()).await?,
                Err(refusal) => failed = Some(refusal.into()),
            }
        }
        match prompts.check_vendor().await {
            Ok(found) => self.raise(found).await?,
            Err(refusal) => failed = Some(refusal.into()),
        }
        match prompts.check_rates().await {
            Ok(found) => self.raise(found).await?,
            Err(refusal) => failed = Some(refusal.into()),
        }
        let pages = self.scanner.check_pages(knowledge).await?;
        self.raise(pages).await?;
        failed.map_or(Ok(()), Err)
    }
}

impl Scanner {
    async fn check_pages(&self, knowledge: &Knowledge) -> Result<Vec<Finding>, StoreError> {
        let (db, owner) = (self.db.clone(), ids::random().to_string());
        let due = db::unit(async move {
            let mut tx = db.begin().await?;
            let due = tasks::take(&mut tx, "pages", &owner, PAGES_EVERY).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(due)
        })
        .await?;
        if !due {
            return Ok(Vec::new());
        }
        let live = |site: &&Site| {
            let agents = knowledge.agents.iter();
            let served = agents
                .into_iter()
                .any(|a| a.site_id == site.id && a.is_live);
            !site.paused && served
        };
        let sites: Vec<Site> = knowledge.sites.iter().filter(live).cloned().collect();
        let checks: Vec<_> = sites
            .into_iter()
            .map(|site| check_page(self.clone(), site))
            .collect();
        let found: Vec<Option<Finding>> = futures::stream::iter(checks)
            .buffered(SIDE_BY_SIDE)
            .collect()
            .await;
        Ok(found.into_iter().flatten().collect())
    }

    /// The page's text, or why there is none, without its address.
    async fn fetch(&self, site: &Site) -> Result<String, String> {
        let mut url = self.page_url(site).ok_or("its address is no URL")?;
        for _ in 0..4 {
            let request = self.http.get(url.clone()).timeout(Duration::from_secs(10));
            let answer = http::send("page.get", request).await;
            let mut answer = answer.map_err(|error| error.to_string())?;
            let status = answer.status();
            if status.is_redirection() {
                let to = answer
                    .headers()
                    .get("location")
                    .and_then(|to| to.to_str().ok());
                let next = to.and_then(|to| url.join(to).ok());
                url = next.ok_or("it redirects nowhere")?;
                continue;
            }
            if !status.is_success() {
                return Err(format!("its host answers {status}"));
            }
            let mut bytes = Vec::new();
            while let Ok(Some(piece)) = answer.chunk().await {
                bytes.extend_from_slice(&piece);
                if bytes.len() > LONGEST {
                    bytes.truncate(LONGEST);
                    break;
                }
            }
            return Ok(String::from_utf8_lossy(&bytes).into_owned());
        }
        Err("it redirects for ever".to_owned())
    }

    fn page_url(&self, site: &Site) -> Option<url::Url> {
        let own = url::Url::parse(&site.url).ok()?;
        match &self.settings.page_base {
            Some(base) => {
                let host = own.host_str()?;
                url::Url::parse(&format!("{}/{host}", base.trim_end_matches('/'))).ok()
            }
            None => Some(own),
        }
    }

    /// A good scan was made. Neither listener holds the scan up: what they miss they hear in a quarter
    /// of an hour, and that silence is what they are there to notice.
    pub(super) async fn tell_good(&self, slot_time: DateTime<Utc>) {
        if let Err(error) = self.leads.record_scan(slot_time).await {
            tracing::warn!(error = %error, "the watchdog was not told of a good scan");
        }
        if let Some(url) = &self.settings.heartbeat_url {
            let request = self.http.get(url).timeout(Duration::from_secs(10));
            if let Err(error) = http::send("heartbeat.get", request).await {
                tracing::warn!(error = %error, "the heartbeat did not get out");
            }
        }
    }
}

async fn check_page(scanner: Scanner, site: Site) -> Option<Finding> {
    let html = match scanner.fetch(&site).await {
        Ok(html) => html,
        Err(why) => {
            let text = format!(
                "The page of {} cannot be read ({why}): callers may find no number. Open {} and look \
                 at its host.",
                site.id, site.url
            );
            return Some(Finding::new(
                Kind::PageUnreachable,
                &site.id,
                &today(),
                text,
            ));
        }
    };
    let difference = compare(&html, &site.numbers, calling_code(&site.country));
    if difference.is_none() {
        return None;
    }
    let mut wrong = Vec::new();
    if difference.no_link {
        wrong.push("no link calls the number that rings".to_owned());
    }
    if difference.not_shown {
        wrong.push("the number that rings is not shown".to_owned());
    }
    if !difference.foreign.is_empty() {
        wrong.push(format!("it shows {}", difference.foreign.join(" and ")));
    }
    let text = format!(
        "The page of {} does not agree with the number that rings: {}. Mend the page, or the numbers \
         in the catalogue.",
        site.id,
        wrong.join("; ")
    );
    Some(Finding::new(Kind::PageNumber, &site.id, &today(), text))
}

/// A difference that stays is the same flag for a day.
fn today() -> String {
    clock::now().format("%Y-%m-%d").to_string()
}
