//! The twin's own binary: listens on `LISTEN_ADDR` (127.0.0.1:8090), takes the vendors' made-up
//! credentials from the environment that bord reads, and stops on Ctrl-C.

use std::io::Write as _;

use vendor_twin::{Twin, TwinConfig};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let twin = Twin::start(TwinConfig::from_process()?).await?;
    writeln!(std::io::stdout(), "vendor twin on {}", twin.url())?;
    tokio::signal::ctrl_c().await?;
    twin.stop();
    Ok(())
}
