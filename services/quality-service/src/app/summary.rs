//! The summary mail: sent within a minute of the conversation's arrival, for every real call (R52,
//! R53). Its key is the conversation's, so that a repeat after a crash mails nothing twice.

use std::sync::Arc;
use std::time::Duration;

use chassis::db::{self, StoreError};
use chassis::run::Life;
use chassis::{client, clock, telemetry, worker};
use tokio::sync::Notify;
use tracing::Instrument as _;

use super::scan::Scanner;
use crate::domain::conversation::Conversation;
use crate::domain::findings;
use crate::domain::judge::{self, Class};
use crate::domain::summary::{Context, Summary};
use crate::store::conversations::{self, Due};

const LEASE: Duration = Duration::from_secs(30);
const TRY_LIMIT: Duration = Duration::from_secs(10);
const AT_ONCE: usize = 4;
/// With the growing pause some two days: longer than any outage that nobody mends.
const MOST_TRIES: i64 = 200;
const LONGEST_PAUSE: Duration = Duration::from_secs(900);

/// What a look at a conversation came to.
enum Done {
    Sent,
    /// Nothing is to be told of it: no real call.
    NotDue,
}

/// Mails summaries until `life` stops.
pub(crate) async fn run(scanner: Scanner, wake: Arc<Notify>, life: Life) {
    let every = scanner.settings.poll;
    let places = AT_ONCE;
    let work = worker::side_by_side("summary", life, wake, every, places, async move |free| {
        let claimed = claim(&scanner, free).await?;
        let work = claimed
            .into_iter()
            .map(|due| Box::pin(one(scanner.clone(), due)));
        Ok(work.collect())
    });
    Box::pin(work).await;
}

async fn claim(scanner: &Scanner, free: usize) -> Result<Vec<Due>, StoreError> {
    let db = scanner.db.clone();
    db::unit(async move {
        if !conversations::any_due(&mut db.read().await?).await? {
            return Ok(Vec::new());
        }
        let mut tx = db.begin().await?;
        let limit = i64::try_from(free).unwrap_or(1);
        let claimed = conversations::claim(&mut tx, LEASE, limit).await?;
        tx.commit().await?;
        Ok(claimed)
    })
    .await
}

async fn one(scanner: Scanner, due: Due) {
    let span = tracing::info_span!("summary.send", conversation.id = %due.conversation_id);
    telemetry::resume(due.traceparent.as_deref(), &span);
    let work = Box::pin(mail(&scanner, &due)).instrument(span);
    let done = client::with_timeout(TRY_LIMIT, work).await;
    let db = scanner.db.clone();
    let settled = db::unit(async move {
        let mut tx = db.begin().await?;
        match done {
            Ok(Done::Sent) => conversations::end(&mut tx, &due, "sent").await?,
            Ok(Done::NotDue) => conversations::end(&mut tx, &due, "not_due").await?,
            Err(error) if due.tries >= MOST_TRIES => {
                tracing::error!(error = %error, "a summary was given up");
                conversations::end(&mut tx, &due, "given_up").await?;
            }
            Err(error) => {
                tracing::warn!(error = %error, tries = due.tries, "a summary waits");
                conversations::again(&mut tx, &due, pause(due.tries)).await?;
            }
        }
        tx.commit().await
    })
    .await;
    if let Err(error) = settled {
        // Its lease ends, and the key keeps a second mail from going out.
        tracing::warn!(error = %error, "a summary could not be settled");
    }
}

/// One second doubled for each try, up to a quarter of an hour.
fn pause(tries: i64) -> Duration {
    let exponent = u32::try_from(tries.clamp(1, 12) - 1).unwrap_or(0);
    (Duration::from_secs(1) * 2u32.pow(exponent)).min(LONGEST_PAUSE)
}

async fn mail(scanner: &Scanner, due: &Due) -> anyhow::Result<Done> {
    let found = scanner.conversations.read(&due.conversation_id).await?;
    let conversation = found.ok_or_else(|| anyhow::anyhow!("telephony does not know it yet"))?;
    if conversation.erased {
        return Ok(Done::NotDue);
    }
    let ids = [conversation.id.clone()];
    let leads = scanner.leads.of(&ids, &conversation.call_sid).await?;
    let knowledge = scanner.knowledge().await?;
    let facts = knowledge.facts(&conversation.site_id);
    let judgement = judge::judge(&conversation.transcript(), &facts);
    let is_real = judgement.class.class == Class::Real || conversation.real_need() == Some(true);
    if leads.is_empty() && !is_real && !conversation.fired_the_tool() {
        return Ok(Done::NotDue);
    }
    let site = knowledge.site(&conversation.site_id);
    let serves_health = leads.is_empty() && serves_health(scanner, &conversation).await?;
    let detail = scanner.telephony.detail(&conversation.call_sid).await?;
    let broken = findings::broken(&judgement).into_iter();
    let context = Context {
        site_url: site.map(|site| site.url.clone()).unwrap_or_default(),
        time_zone: site.map_or_else(|| "UTC".to_owned(), |site| site.time_zone.clone()),
        tell_time: clock::now(),
        leads,
        findings: broken.map(|it| findings::sentence(it).to_owned()).collect(),
        serves_health,
        caller: detail.unwrap_or_default().caller,
    };
    let summary = Summary::of(conversation, context);
    scanner.points.pass("quality.before_summary").await?;
    scanner.notification.summarize(summary).await?;
    metrics::counter!("bord_summaries_total").increment(1);
    Ok(Done::Sent)
}

/// Whether a site's calls are about health, by any lead that it made; without one it is unknown, which
/// counts as health-related (D10).
async fn serves_health(scanner: &Scanner, conversation: &Conversation) -> anyhow::Result<bool> {
    let known = scanner.leads.health_of_site(&conversation.site_id).await?;
    Ok(known.unwrap_or(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_between_tries_grows_to_a_quarter_of_an_hour() {
        assert_eq!(pause(1), Duration::from_secs(1));
        assert_eq!(pause(4), Duration::from_secs(8));
        assert_eq!(pause(100), LONGEST_PAUSE);
    }
}
