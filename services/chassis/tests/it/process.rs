//! A whole process: faults told, SIGTERM heeded, the drain limit kept. Each test starts itself anew
//! as a child that runs `run::main`.

use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use chassis::run;

const ROLE: &str = "CHASSIS_TEST_CHILD";

/// In the child: runs the process and exits. In the parent: the command that starts the child.
fn child(test: &str, process: fn() -> ExitCode) -> Command {
    if std::env::vars_os().any(|(name, _)| name == ROLE) {
        let code = process();
        std::process::exit(i32::from(code != ExitCode::SUCCESS));
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture"])
        .env(ROLE, "1")
        .env("LOG", "warn");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn terminate(child: &Child) {
    let sent = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

fn wait_for(limit: Duration, ready: impl Fn() -> bool) {
    let started = Instant::now();
    while !ready() {
        assert!(started.elapsed() < limit, "the child is not ready");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_process_with_faulty_settings_names_them_all_and_fails() {
    let mut command = child(
        "process::a_process_with_faulty_settings_names_them_all_and_fails",
        || {
            run::main("faulty", async |env, _| {
                let _ = (env.text("OPERATOR_EMAIL"), env.url("LEAD_URL"));
                Ok(env.finish()?)
            })
        },
    );
    command
        .env("LEAD_URL", "hunter2")
        .env("DRAIN_SECONDS", "hunter2")
        .env("LOG", "a=b=c");
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", "hunter2");
    let output = command.output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    for name in [
        "OPERATOR_EMAIL",
        "LEAD_URL",
        "DRAIN_SECONDS",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "LOG",
    ] {
        assert!(told.contains(name), "{name} in {told}");
    }
    assert!(!told.contains("hunter2"), "{told}");
}

/// I21: SIGTERM ends a process that finishes, with success, and waits for its background tasks.
#[test]
fn a_process_that_is_asked_to_stop_finishes_its_tasks_and_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = child(
        "process::a_process_that_is_asked_to_stop_finishes_its_tasks_and_succeeds",
        || {
            run::main("polite", async |env, life| {
                let folder = std::path::PathBuf::from(env.text("FOLDER"));
                let (task, done) = (life.clone(), folder.join("done"));
                life.spawn(async move {
                    task.stopping().await;
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    std::fs::write(done, "").unwrap();
                });
                std::fs::write(folder.join("ready"), "")?;
                life.stopping().await;
                Ok(())
            })
        },
    );
    let mut process = command.env("FOLDER", folder.path()).spawn().unwrap();
    wait_for(Duration::from_secs(20), || {
        folder.path().join("ready").exists()
    });
    terminate(&process);
    assert!(process.wait().unwrap().success());
    assert!(folder.path().join("done").exists());
}

/// Hazard: a process that waits for a connection to end waits for ever.
#[test]
fn a_process_that_will_not_stop_is_ended_at_the_drain_limit() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = child(
        "process::a_process_that_will_not_stop_is_ended_at_the_drain_limit",
        || {
            run::main("stubborn", async |env, _| {
                std::fs::write(std::path::Path::new(&env.text("FOLDER")).join("ready"), "")?;
                std::future::pending().await
            })
        },
    );
    command
        .env("FOLDER", folder.path())
        .env("DRAIN_SECONDS", "1");
    let mut process = command.spawn().unwrap();
    wait_for(Duration::from_secs(20), || {
        folder.path().join("ready").exists()
    });
    terminate(&process);
    let started = Instant::now();
    process.wait().unwrap();
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
}
