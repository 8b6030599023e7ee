//! `bord scan`: judges what the slot that stands has to judge, or everything since a moment, and
//! waits for the end. Coverage is closed of ended calls: below 100 % is work that is left.

mod over_http;

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use contracts::quality::v1 as quality;
use serde_json::{Value, json};
use tonic::Code;

use super::hand::Who;
use super::moment;
use crate::peers::{Peers, explain};
use crate::terminal::{self, Table};
use crate::words;

/// A day of a busy house takes minutes.
const PATIENCE: Duration = Duration::from_secs(30 * 60);
/// How long a service that went away is waited for.
const ABSENCE: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

#[derive(clap::Args)]
pub struct Args {
    /// Looks at everything since then, whatever was looked at before: 2026-11-21T08:30:00Z, or so
    /// long ago: 10m, 24h, 3d.
    #[arg(long, value_name = "T", value_parser = moment::past)]
    since: Option<DateTime<Utc>>,
    /// Lists the newest scans and starts none.
    #[arg(long, conflicts_with = "since")]
    list: bool,
    /// With --list: at most so many.
    #[arg(long, default_value_t = 20)]
    limit: usize,
    /// Asks the gateway's route (GATEWAY_URL, with CRON_SECRET) as a cron service would, and does
    /// not wait for the end.
    #[arg(long, conflicts_with_all = ["since", "list"])]
    over_http: bool,
    #[command(flatten)]
    who: Who,
    /// JSON, for scripts.
    #[arg(long)]
    json: bool,
}

/// # Errors
/// When the scan ends with a part undone, after it is shown.
pub async fn run(args: Args) -> anyhow::Result<()> {
    if args.over_http {
        return over_http::run(args.json).await;
    }
    let mut peers = Peers::from_process()?;
    if args.list {
        let scans = list(&mut peers, args.limit).await?;
        if args.json {
            terminal::json(&scans.iter().map(as_json).collect());
        } else if scans.is_empty() {
            terminal::line("No scan has run yet: `bord scan` starts one.");
        } else {
            table(&scans).print();
        }
        return Ok(());
    }
    let actor = args.who.actor()?;
    let (scan, created) = start(&mut peers, &actor, args.since).await?;
    if !created && scan.state() != quality::ScanState::Running {
        terminal::note(format!(
            "The slot of {} has run already; --since T looks again at everything since then.",
            words::time(scan.slot_time.as_ref())
        ));
    }
    let scan = finished(&mut peers, scan).await?;
    if args.json {
        terminal::json(&as_json(&scan));
    } else {
        shown(&scan).iter().for_each(terminal::line);
    }
    good(&scan)
}

async fn list(peers: &mut Peers, limit: usize) -> anyhow::Result<Vec<quality::Scan>> {
    let (mut found, mut token) = (Vec::new(), String::new());
    loop {
        let left = limit.saturating_sub(found.len()).min(200);
        if left == 0 {
            return Ok(found);
        }
        let page = peers
            .quality
            .list_scans(quality::ListScansRequest {
                page_size: i32::try_from(left).unwrap_or(200),
                page_token: token,
            })
            .await
            .map_err(|s| explain("the scans cannot be listed", &s))?
            .into_inner();
        found.extend(page.scans);
        found.truncate(limit);
        token = page.next_page_token;
        if token.is_empty() {
            return Ok(found);
        }
    }
}

/// Starts a scan; false beside it when it ran, or runs, already.
///
/// # Errors
/// When quality-service refuses or does not answer.
pub async fn start(
    peers: &mut Peers,
    actor: &str,
    since: Option<DateTime<Utc>>,
) -> anyhow::Result<(quality::Scan, bool)> {
    let request = quality::RunScanRequest {
        asked_by: actor.to_owned(),
        since_time: since.map(moment::stamp),
    };
    let started = peers.quality.run_scan(request).await;
    let started = started.map_err(|s| explain("no scan can be started", &s))?;
    let quality::RunScanResponse { scan, created } = started.into_inner();
    Ok((scan.unwrap_or_default(), created))
}

/// Waits for the end of a scan and tells how far it is, on standard error.
///
/// # Errors
/// When it takes too long, or quality-service is gone for too long.
pub async fn finished(peers: &mut Peers, mut scan: quality::Scan) -> anyhow::Result<quality::Scan> {
    let began = Instant::now();
    let (mut pause, mut heard, mut told) = (Duration::from_millis(50), began, String::new());
    while scan.state() == quality::ScanState::Running {
        let so_far = progress(&scan);
        // What ends at once tells its end alone.
        if so_far != told && began.elapsed() > Duration::from_secs(1) {
            terminal::note(format!("…{so_far}"));
            told = so_far;
        }
        anyhow::ensure!(
            began.elapsed() < PATIENCE,
            "the scan still runs after {} minutes: it goes on by itself, `bord scan --list` shows its end",
            PATIENCE.as_secs() / 60
        );
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
        let request = quality::GetScanRequest {
            scan_id: scan.scan_id.clone(),
        };
        match peers.quality.get_scan(request).await {
            Ok(read) => {
                heard = Instant::now();
                scan = read.into_inner().scan.unwrap_or_default();
            }
            Err(status) if passing(&status) && heard.elapsed() < ABSENCE => {}
            Err(status) => return Err(explain("the scan cannot be followed", &status)),
        }
    }
    Ok(scan)
}

fn passing(status: &tonic::Status) -> bool {
    matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded)
}

fn progress(scan: &quality::Scan) -> String {
    format!(
        "{} judged, {} of {} calls closed, {} recovered, {} flags",
        scan.judged, scan.closed_calls, scan.ended_calls, scan.recovered, scan.flags_raised
    )
}

/// Whole percent, never rounded up to a hundred; none where no call ended.
fn coverage(scan: &quality::Scan) -> Option<i64> {
    (scan.ended_calls > 0).then(|| scan.closed_calls * 100 / scan.ended_calls)
}

fn covered(scan: &quality::Scan) -> String {
    match coverage(scan) {
        Some(percent) => format!("{}/{} {percent} %", scan.closed_calls, scan.ended_calls),
        None => "no call ended".to_owned(),
    }
}

/// A row for each scan.
#[must_use]
pub fn table(scans: &[quality::Scan]) -> Table {
    let mut table = Table::new(&[
        "SLOT",
        "STATE",
        "SINCE",
        "JUDGED",
        "CALLS CLOSED",
        "RECOVERED",
        "FLAGS",
        "FAILURES",
        "ASKED BY",
    ]);
    for scan in scans {
        table.row([
            words::time(scan.slot_time.as_ref()),
            words::scan_state(scan.state),
            words::time(scan.since_time.as_ref()),
            scan.judged.to_string(),
            covered(scan),
            scan.recovered.to_string(),
            scan.flags_raised.to_string(),
            scan.failures.len().to_string(),
            words::or_dash(&scan.asked_by),
        ]);
    }
    table
}

/// One scan with its failures, and where to look next.
#[must_use]
pub fn shown(scan: &quality::Scan) -> Vec<String> {
    let mut lines = table(std::slice::from_ref(scan)).lines();
    lines.extend(scan.failures.iter().map(|failure| format!("  {failure}")));
    if scan.flags_raised > 0 {
        lines.push("`bord flags` lists what was found.".to_owned());
    }
    lines
}

/// # Errors
/// When a part could not be done.
pub fn good(scan: &quality::Scan) -> anyhow::Result<()> {
    anyhow::ensure!(
        scan.state() == quality::ScanState::Good,
        "the scan is {}, {} parts are undone: the next slot does them; `bord status` shows who does not serve",
        words::scan_state(scan.state),
        scan.failures.len()
    );
    Ok(())
}

#[must_use]
pub fn as_json(scan: &quality::Scan) -> Value {
    json!({
        "scan_id": scan.scan_id, "slot_time": words::time(scan.slot_time.as_ref()),
        "state": words::scan_state(scan.state),
        "start_time": words::time(scan.start_time.as_ref()),
        "end_time": words::time(scan.end_time.as_ref()),
        "since_time": words::time(scan.since_time.as_ref()),
        "judged": scan.judged, "ended_calls": scan.ended_calls, "closed_calls": scan.closed_calls,
        "coverage_percent": coverage(scan), "recovered": scan.recovered,
        "flags_raised": scan.flags_raised, "failures": scan.failures, "asked_by": scan.asked_by,
    })
}

#[cfg(test)]
mod tests;
