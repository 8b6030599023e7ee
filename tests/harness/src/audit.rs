//! The audit of the books, once nothing moves: calls that ended are closed by a scan, the harness reads
//! and judges for itself, and lead-service's own recount must find nothing either.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use contracts::lead::v1::CheckBooksRequest;
use contracts::lead::v1::ledger_service_client::LedgerServiceClient;
use contracts::quality::v1 as quality;
use contracts::quality::v1::quality_service_client::QualityServiceClient;
use tokio::time::Instant;

use crate::arena::Arena;
use crate::books::Books;
use crate::judge::{Violation, money};
use crate::ledger::money::Money;
use crate::tell::progress;

/// For a scan of all that a run rang.
const SCAN: Duration = Duration::from_secs(60);
/// The books of a whole run are recounted in one call.
const RECOUNT: Duration = Duration::from_secs(30);

/// Asks for a scan of the day and waits for its end: it closes the calls, whose costs are then told.
pub async fn close_calls(arena: &Arc<Arena>) {
    let closed = scan(arena).await;
    match closed {
        Ok(scan) => progress(format!(
            "{} of {} calls closed by a scan",
            scan.closed_calls, scan.ended_calls
        )),
        Err(error) => arena.trouble("BOOKS", format!("{error:#}"), "no scan closes the calls"),
    }
}

async fn scan(arena: &Arena) -> anyhow::Result<quality::Scan> {
    let channel = chassis::client::channel(arena.url("QUALITY_URL"))?;
    let mut client = QualityServiceClient::new(channel);
    let asked = quality::RunScanRequest {
        asked_by: "operator:harness".to_owned(),
        since_time: Some(prost_types::Timestamp {
            seconds: chassis::clock::now().timestamp() - 86_400,
            nanos: 0,
        }),
    };
    let until = Instant::now() + SCAN;
    let started = client.run_scan(asked).await?.into_inner();
    let mut scan = started.scan.context("the scan has no id")?;
    while scan.state() == quality::ScanState::Running {
        anyhow::ensure!(Instant::now() < until, "the scan does not end");
        tokio::time::sleep(Duration::from_millis(300)).await;
        let asked = quality::GetScanRequest {
            scan_id: scan.scan_id.clone(),
        };
        scan = client
            .get_scan(asked)
            .await?
            .into_inner()
            .scan
            .unwrap_or_default();
    }
    Ok(scan)
}

/// How many entries the books hold, and what is wrong with them.
///
/// # Errors
/// A database does not answer.
pub async fn books(arena: &Arena) -> anyhow::Result<(usize, Vec<Violation>)> {
    progress("auditing the books");
    let money = Money::read(&Books::open(&arena.database_url).await?).await?;
    let mut found = money::judge(&money);
    found.extend(recounted(arena).await);
    progress(format!(
        "{} transfers, {} accepted leads, {} closed calls, {} messages taken",
        money.transfers.len(),
        money.accepted.len(),
        money.closed_calls.len(),
        money.taken.len()
    ));
    Ok((money.transfers.len(), found))
}

/// What lead-service itself finds.
async fn recounted(arena: &Arena) -> Vec<Violation> {
    let hint = "LedgerService/CheckBooks";
    let asked = async {
        let channel = chassis::client::channel(arena.url("LEAD_URL"))?;
        let mut client = LedgerServiceClient::new(channel);
        let asking = client.check_books(CheckBooksRequest {});
        anyhow::Ok(chassis::client::with_timeout(RECOUNT, asking).await?)
    };
    match asked.await {
        Ok(found) => {
            let findings = found.into_inner().findings.into_iter();
            let told = findings.map(|one| {
                let ids = format!("{} {} {}", one.kind, one.subject, one.detail);
                Violation::new("BOOKS", ids, hint)
            });
            told.collect()
        }
        Err(error) => vec![Violation::new("BOOKS", format!("{error:#}"), hint)],
    }
}
