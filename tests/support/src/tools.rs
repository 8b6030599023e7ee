//! The tools by which people look into bord, pinned in tests/tools.txt and installed by tests/run.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

/// A tool that says nothing for this long is ended, and the test fails.
const LIMIT: Duration = Duration::from_secs(60);

/// What a tool did.
#[derive(Debug)]
pub struct Ran {
    /// Nothing when a signal ended it.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// What it printed when it went well; panics with all that it said otherwise.
    pub fn good(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// Everything that it said when it did not go well; panics otherwise.
    pub fn refused(self) -> String {
        assert!(self.code.is_some_and(|code| code != 0), "{self:?}");
        self.out + &self.err
    }
}

/// The folder of the tools: `BORD_TEST_TOOLS`, else `tools/bin` in cargo's target folder.
///
/// # Panics
/// Where they are not installed.
#[must_use]
pub fn folder() -> PathBuf {
    let set = std::env::var_os("BORD_TEST_TOOLS");
    let folder = set.map_or_else(
        || {
            let test = std::env::current_exe().expect("the test's own path");
            let target = test.ancestors().nth(3).expect("target/debug/deps/NAME");
            target.join("tools/bin")
        },
        PathBuf::from,
    );
    assert!(
        folder.is_dir(),
        "the tools of tests/tools.txt are not in {}: run ./tests/run --tools, or set \
         BORD_TEST_TOOLS to the folder that holds them",
        folder.display()
    );
    folder
}

/// The tool of this name.
///
/// # Panics
/// Where it is not installed.
#[must_use]
pub fn path(name: &str) -> PathBuf {
    let tool = folder().join(name);
    assert!(
        tool.is_file(),
        "{name} is not among the tools: run ./tests/run --tools, which installs what \
         tests/tools.txt names"
    );
    tool
}

/// Runs the tool to its end.
///
/// # Panics
/// Where it is not installed, cannot be started, or does not end.
pub async fn run(name: &str, arguments: &[&str]) -> Ran {
    run_program(&path(name), arguments, &[]).await
}

/// Runs any program to its end, with these settings beside the test's own environment.
///
/// # Panics
/// Where it cannot be started, or does not end.
pub async fn run_program(program: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Ran {
    let ending = tokio::process::Command::new(program)
        .args(arguments)
        .envs(settings.iter().copied())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let ended = tokio::time::timeout(LIMIT, ending).await;
    let ended = ended.unwrap_or_else(|_| panic!("{} {arguments:?} hangs", program.display()));
    let ended = ended.unwrap_or_else(|e| panic!("{} does not start: {e}", program.display()));
    Ran {
        code: ended.status.code(),
        out: String::from_utf8_lossy(&ended.stdout).into_owned(),
        err: String::from_utf8_lossy(&ended.stderr).into_owned(),
    }
}
