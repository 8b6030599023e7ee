//! The ground on which an arena stands: a folder, the binaries as they were at the start, a twin,
//! addresses that nobody else uses.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use tempfile::TempDir;
use vendor_twin::{Twin, TwinConfig};

use crate::points::POINTS;

/// The binaries as they are now: a build during the run must not change them between two starts.
pub(crate) fn keep_binaries(from: &Path, folder: &TempDir) -> anyhow::Result<PathBuf> {
    let kept = folder.path().join("bin");
    std::fs::create_dir(&kept)?;
    for name in POINTS.map(|(name, _)| name).into_iter().chain(["bord"]) {
        let (source, target) = (from.join(name), kept.join(name));
        if std::fs::hard_link(&source, &target).is_err() {
            std::fs::copy(&source, &target).with_context(|| {
                format!(
                    "{} is missing: cargo build --workspace --bins",
                    source.display()
                )
            })?;
        }
    }
    Ok(kept)
}

/// PostgreSQL runs as another user, who must be able to reach its data.
pub(crate) fn folder() -> anyhow::Result<TempDir> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut builder = tempfile::Builder::new();
    builder.prefix("bord-faults-");
    builder.permissions(std::fs::Permissions::from_mode(0o755));
    // In memory where there is room: what a killed process wrote is there either way, and slow
    // disks are no fault that is tested here.
    let folder = match rustix::fs::statvfs(MEMORY) {
        Ok(space) if space.f_bavail * space.f_frsize > ROOM => builder.tempdir_in(MEMORY)?,
        _ => builder.tempdir()?,
    };
    FOLDERS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(folder.path().to_owned());
    Ok(folder)
}

const MEMORY: &str = "/dev/shm";
const ROOM: u64 = 2 << 30;

/// Folders of this process, for an end in a hurry.
static FOLDERS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Removes what an interrupted run left, once its processes are gone.
pub fn sweep() {
    for folder in FOLDERS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .drain(..)
    {
        let _ = std::fs::remove_dir_all(folder);
    }
}

/// `bord up` has fixed ports; a loopback address of its own keeps it apart from everybody else's.
pub(crate) fn free_host(seed: u64) -> anyhow::Result<std::net::IpAddr> {
    for n in 0..200_u64 {
        let mixed = (seed.wrapping_add(n)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let [_, a, b, c, ..] = mixed.to_be_bytes();
        let host = std::net::IpAddr::from([127, 77 + a % 100, b, 2 + c % 250]);
        let ports = [8080, 50051, 50052, 50053, 50054, 50055];
        if ports
            .iter()
            .all(|port| std::net::TcpListener::bind((host, *port)).is_ok())
        {
            return Ok(host);
        }
    }
    anyhow::bail!("no loopback address has bord's ports free")
}

pub(crate) async fn twin(gateway: &str) -> anyhow::Result<Twin> {
    Twin::start(TwinConfig {
        public_base_url: Some(gateway.to_owned()),
        bord_base_url: Some(gateway.to_owned()),
        ..TwinConfig::default()
    })
    .await
    .context("the twin does not start")
}
