//! The PostgreSQL server of a test process: given by the environment, or started from binaries.
//!
//! A started server hangs on a pipe to this process: when the process ends, however it ends, the
//! pipe closes, and the shell at its other end stops the server and removes its folder.

use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

struct Server {
    url: String,
    /// Holds the pipe whose end stops the server.
    _keeper: Option<Child>,
}

static SERVER: OnceLock<Server> = OnceLock::new();

/// Waits on the pipe, then stops the server at once and removes its folder.
const KEEPER: &str = r#"
"$1" -D "$2/data" -k "$2" -p "$3" -c listen_addresses=127.0.0.1 -c max_connections=300 \
    -c fsync=off -c full_page_writes=off -c synchronous_commit=on -c shared_buffers=64MB \
    -c log_min_messages=fatal >"$2/log" 2>&1 &
server=$!
cat >/dev/null
kill -QUIT "$server" 2>/dev/null
wait "$server"
rm -rf "$2"
"#;

/// The URL of the server's administrative database.
pub(crate) async fn url() -> String {
    let started = tokio::task::spawn_blocking(|| SERVER.get_or_init(start).url.clone()).await;
    started.expect("PostgreSQL for tests starts")
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests, not a service, are configured here"
)]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn start() -> Server {
    if let Some(url) = setting("BORD_TEST_POSTGRES_URL") {
        return Server { url, _keeper: None };
    }
    let binaries = binaries();
    let folder = tempfile::Builder::new()
        .prefix("bord-postgres-")
        .tempdir()
        .expect("a folder");
    let user = User::for_server();
    user.own(&folder);
    let data = folder.path().join("data");
    let made = user
        .command(binaries.join("initdb"))
        .args([
            "-A",
            "trust",
            "-U",
            "postgres",
            "-N",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-D",
        ])
        .arg(&data)
        .current_dir(folder.path())
        .output()
        .expect("initdb runs");
    assert!(
        made.status.success(),
        "initdb: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    let port = free_port();
    let keeper = user
        .command("sh")
        .args(["-c", KEEPER, "keeper"])
        .arg(binaries.join("postgres"))
        .arg(folder.path())
        .arg(port.to_string())
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // A Ctrl-C meant for the tests must not take the keeper before it has cleaned up.
        .process_group(0)
        .spawn()
        .expect("sh runs");
    // The keeper removes the folder.
    let _ = folder.keep();
    Server {
        url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
        _keeper: Some(keeper),
    }
}

/// `BORD_TEST_PG_BIN`, else the newest version that Debian installed, else whatever is in PATH.
pub(crate) fn binaries() -> PathBuf {
    if let Some(folder) = setting("BORD_TEST_PG_BIN") {
        return folder.into();
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let newest = versions
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse::<u32>().ok()?,
                entry.path(),
            ))
        })
        .map(|(version, path)| (version, path.join("bin")))
        .filter(|(_, path)| path.join("initdb").exists() && path.join("postgres").exists())
        .max();
    if let Some((_, path)) = newest {
        return path;
    }
    let path = setting("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
        .expect("PostgreSQL is not installed: set BORD_TEST_POSTGRES_URL or BORD_TEST_PG_BIN")
}

fn free_port() -> u16 {
    let socket = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    socket
        .local_addr()
        .expect("a bound socket has an address")
        .port()
}

/// PostgreSQL refuses to run as root; it then runs as the user that its package made.
struct User(Option<(u32, u32)>);

impl User {
    fn for_server() -> Self {
        let root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
        if !root {
            return Self(None);
        }
        let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        let find = |name: &str| {
            let line = users
                .lines()
                .find(|line| line.split(':').next() == Some(name))?;
            let mut ids = line.split(':').skip(2).map(str::parse);
            Some((ids.next()?.ok()?, ids.next()?.ok()?))
        };
        let found = find("postgres").or_else(|| find("nobody"));
        Self(Some(found.expect(
            "a user for PostgreSQL, which refuses to run as root",
        )))
    }

    fn own(&self, folder: &TempDir) {
        if let Some((uid, gid)) = self.0 {
            let owned = std::os::unix::fs::chown(folder.path(), Some(uid), Some(gid));
            owned.expect("root may give a folder away");
        }
    }

    fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env("LC_ALL", "C.UTF-8");
        if let Some((uid, gid)) = self.0 {
            command.uid(uid).gid(gid);
        }
        command
    }
}
