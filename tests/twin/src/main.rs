//! The twin's own binary: listens on `LISTEN_ADDR` (127.0.0.1:8090), takes the vendors' made-up
//! credentials from the environment that bord reads, puts `VENDOR_TWIN_URL` before links in its
//! answers, and stops at once on SIGTERM and Ctrl-C.

use std::io::Write as _;

use tokio::signal::unix::{SignalKind, signal};
use vendor_twin::{Twin, TwinConfig};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // Before the port opens: in a container nothing else ends a first process that takes no signals.
    let mut terminate = signal(SignalKind::terminate())?;
    let twin = Twin::start(TwinConfig::from_process()?).await?;
    writeln!(std::io::stdout(), "vendor twin on {}", twin.url())?;
    tokio::select! {
        stopped = tokio::signal::ctrl_c() => stopped?,
        _ = terminate.recv() => {}
    }
    twin.stop();
    Ok(())
}
