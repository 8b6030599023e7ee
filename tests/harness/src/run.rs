//! A run: one arena from its start to its verdict. Everything is broken while clients place needs;
//! then it heals, the measurements are taken, and the three ledgers are compared.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use chassis::on;
use tokio::time::Instant;
use vendor_twin::Vendor;

use crate::arena::{Arena, Places};
use crate::books::Books;
use crate::judge::{self, judge};
use crate::ledger::system::System;
use crate::ledger::world::World;
use crate::load::{Counter, Load};
use crate::plan::{Plan, Stage, carrier_faults};
use crate::provider::{CODES, Flaw};
use crate::report::{Report, Wanted};
use crate::tell::progress;
use crate::{audit, equip, hands, heal, lanes, late, orphans, people, points, rolling};

/// What may at most be added to the planned time until enough leads are acknowledged: a slow machine
/// needs it.
const EXTRA: Duration = Duration::from_secs(600);

/// Every service a process of its own, on PostgreSQL, with all faults.
///
/// # Errors
/// The system cannot be started or read.
pub async fn on_postgres(seed: u64, wanted: Wanted, places: &Places) -> anyhow::Result<Report> {
    let plan = Plan::of(seed, Stage::Postgres);
    plan.lines().iter().for_each(progress);
    let arena = Arc::new(Arena::on_postgres(seed, places).await?);
    equip::by_commands(&arena).await?;
    run(arena, plan, wanted, true).await
}

/// Everything in one process, on SQLite: kills, a full disk, webhook and carrier faults.
///
/// # Errors
/// The system cannot be started or read.
pub async fn on_sqlite(seed: u64, wanted: Wanted, places: &Places) -> anyhow::Result<Report> {
    let plan = Plan::of(seed, Stage::Sqlite);
    plan.lines().iter().for_each(progress);
    let arena = Arc::new(Arena::on_sqlite(seed, places).await?);
    run(arena, plan, wanted, false).await
}

async fn run(
    arena: Arc<Arena>,
    plan: Plan,
    wanted: Wanted,
    replicas: bool,
) -> anyhow::Result<Report> {
    let counter = Counter::default();
    chassis::run::spawn(people::answer(arena.clone()));
    let operating = chassis::run::spawn(hands::operator(arena.clone()));
    chassis::run::spawn(lanes::watch(arena.clone()));
    let ringing = chassis::run::spawn(hands::callers(arena.clone()));
    progress("clients place needs, faults begin");
    let began = Instant::now();
    let load = Load::start(&arena, &counter, 8, Duration::from_millis(500), false);
    break_everything(&arena, plan).await;
    let until = Instant::now() + EXTRA;
    while arena.client().acknowledged() < wanted.acknowledged + 20 && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    progress(format!(
        "{} acknowledged; healing",
        arena.client().acknowledged()
    ));
    load.stop().await;
    let acknowledged = u32::try_from(arena.client().acknowledged().max(1))?;
    let sustained = began.elapsed() / acknowledged;
    heal::heal(&arena, 1_000_000).await;
    ringing.abort();

    let calm = Load::start(&arena, &counter, 4, Duration::from_millis(200), false);
    let orphans = orphans::measure(&arena).await;
    if orphans > orphans::LIMIT {
        arena.trouble(
            "SLOW",
            format!("{orphans:?}"),
            "orphaned work runs within 10 s of a kill",
        );
    }
    calm.stop().await;
    if replicas {
        progress("rolling restart under half the load");
        // Each of four clients pauses for eight of the intervals that the broken system sustained.
        let half = Load::start(&arena, &counter, 4, sustained * 8, true);
        rolling::restart(&arena).await;
        half.stop().await;
    }
    operating.abort();
    audit::close_calls(&arena).await;
    heal::settle(&arena).await;
    let mut report = compare(&arena).await?;
    let (transfers, findings) = audit::books(&arena).await?;
    report.transfers = transfers;
    report.violations.extend(findings);
    late::replay(&arena).await?;
    report.violations.extend(
        arena
            .troubles
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .drain(..),
    );
    report.orphans = orphans;
    report.faults = arena.tally.all();
    report.weigh(wanted, points::all().map(|(_, point)| point));
    for (way, many) in answers(&arena).await? {
        progress(format!("{many} leads accepted by {way}"));
        if many == 0 && replicas {
            report
                .missing
                .push(format!("no lead was accepted by {way}"));
        }
    }
    for hand in ["cancelled by the operator", "closed by the operator"] {
        if replicas && !report.faults.contains_key(hand) {
            report.missing.push(format!("no lead was {hand}"));
        }
    }
    if report.transfers == 0 {
        report
            .missing
            .push("nothing stands in the books".to_owned());
    }
    arena.close().await;
    if let Err(error) = keep_logs(&arena, &report) {
        progress(format!("logs cannot be kept: {error}"));
    }
    Ok(report)
}

/// All lanes of the plan at once, until the last has ended.
async fn break_everything(arena: &Arc<Arena>, plan: Plan) {
    let mut lanes = vec![
        chassis::run::spawn(lanes::chaos(arena.clone(), plan.chaos)),
        chassis::run::spawn(lanes::carriers(
            arena.clone(),
            plan.carriers,
            Duration::from_millis(1_300),
        )),
    ];
    for points in plan.crashes {
        lanes.push(chassis::run::spawn(lanes::crash(arena.clone(), points)));
    }
    for lane in lanes {
        if lane.await.is_err() {
            progress("a lane of the plan ended with a panic");
        }
    }
}

async fn compare(arena: &Arena) -> anyhow::Result<Report> {
    progress("comparing the ledgers");
    let mut world = World::read(&arena.twin);
    let system = System::read(&Books::open(&arena.database_url).await?).await?;
    world.read_on(&arena.twin);
    let client = arena.client().clone();
    let (doubles, ambiguous) = judge::doubles(&system, &world);
    Ok(Report {
        name: arena.name,
        seed: arena.seed,
        acknowledged: client.acknowledged(),
        unknown: client.unknown(),
        refused: client.failed(),
        messages: world.sent.len(),
        doubles,
        ambiguous,
        violations: judge(&client, &system, &world),
        carriers: carriers(arena).await?,
        ..Report::default()
    })
}

/// How often each fault of a carrier fired: those that were set, the codes of wrong numbers, and the
/// mail boxes that bounce.
async fn carriers(arena: &Arena) -> anyhow::Result<BTreeMap<String, u64>> {
    let mut fired: BTreeMap<String, u64> = BTreeMap::new();
    for fault in carrier_faults() {
        fired.insert(format!("{} {}", fault.operation, fault.kind.name()), 0);
    }
    for one in arena.twin.faults_fired() {
        if one.vendor != Vendor::Elevenlabs {
            *fired
                .entry(format!("{} {}", one.operation, one.kind))
                .or_default() += 1;
        }
    }
    // Refusals at once leave no message at the twin: the deliveries tell of them.
    let mut db = arena.books.notification.read().await?;
    let reasons: Vec<(String,)> = on!(db, c => sqlx::query_as(
        "SELECT reason FROM deliveries WHERE reason <> ''").fetch_all(c).await?);
    let messages = arena.twin.messages();
    for code in CODES {
        let told = messages
            .iter()
            .filter(|m| m.error_code == Some(code))
            .count();
        let refused = reasons
            .iter()
            .filter(|r| r.0.contains(&code.to_string()))
            .count();
        fired.insert(format!("Twilio {code}"), told.max(refused) as u64);
    }
    let mails = arena.twin.mails();
    for (name, flaw) in [
        ("hard", vendor_twin::MailBehaviour::HardBounce),
        ("soft", vendor_twin::MailBehaviour::Stuck),
    ] {
        let boxes: Vec<&str> = arena
            .people
            .iter()
            .filter(|person| person.flaw == Flaw::Mail(flaw))
            .map(|person| person.email.as_str())
            .collect();
        let many = mails
            .iter()
            .filter(|mail| mail.to.iter().any(|to| boxes.contains(&to.as_str())));
        fired.insert(format!("Mailgun {name} bounce"), many.count() as u64);
    }
    Ok(fired)
}

/// How many leads were accepted by each way in which a provider can answer (R48).
async fn answers(arena: &Arena) -> anyhow::Result<BTreeMap<&'static str, i64>> {
    let mut db = arena.books.lead.read().await?;
    let rows: Vec<(String, i64)> = on!(db, c => sqlx::query_as(
        "SELECT actor, COUNT(*) FROM lead_event WHERE kind = 'confirmed' GROUP BY actor")
        .fetch_all(c).await?);
    let of = |actor: &str| {
        rows.iter()
            .find(|row| row.0 == actor)
            .map_or(0, |row| row.1)
    };
    let ways = ["provider:whatsapp", "provider:sms", "provider:link"];
    Ok(ways.map(|way| (way, of(way))).into())
}

/// Logs stay only where they explain something.
fn keep_logs(arena: &Arena, report: &Report) -> std::io::Result<()> {
    if report.violations.is_empty() {
        return Ok(());
    }
    let kept = std::env::temp_dir().join(format!("bord-faults-{}-{}", arena.name, arena.seed));
    std::fs::create_dir_all(&kept)?;
    for entry in std::fs::read_dir(arena.folder.path())?.flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "log") {
            std::fs::copy(&path, kept.join(entry.file_name()))?;
        }
    }
    progress(format!("logs are kept in {}", kept.display()));
    Ok(())
}
