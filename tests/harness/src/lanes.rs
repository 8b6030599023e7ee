//! Lanes: the parts of a plan that run side by side while clients place needs: crash points one
//! after the other, other faults at their times, the carriers' faults in small doses, and a watch
//! over processes that end although nobody broke them.

use std::sync::Arc;
use std::time::Duration;

use rustix::process::Signal;

use crate::arena::Arena;
use crate::fault::Fault;
use crate::orphans;
use crate::slot::{Slot, State};
use crate::tell::progress;

/// How long an armed point may take to be reached; once more, and longer, at the end.
const REACHED: Duration = Duration::from_secs(9);
const REACHED_AT_LAST: Duration = Duration::from_secs(25);

/// Kills each service at each of its points, in order; those that were not reached again at the
/// end, with the other replica stopped, so that all the work comes by.
pub async fn crash(arena: Arc<Arena>, points: Vec<(&'static str, &'static str)>) {
    let mut again = Vec::new();
    for (service, point) in points {
        if !crash_at(&arena, service, point, REACHED, false).await {
            again.push((service, point));
        }
    }
    for (service, point) in again {
        if !crash_at(&arena, service, point, REACHED_AT_LAST, true).await {
            progress(format!("{point} was not reached"));
        }
    }
}

async fn crash_at(
    arena: &Arc<Arena>,
    service: &'static str,
    point: &'static str,
    limit: Duration,
    alone: bool,
) -> bool {
    let mut replicas = arena.replicas(service);
    let Some(slot) = replicas.next() else {
        return false;
    };
    let other = match replicas.next() {
        Some(other) if alone => Some(other.lock().await),
        _ => None,
    };
    let tell_other = |signal| {
        let process = other.as_ref().and_then(|state| state.process.as_ref());
        process.inspect(|process| process.signal(signal));
    };
    let mut state = slot.lock().await;
    let armed = [("BORD_CRASH_POINT", format!("{point}:kill"))];
    if let Err(error) = slot.start(&mut state, &armed).await {
        progress(format!("{}: {error:#}", slot.label));
        return false;
    }
    arena.tally.count("kill -9");
    // Calls go to the first replica, also those that found the second while this one was away.
    if let Some(proxy) = &slot.proxy
        && arena.replicas(service).count() > 1
    {
        proxy.cut();
    }
    tell_other(Signal::STOP);
    let reached = match &mut state.process {
        Some(process) => process.wait(limit).await && process.crashed(),
        None => false,
    };
    tell_other(Signal::CONT);
    if reached {
        arena.tally.count(format!("crash {point}"));
        progress(format!("crashed at {point}"));
        orphans::watch(arena);
    }
    start_again(arena, slot, &mut state).await;
    reached
}

/// As usual, however often it takes: the database may be away just now.
async fn start_again(arena: &Arc<Arena>, slot: &Slot, state: &mut State) {
    for _ in 0..3 {
        match slot.start(state, &[]).await {
            Ok(()) => return,
            Err(error) => progress(format!("{}: {error:#}", slot.label)),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    slot.tell_last_words();
    arena.trouble(
        "NO_RECOVERY",
        slot.label.clone(),
        "it does not start again; see its log",
    );
}

/// The other faults, each after its pause.
pub async fn chaos(arena: Arc<Arena>, faults: Vec<(u64, Fault)>) {
    for (pause, fault) in faults {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        fault.happen(&arena).await;
    }
}

/// Sets a few of the carriers' faults at a time, so that none of them blocks a channel for long.
pub async fn carriers(arena: Arc<Arena>, faults: Vec<vendor_twin::Fault>, pause: Duration) {
    for dose in faults.chunks(4) {
        arena.twin.faults(dose.iter().cloned());
        tokio::time::sleep(pause).await;
    }
}

/// A process that ends by itself is a finding, and is started again so that the run goes on.
pub async fn watch(arena: Arc<Arena>) {
    while !arena.life.is_stopping() {
        tokio::time::sleep(Duration::from_millis(300)).await;
        for slot in &arena.slots {
            let Some(mut state) = slot.try_lock() else {
                continue;
            };
            // The arena closes: what ended was ended.
            if arena.life.is_stopping() {
                return;
            }
            let retired = state.retired;
            let ended = match &mut state.process {
                Some(process) if !retired => process.ended(),
                _ => None,
            };
            let Some(end) = ended else {
                continue;
            };
            slot.tell_last_words();
            arena.trouble(
                "DIED",
                format!("{} {end}", slot.label),
                "nobody broke it; see its log",
            );
            start_again(&arena, slot, &mut state).await;
        }
    }
}
