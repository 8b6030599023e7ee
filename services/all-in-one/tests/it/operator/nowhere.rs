//! The operator's commands where nothing runs.

/// A command without anything that runs says what to start, and exits 1.
#[test]
fn without_anything_that_runs_every_command_says_what_to_start() {
    let nowhere = "http://127.0.0.1:1";
    for arguments in [
        &["unmatched"][..],
        &["providers"],
        &["check"],
        &["watch"],
        &[
            "confirm",
            "11111111-1111-4111-8111-111111111111",
            "--reason",
            "x",
        ],
        &["erase", "+41791234567", "--yes"],
        &["agents"],
        &["release", "--all"],
        &["release", "bord-geneva-plumbing"],
        &["rollback", "bord-geneva-plumbing", "--reason", "x"],
        &["scan"],
        &["scan", "--list"],
        &["scan", "--over-http"],
        &["provision", "--all"],
        &["flags"],
        &["flag", "11111111-1111-4111-8111-111111111111"],
        &["recover", "--since", "10m"],
        &["economics"],
        &["economics", "--lead", "K7-3F9AQ"],
        &["statement", "plomberie-du-rhone"],
        &[
            "credit",
            "11111111-1111-4111-8111-111111111111",
            "--reason",
            "x",
        ],
        &[
            "payment",
            "plomberie-du-rhone",
            "--amount",
            "EUR 1",
            "--reference",
            "x",
        ],
        &["conversions", "--csv"],
        &["books"],
        &["status"],
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_bord"));
        for name in [
            "TELEPHONY",
            "LEAD",
            "ROSTER",
            "NOTIFICATION",
            "QUALITY",
            "GATEWAY",
        ] {
            command.env(format!("{name}_URL"), nowhere);
        }
        let output = command
            .env("USER", "tester")
            .env("CRON_SECRET", "cron-of-tests")
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let told = String::from_utf8([&output.stdout[..], &output.stderr[..]].concat()).unwrap();
        let wanted = match arguments {
            ["status"] => "DOES NOT SERVE",
            _ => "`bord up`",
        };
        assert!(told.contains(wanted), "{arguments:?}: {told}");
    }
}
