//! Equipping a fresh arena: the sample catalogue by `bord catalog apply`, every agent through the
//! gate by `bord release`, numbers with webhooks; the run's own providers stand in the catalogue.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context as _;
use contracts::telephony::v1 as telephony;
use contracts::telephony::v1::catalog_service_client::CatalogServiceClient;
use vendor_twin::Twin;

use crate::arena::Arena;
use crate::provider::Person;
use crate::tell::progress;

/// Applies catalogue and releases agents through the running services.
///
/// # Errors
/// A command or a service refuses.
pub async fn by_commands(arena: &Arena) -> anyhow::Result<()> {
    progress("applying the catalogue");
    let folder = arena.catalog.display().to_string();
    bord(arena, &["catalog", "apply", &folder]).await?;
    provision(arena).await?;
    progress("sending every agent through the gate");
    bord(arena, &["release", "--all", "--as", "harness"]).await
}

async fn bord(arena: &Arena, args: &[&str]) -> anyhow::Result<()> {
    let vars = arena.slots.first().map(|slot| slot.spec.vars.clone());
    let done = tokio::process::Command::new(arena.binaries.join("bord"))
        .args(args)
        .env_clear()
        .envs(vars.unwrap_or_default())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .context("bord cannot be run")?;
    let told = String::from_utf8_lossy(&done.stderr);
    let said = String::from_utf8_lossy(&done.stdout);
    anyhow::ensure!(done.status.success(), "bord {args:?}: {told}\n{said}");
    Ok(())
}

async fn provision(arena: &Arena) -> anyhow::Result<()> {
    let channel = chassis::client::channel(arena.url("TELEPHONY_URL"))?;
    let mut catalog = CatalogServiceClient::new(channel);
    let asked = telephony::ListNumbersRequest {
        page_size: 200,
        ..Default::default()
    };
    for number in catalog.list_numbers(asked).await?.into_inner().numbers {
        let wanted = telephony::ProvisionNumberRequest {
            site_id: number.site_id,
            number_e164: number.number_e164,
            ..Default::default()
        };
        catalog.provision_number(wanted).await?;
    }
    Ok(())
}

/// The sample catalogue with the run's providers, in a folder of the run; their contacts are spoilt
/// at the twin.
///
/// # Errors
/// A file cannot be read or written.
pub fn catalog(
    sample: &Path,
    folder: &Path,
    people: &[Person],
    twin: &Twin,
) -> anyhow::Result<PathBuf> {
    let made = folder.join("catalog");
    std::fs::create_dir(&made)?;
    let entries = std::fs::read_dir(sample).context("the catalogue cannot be read")?;
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), made.join(entry.file_name()))?;
        }
    }
    let file = made.join("providers.toml");
    let mut text = std::fs::read_to_string(&file)?;
    for person in people {
        person.spoil(twin);
        text.push_str(&person.declared());
    }
    std::fs::write(&file, text)?;
    Ok(made)
}
