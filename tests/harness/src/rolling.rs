//! A rolling restart of every service under half the load, with silent connections open: each has
//! two replicas for that time, one after the other gets SIGTERM, and no request may fail (I21).

use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::arena::Arena;
use crate::points::POINTS;
use crate::slot::Slot;
use crate::tell::progress;

/// DRAIN_SECONDS and the two backstops of the chassis, with a little for a busy machine.
const GRACE: Duration = Duration::from_secs(10);
const SILENT: usize = 10;

/// Restarts every service, replica by replica. Gives the longest stop.
pub async fn restart(arena: &Arc<Arena>) -> Duration {
    let mut longest = Duration::ZERO;
    for (service, _) in POINTS {
        let slots: Vec<Arc<Slot>> = arena.replicas(service).cloned().collect();
        for slot in &slots {
            let mut state = slot.lock().await;
            state.retired = false;
            if let Err(error) = slot.revive(&mut state).await {
                arena.trouble("NO_RECOVERY", slot.label.clone(), format!("{error:#}"));
            }
        }
        route(&slots, None);
        for (n, slot) in slots.iter().enumerate() {
            longest = longest.max(one(arena, &slots, n, slot).await);
        }
    }
    progress(format!(
        "rolling restart: the longest stop took {longest:?}"
    ));
    longest
}

async fn one(arena: &Arc<Arena>, slots: &[Arc<Slot>], n: usize, slot: &Arc<Slot>) -> Duration {
    let silent = hostile(slot).await;
    // The platform takes a replica out of rotation and tells it to stop; what is connected stays.
    route(slots, Some(n));
    let mut state = slot.lock().await;
    let stopped = match &mut state.process {
        Some(process) => process.terminate(GRACE).await,
        None => Some(Duration::ZERO),
    };
    drop(silent);
    match stopped {
        Some(_) => arena.tally.count("SIGTERM with silent connections"),
        None => arena.trouble(
            "NO_STOP",
            slot.label.clone(),
            "SIGTERM did not end it within its grace (I21)",
        ),
    }
    if let Err(error) = slot.revive(&mut state).await {
        arena.trouble("NO_RECOVERY", slot.label.clone(), format!("{error:#}"));
    }
    route(slots, None);
    stopped.unwrap_or(GRACE)
}

/// Everybody in rotation but one.
fn route(slots: &[Arc<Slot>], without: Option<usize>) {
    let kept = slots
        .iter()
        .enumerate()
        .filter(|(n, _)| Some(*n) != without);
    let addrs: Vec<_> = kept.map(|(_, slot)| slot.addr).collect();
    if let Some(proxy) = slots.first().and_then(|slot| slot.proxy.as_ref()) {
        proxy.route_to(addrs);
    }
}

/// Ten connections each that say nothing, half a request, and nothing after HTTP/2's preface.
async fn hostile(slot: &Slot) -> Vec<TcpStream> {
    let openings: [&[u8]; 3] = [
        b"",
        b"POST /twilio/voice HTTP/1.1\r\nHost: bord\r\nContent-Len",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
    ];
    let mut open = Vec::new();
    for opening in openings {
        for _ in 0..SILENT {
            if let Ok(mut stream) = TcpStream::connect(slot.addr).await {
                let _ = stream.write_all(opening).await;
                open.push(stream);
            }
        }
    }
    open
}
