//! The twin as a program of its own, as a cluster runs it.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Its links name the host under which others reach it, and SIGTERM ends it at once.
#[test]
fn the_program_says_where_it_is_reached_and_stops_on_sigterm() {
    let mut twin = Command::new(env!("CARGO_BIN_EXE_vendor-twin"))
        .env("LISTEN_ADDR", "127.0.0.1:0")
        .env("VENDOR_TWIN_URL", "http://vendor-twin:8090/")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(twin.stdout.take().unwrap()).lines();
    let first = said.next().unwrap().unwrap();
    assert_eq!(first, "vendor twin on http://vendor-twin:8090");
    let asked = Instant::now();
    let pid = twin.id().to_string();
    let kill = Command::new("kill").args(["-TERM", &pid]).status();
    assert!(kill.unwrap().success());
    assert_eq!(twin.wait().unwrap().code(), Some(0));
    assert!(asked.elapsed() < Duration::from_secs(2));
}
