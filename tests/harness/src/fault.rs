//! A fault: one thing that is done to a running system, to one process, one connection, the
//! database, a clock or the disk. Every one is counted by its kind; the carriers' own faults are
//! the twin's (see `plan`).

use std::sync::Arc;
use std::time::Duration;

use rustix::process::Signal;

use crate::arena::Arena;
use crate::slot::Slot;
use crate::tell::progress;

/// What is done. Slots are numbers, taken modulo those that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// SIGKILL, and a new start after so many milliseconds.
    Kill { slot: usize, away_ms: u64 },
    /// SIGSTOP, and SIGCONT after so many milliseconds.
    Freeze { slot: usize, ms: u64 },
    /// Connections to a service stay open and nothing moves.
    Stall { slot: usize, ms: u64 },
    /// Connections to a service end at once.
    Cut { slot: usize },
    /// PostgreSQL's immediate stop, and a new start.
    DatabaseStop,
    /// SIGKILL to the whole of PostgreSQL, and a new start.
    DatabaseKill,
    /// Connections to the database stay open and nothing moves.
    DatabaseStall { ms: u64 },
    /// A process starts again with a clock that lies by so many seconds.
    ProcessClock { slot: usize, seconds: i64 },
    /// The databases' clocks go back a quarter of an hour, and right again after some seconds.
    DatabaseClockBack { ms: u64 },
    /// The databases' clocks jump a quarter of an hour ahead, for good.
    DatabaseClockAhead,
    /// No file can grow for so many milliseconds.
    FullDisk { ms: u64 },
}

/// A quarter of an hour: what a clock may lie by (I18).
pub const CLOCK_LIE: i64 = 15 * 60;

impl Fault {
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Kill { .. } => "kill -9",
            Self::Freeze { .. } => "stopped process",
            Self::Stall { .. } => "stalled connections",
            Self::Cut { .. } => "cut connections",
            Self::DatabaseStop => "PostgreSQL immediate stop",
            Self::DatabaseKill => "PostgreSQL kill -9",
            Self::DatabaseStall { .. } => "stalled database",
            Self::ProcessClock { .. } => "process clock ±15 min",
            Self::DatabaseClockBack { .. } | Self::DatabaseClockAhead => "database clock ±15 min",
            Self::FullDisk { .. } => "full disk",
        }
    }

    /// Does it, and where it has an end, ends it.
    pub async fn happen(self, arena: &Arc<Arena>) {
        progress(format!("{}: {self:?}", arena.name));
        let done = self.act(arena).await;
        match done {
            Ok(()) => arena.tally.count(self.kind()),
            Err(error) => arena.trouble("NO_RECOVERY", self.kind(), format!("{error:#}")),
        }
    }

    async fn act(self, arena: &Arc<Arena>) -> anyhow::Result<()> {
        match self {
            Self::Kill { slot, away_ms } => kill(&pick(arena, slot), away_ms).await,
            Self::Freeze { slot, ms } => {
                let slot = pick(arena, slot);
                let state = slot.lock().await;
                if let Some(process) = &state.process {
                    process.signal(Signal::STOP);
                    tokio::time::sleep(Duration::from_millis(ms)).await;
                    process.signal(Signal::CONT);
                }
                Ok(())
            }
            Self::Stall { slot, ms } => {
                if let Some(proxy) = &pick(arena, slot).proxy {
                    proxy.stall(Duration::from_millis(ms)).await;
                }
                Ok(())
            }
            Self::Cut { slot } => {
                if let Some(proxy) = &pick(arena, slot).proxy {
                    proxy.cut();
                }
                Ok(())
            }
            Self::DatabaseStop | Self::DatabaseKill => {
                let Some(database) = &arena.database else {
                    return Ok(());
                };
                let mut server = database.server.lock().await;
                if self == Self::DatabaseKill {
                    server.kill().await;
                } else {
                    server.stop_at_once().await;
                }
                tokio::time::sleep(Duration::from_millis(300)).await;
                server.run().await
            }
            Self::DatabaseStall { ms } => {
                if let Some(database) = &arena.database {
                    database.proxy.stall(Duration::from_millis(ms)).await;
                }
                Ok(())
            }
            Self::ProcessClock { slot, seconds } => {
                let slot = pick(arena, slot);
                let mut state = slot.lock().await;
                let lie = [("BORD_CLOCK_OFFSET_SECONDS", seconds.to_string())];
                slot.start(&mut state, &lie).await
            }
            Self::DatabaseClockBack { ms } => {
                arena.books.move_clocks(-CLOCK_LIE).await?;
                tokio::time::sleep(Duration::from_millis(ms)).await;
                arena.books.move_clocks(CLOCK_LIE).await
            }
            Self::DatabaseClockAhead => arena.books.move_clocks(CLOCK_LIE).await,
            Self::FullDisk { ms } => full_disk(&pick(arena, 0), ms).await,
        }
    }
}

/// The slot of that number that nobody else is breaking, and that is in use.
fn pick(arena: &Arena, number: usize) -> Arc<Slot> {
    let many = arena.slots.len();
    let around = (0..many).map(|step| &arena.slots[(number + step) % many]);
    let free = around
        .clone()
        .find(|slot| slot.try_lock().is_some_and(|state| !state.retired));
    free.unwrap_or(&arena.slots[number % many]).clone()
}

async fn kill(slot: &Slot, away_ms: u64) -> anyhow::Result<()> {
    let mut state = slot.lock().await;
    if let Some(process) = &mut state.process {
        process.kill().await;
    }
    tokio::time::sleep(Duration::from_millis(away_ms)).await;
    slot.revive(&mut state).await
}

/// Every file may stay as it is and not grow beyond a page: what a write meets on a full disk.
async fn full_disk(slot: &Slot, ms: u64) -> anyhow::Result<()> {
    let mut state = slot.lock().await;
    if let Some(process) = &state.process {
        process.limit_files(Some(4_096))?;
        tokio::time::sleep(Duration::from_millis(ms)).await;
        process.limit_files(None)?;
    }
    slot.revive(&mut state).await
}
