//! `bord catalog check` and `bord catalog apply`.

use std::path::Path;

use crate::catalog::{self, Catalog, apply};
use crate::peers::{Addresses, Peers};
use crate::terminal;

/// # Errors
/// The catalogue has mistakes; they are printed first.
pub fn check(dir: &Path) -> anyhow::Result<()> {
    let (text, sound) = catalog::check(dir);
    terminal::line(text.trim_end());
    anyhow::ensure!(
        sound,
        "the catalogue in {} cannot be applied",
        dir.display()
    );
    Ok(())
}

/// # Errors
/// The catalogue has mistakes, or something of it could not be written.
pub async fn apply(dir: &Path, dry_run: bool, overwrite: bool) -> anyhow::Result<()> {
    let catalog = Catalog::read(dir).map_err(|breaches| {
        terminal::line(catalog::render(&breaches).trim_end());
        anyhow::anyhow!(
            "nothing was written: the catalogue in {} has mistakes",
            dir.display()
        )
    })?;
    let addresses = Addresses::read(&mut chassis::config::Env::from_process())?;
    let services = Peers::at(&addresses)?.owners;
    let options = apply::Options { dry_run, overwrite };
    let applied = Box::pin(apply::apply(&catalog, &services, options)).await;
    terminal::line(applied.render().trim_end());
    anyhow::ensure!(
        applied.is_complete(),
        "not everything was written: resolve the lines above, then apply again"
    );
    Ok(())
}
