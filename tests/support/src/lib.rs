//! What tests share: a database for each test on both engines, fake neighbours, and waiting
//! without sleeping blindly.
//!
//! ```text
//! on_both! {
//!     /// Runs as `a_lead_is_stored::sqlite` and `a_lead_is_stored::postgres`.
//!     async fn a_lead_is_stored(db: TestDb) {
//!         let store = Db::open(&db.url("lead"), "lead", &MIGRATIONS).await.unwrap();
//!         let row = eventually(Duration::from_secs(5), async || find(&store).await).await;
//!     }
//! }
//! ```
//!
//! The PostgreSQL server is the one at `BORD_TEST_POSTGRES_URL`, else one started from installed
//! binaries for this test process. Where neither can be had the test fails; it never skips.

mod authority;
mod database;
mod fake;
mod server;
pub mod tools;

use std::time::Duration;

pub use authority::{Authority, PemFiles};
pub use database::{Snapshot, TestDb};
pub use fake::Fake;

/// Makes each function two tests, one for each database.
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: TestDb) $body:block)+) => {$(
        $(#[$meta])*
        #[cfg(test)]
        mod $name {
            #[allow(unused_imports, clippy::allow_attributes, reason = "a body may need none of it")]
            use super::*;

            #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let $db = $crate::TestDb::sqlite().await;
                $body
            }

            #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let $db = $crate::TestDb::postgres().await;
                $body
            }
        }
    )+};
}

/// With `BORD_TEST_LOG=warn` (any filter of tracing) the services under test log to standard error:
/// the way to the cause of a failure that a refusal rightly hides. For one test at a time: those
/// that capture logs or traces need the process for themselves.
pub(crate) fn log() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        #[expect(
            clippy::disallowed_methods,
            reason = "a switch for the person at the test, not a setting"
        )]
        let Ok(filter) = std::env::var("BORD_TEST_LOG") else {
            return;
        };
        let logs = tracing_subscriber::fmt().with_writer(std::io::stderr);
        // A test that captures logs was first: it keeps them.
        let _ = logs
            .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
            .try_init();
    });
}

/// Asks `probe` until it answers, for at most `limit`; panics when it never does.
pub async fn eventually<T>(limit: Duration, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let started = std::time::Instant::now();
    let mut pause = Duration::from_millis(5);
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(
            started.elapsed() < limit,
            "what was awaited did not happen within {limit:?}"
        );
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(100));
    }
}
