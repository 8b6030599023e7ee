//! What can be typed, and that README and runbooks tell of it.

use clap::CommandFactory as _;

use super::*;

#[test]
fn the_arguments_are_sound_and_every_command_stands_in_the_readme() {
    let cli = Cli::command();
    cli.clone().debug_assert();
    let readme = include_str!("../../../../README.md");
    for command in cli.get_subcommands() {
        let name = command.get_name();
        assert!(readme.contains(&format!("`bord {name}")), "{name}");
    }
}

/// What a runbook says to type at night must be a command.
#[test]
fn every_command_of_the_runbooks_can_be_given() {
    let runbooks = include_str!("../../../../k8s/docs/runbooks.md");
    let mut tried = 0;
    for command in runbooks.split('`').skip(1).step_by(2) {
        if !command.starts_with("bord ") {
            continue;
        }
        let words = command.split_whitespace().map(|word| match word {
            "LEAD" | "DELIVERY" | "PROVIDER" | "AGENT" | "ID" => "0b5f",
            "DIR" => "catalog",
            "PHONE" => "+41791234567",
            "T" => "24h",
            "…" => "called",
            word => word,
        });
        let parsed = Cli::try_parse_from(words);
        assert!(
            parsed.is_ok(),
            "`{command}`: {}",
            parsed.err().map_or_else(String::new, |e| e.to_string())
        );
        tried += 1;
    }
    assert!(tried > 30, "{tried}");
}

#[test]
fn a_result_is_won_or_lost_and_a_move_by_hand_has_a_reason() {
    let word = |word: &str| word.replace('_', " ");
    let parse = |line: &str| Cli::try_parse_from(line.split_whitespace().map(word));
    for right in [
        "bord close 0b5f --won 450.00 CHF",
        "bord close 0b5f --lost dear",
        "bord confirm K7-3F9AQ --reason called --as ana",
        "bord providers --json",
        "bord providers pause plomberie --reason holiday",
        "bord providers prove plomberie sms",
        "bord scan --since 24h --as ana",
        "bord scan --list --json",
        "bord scan --over-http",
        "bord provision --all",
        "bord provision geneva-plumbing bali-tennis",
        "bord flags --agent bord-a --kind DRIFT --all --words",
        "bord flag 0b5f",
        "bord flag 0b5f resolve --reason called --as ana --json",
        "bord release bord-a bord-b --as ana",
        "bord release --all",
        "bord rollback bord-a --reason fewer --as ana",
        "bord recover --since 2026-01-31T08:30:00Z --as ana",
        "bord economics",
        "bord economics --group lead --month 2026-11 --site geneva-dental --csv",
        "bord economics --from 2026-11-01 --until 2026-11-30 --json",
        "bord economics --lead K7-3F9AQ",
        "bord statement clinique --month 2026-11 --csv",
        "bord credit 0b5f --reason undeliverable --amount EUR_50 --as ana",
        "bord credit 0b5f --reason undeliverable --request-id x",
        "bord payment clinique --amount EUR_-20 --reference 17 --date 2026-11-20",
        "bord conversions --site geneva-dental --from 2026-11-01 --csv",
        "bord books --json",
    ] {
        assert!(parse(right).is_ok(), "{right}");
    }
    for wrong in [
        "bord close 0b5f",
        "bord close 0b5f --won 450.00",
        "bord close 0b5f --won 450.00 CHF --lost dear",
        "bord confirm 0b5f",
        "bord assign 0b5f --reason x",
        "bord providers pause plomberie",
        "bord providers prove plomberie fax",
        "bord erase 0791234567",
        "bord scan --since tomorrow",
        "bord scan --list --since 24h",
        "bord scan --over-http --since 24h",
        "bord provision",
        "bord provision geneva-plumbing --all",
        "bord flag 0b5f resolve",
        "bord flag",
        "bord release",
        "bord release bord-a --all",
        "bord rollback bord-a",
        "bord recover",
        "bord economics --group country",
        "bord economics --month 2026-13",
        "bord economics --month 2026-11 --from 2026-11-01",
        "bord economics --csv --json",
        "bord economics --lead 0b5f --month 2026-11",
        "bord statement",
        "bord credit 0b5f",
        "bord credit 0b5f --reason x --amount 50",
        "bord credit 0b5f --reason x --amount EUR_-50",
        "bord payment clinique --amount EUR_100",
        "bord payment clinique --amount EUR_0 --reference 17",
    ] {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
}
