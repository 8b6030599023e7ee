//! A plan: every fault of a run, in order, made from the seed alone, so that the same seed breaks
//! the same things in the same order.

use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};
use vendor_twin::{Fault as CarrierFault, FaultKind, Vendor};

use crate::fault::{CLOCK_LIE, Fault};
use crate::points;

/// Which system is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Postgres,
    Sqlite,
}

pub struct Plan {
    pub seed: u64,
    /// Lanes that run side by side; in each, one service at a time is armed.
    pub crashes: Vec<Vec<(&'static str, &'static str)>>,
    /// Pause in milliseconds, then the fault.
    pub chaos: Vec<(u64, Fault)>,
    /// One by one, each fires once.
    pub carriers: Vec<CarrierFault>,
}

/// How often each carrier fault is set; a full run wants it to have fired ten times.
const EACH_CARRIER_FAULT: usize = 13;
/// On SQLite the run is shorter, and so is the list of what it must have met.
const EACH_ON_SQLITE: usize = 3;

impl Plan {
    #[must_use]
    pub fn of(seed: u64, stage: Stage) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let (crashes, chaos, each) = match stage {
            Stage::Postgres => (lanes(), postgres_chaos(&mut rng), EACH_CARRIER_FAULT),
            Stage::Sqlite => (Vec::new(), sqlite_chaos(&mut rng), EACH_ON_SQLITE),
        };
        let mut carriers = Vec::new();
        for _ in 0..each {
            let mut round = carrier_faults();
            round.shuffle(&mut rng);
            carriers.extend(round);
        }
        Self {
            seed,
            crashes,
            chaos,
            carriers,
        }
    }

    /// The plan in lines.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("plan of seed {}:", self.seed)];
        for (n, lane) in self.crashes.iter().enumerate() {
            let names: Vec<&str> = lane.iter().map(|(_, point)| *point).collect();
            lines.push(format!("  crash lane {}: {}", n + 1, names.join(", ")));
        }
        for (pause, fault) in &self.chaos {
            lines.push(format!("  after {pause} ms: {fault:?}"));
        }
        let kinds = carrier_faults().len();
        let each = self.carriers.len() / kinds.max(1);
        lines.push(format!(
            "  carriers: {kinds} kinds of fault, {each} times each"
        ));
        lines
    }
}

/// Those that work passes on its way to a provider, and the rest.
fn lanes() -> Vec<Vec<(&'static str, &'static str)>> {
    let (first, second) = points::all()
        .partition(|(service, _)| matches!(*service, "lead-service" | "roster-service"));
    vec![first, second]
}

fn postgres_chaos(rng: &mut StdRng) -> Vec<(u64, Fault)> {
    let mut faults = Vec::new();
    for _ in 0..8 {
        let slot = rng.random_range(0..64);
        faults.push(Fault::Kill {
            slot,
            away_ms: rng.random_range(0..1_500),
        });
        faults.push(Fault::Cut {
            slot: rng.random_range(0..64),
        });
    }
    for _ in 0..6 {
        faults.push(Fault::Freeze {
            slot: rng.random_range(0..64),
            ms: rng.random_range(1_500..4_000),
        });
        faults.push(Fault::Stall {
            slot: rng.random_range(0..64),
            ms: rng.random_range(1_000..3_000),
        });
    }
    for seconds in [CLOCK_LIE, -CLOCK_LIE, CLOCK_LIE, -CLOCK_LIE] {
        faults.push(Fault::ProcessClock {
            slot: rng.random_range(0..64),
            seconds,
        });
    }
    faults.extend([
        Fault::DatabaseStop,
        Fault::DatabaseKill,
        Fault::DatabaseKill,
    ]);
    faults.extend([
        Fault::DatabaseStall { ms: 2_000 },
        Fault::DatabaseStall { ms: 3_000 },
    ]);
    faults.extend([
        Fault::DatabaseClockBack { ms: 3_000 },
        Fault::DatabaseClockBack { ms: 3_000 },
    ]);
    faults.extend([Fault::DatabaseClockAhead, Fault::DatabaseClockAhead]);
    faults.shuffle(rng);
    faults
        .into_iter()
        .map(|fault| (rng.random_range(400..1_800), fault))
        .collect()
}

fn sqlite_chaos(rng: &mut StdRng) -> Vec<(u64, Fault)> {
    let mut faults = Vec::new();
    for _ in 0..6 {
        faults.push(Fault::Kill {
            slot: 0,
            away_ms: rng.random_range(0..500),
        });
    }
    for _ in 0..3 {
        faults.push(Fault::FullDisk {
            ms: rng.random_range(1_500..3_000),
        });
    }
    for _ in 0..2 {
        faults.push(Fault::Freeze {
            slot: 0,
            ms: rng.random_range(1_000..2_500),
        });
    }
    faults.push(Fault::DatabaseClockBack { ms: 2_000 });
    faults.push(Fault::DatabaseClockAhead);
    faults.push(Fault::ProcessClock {
        slot: 0,
        seconds: CLOCK_LIE,
    });
    faults.push(Fault::ProcessClock {
        slot: 0,
        seconds: -CLOCK_LIE,
    });
    faults.shuffle(rng);
    faults
        .into_iter()
        .map(|fault| (rng.random_range(1_000..3_000), fault))
        .collect()
}

/// One of each kind in which a carrier fails (twilio.md, mailgun.md). Wrong numbers and bouncing
/// mail boxes are the providers' own, see `provider`.
#[must_use]
pub fn carrier_faults() -> Vec<CarrierFault> {
    let requests = [
        FaultKind::Delay { ms: 1_500 },
        FaultKind::TooManyRequests {
            retry_after: Some(1),
        },
        FaultKind::ServerError { status: 500 },
        FaultKind::AcceptThenHang,
        FaultKind::AcceptThenReset,
        FaultKind::AcceptThenError { status: 500 },
        FaultKind::Reset,
        FaultKind::Hang,
    ];
    let webhooks = [
        FaultKind::Lost,
        FaultKind::Doubled,
        FaultKind::Reordered,
        FaultKind::Late { ms: 4_000 },
    ];
    let mut all = Vec::new();
    for (vendor, operation) in [
        (Vendor::Twilio, "messages.create"),
        (Vendor::Mailgun, "mail.send"),
    ] {
        all.extend(
            requests
                .iter()
                .map(|kind| CarrierFault::once(vendor, operation, kind.clone())),
        );
    }
    for (vendor, operation) in [
        (Vendor::Twilio, "webhook.message_status"),
        (Vendor::Mailgun, "webhook.mail_event"),
    ] {
        all.extend(
            webhooks
                .iter()
                .map(|kind| CarrierFault::once(vendor, operation, kind.clone())),
        );
    }
    all.push(CarrierFault::once(
        Vendor::Twilio,
        "webhook.inbound_message",
        FaultKind::Doubled,
    ));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_makes_one_plan() {
        let (one, two) = (Plan::of(7, Stage::Postgres), Plan::of(7, Stage::Postgres));
        assert_eq!(one.chaos, two.chaos);
        assert_eq!(one.carriers, two.carriers);
        assert_ne!(one.chaos, Plan::of(8, Stage::Postgres).chaos);
    }

    #[test]
    fn every_point_stands_in_one_lane() {
        let plan = Plan::of(1, Stage::Postgres);
        let planned: usize = plan.crashes.iter().map(Vec::len).sum();
        assert_eq!(planned, points::all().count());
    }
}
