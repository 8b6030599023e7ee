//! A migration runs while the version before it still serves (I27), so it only adds: what that
//! version reads and writes stays, and what is new asks nothing of it.
//!
//! The rules are coarse on purpose. What breaks one and is safe all the same stands in `EXCUSED`
//! with the reason.

use std::path::{Path, PathBuf};

use crate::dependencies::root;

/// Statements that break a rule: file, what the statement holds, and why the old version lives with
/// it. One that no longer breaks a rule must go.
const EXCUSED: [(&str, &str, &str); 10] = [
    (
        "notification-service/migrations/0002_summaries.sql",
        "ALTER TABLE notices ADD COLUMN kind_known",
        "every kind that the old version writes is among those that are known",
    ),
    (
        "notification-service/migrations/0002_summaries.sql",
        "ALTER TABLE notices DROP COLUMN kind",
        "written anew in the same transaction: the next statement gives it its name back",
    ),
    (
        "notification-service/migrations/0002_summaries.sql",
        "ALTER TABLE notices RENAME COLUMN kind_known TO kind",
        "the column comes back with more kinds; the old version names its columns and knows no other kind",
    ),
    (
        "roster-service/migrations/postgres/0002_promises.sql",
        "ALTER TABLE provider ALTER COLUMN provider_id",
        "part of the first version, whose tables no older version serves",
    ),
    (
        "roster-service/migrations/postgres/0002_promises.sql",
        "ALTER TABLE coverage ALTER COLUMN provider_id",
        "part of the first version, whose tables no older version serves",
    ),
    (
        "roster-service/migrations/postgres/0002_promises.sql",
        "ALTER TABLE channel ALTER COLUMN provider_id",
        "part of the first version, whose tables no older version serves",
    ),
    (
        "roster-service/migrations/postgres/0002_promises.sql",
        "ALTER TABLE cell ALTER COLUMN country",
        "part of the first version, whose tables no older version serves",
    ),
    (
        "lead-service/migrations/0003_recovery.sql",
        "ALTER TABLE lead ADD COLUMN recover_since_us",
        "the CHECK holds while the column is null, and the old version leaves it so",
    ),
    (
        "lead-service/migrations/0003_recovery.sql",
        "ALTER TABLE lead ADD COLUMN before_told_us",
        "the CHECK holds while the column is null, and the old version leaves it so",
    ),
    (
        "lead-service/migrations/0003_recovery.sql",
        "ALTER TABLE lead ADD COLUMN before_confirmed",
        "the CHECK holds while the column is false, and the old version leaves it so",
    ),
];

/// The rule that a statement breaks. Statements about tables that the same file creates break none.
fn breach(statement: &str, created: &[String]) -> Option<&'static str> {
    let upper = statement.to_uppercase();
    let words: Vec<&str> = upper.split_whitespace().collect();
    let of = |keyword: &str| {
        let at = words.iter().position(|word| *word == keyword)?;
        Some(
            words
                .get(at + 1)?
                .trim_matches(|c| c == '(' || c == ')')
                .to_lowercase(),
        )
    };
    let new = |table: Option<String>| table.is_some_and(|table| created.contains(&table));
    let has = |text: &str| upper.contains(text);
    match words.as_slice() {
        ["DROP", "INDEX", ..] => None,
        ["DROP" | "TRUNCATE", ..] => Some("what the old version uses is gone"),
        ["ALTER", "TABLE", ..] if new(of("TABLE")) => None,
        ["ALTER", "TABLE", ..] if has(" DROP ") => Some("what the old version uses is gone"),
        ["ALTER", "TABLE", ..] if has(" RENAME ") => Some("what the old version names is gone"),
        ["ALTER", "TABLE", ..] if has(" ALTER COLUMN ") || has(" TYPE ") => {
            Some("a column is not what the old version knows")
        }
        ["ALTER", "TABLE", ..] if has(" SET NOT NULL") => Some("the old version may write null"),
        ["ALTER", "TABLE", ..] if has(" NOT NULL") && !has(" DEFAULT ") => {
            Some("the old version gives no value")
        }
        ["ALTER", "TABLE", ..] if has("CHECK") || has("ADD CONSTRAINT") => {
            Some("the old version may write what the new rule refuses")
        }
        ["ALTER", "TABLE", ..] if has(" UNIQUE") || has(" PRIMARY KEY") => {
            Some("the old version may write twice what is now unique")
        }
        ["CREATE", "UNIQUE", ..] if !new(of("ON")) => {
            Some("the old version may write twice what is now unique")
        }
        ["DELETE", ..] => Some("rows that the old version reads are gone"),
        _ => None,
    }
}

/// The statements of a migration without its comments; the bodies of functions and triggers, which
/// hold semicolons of their own, are left out.
fn statements(text: &str) -> Vec<String> {
    let lines = text
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default());
    let text = lines.collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    let mut rest = text.as_str();
    while let Some(end) = rest.find(';') {
        let head = rest[..end].to_uppercase();
        let body = ["\nBEGIN", " BEGIN", "$$"]
            .iter()
            .any(|open| head.contains(open));
        let is_code = body && (head.contains("TRIGGER") || head.contains("FUNCTION"));
        let close = if head.contains("$$") { "$$;" } else { "\nEND;" };
        let end = if is_code {
            rest.find(close).expect("the body ends") + close.len() - 1
        } else {
            end
        };
        if !is_code {
            found.push(rest[..end].split_whitespace().collect::<Vec<_>>().join(" "));
        }
        rest = &rest[end + 1..];
    }
    assert_eq!(rest.trim(), "", "a statement ends with a semicolon");
    found
}

fn breaches(text: &str) -> Vec<(String, &'static str)> {
    let statements = statements(text);
    let created: Vec<String> = statements
        .iter()
        .filter_map(|s| s.strip_prefix("CREATE TABLE "))
        .filter_map(|s| s.split([' ', '(']).next().map(str::to_lowercase))
        .collect();
    let broken = statements.into_iter();
    broken
        .filter_map(|s| breach(&s, &created).map(|rule| (s, rule)))
        .collect()
}

/// Every migration of the services by its path; the first of each makes what nobody serves yet.
fn migrations(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder is read") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        if path.is_dir() && !["src", "tests", "target"].contains(&&*name) {
            migrations(&path, found);
        } else if name.ends_with(".sql") && !name.starts_with("0001_") {
            found.push(path);
        }
    }
}

#[test]
fn migrations_only_add() {
    let services = root().join("services");
    let mut found = Vec::new();
    migrations(&services, &mut found);
    assert!(found.len() >= 7, "the migrations are found: {found:?}");
    let mut unused: Vec<_> = EXCUSED.iter().collect();
    let mut told = Vec::new();
    for path in found {
        let text = std::fs::read_to_string(&path).expect("a migration");
        let path = path.strip_prefix(&services).expect("a service's");
        let path = path.to_string_lossy();
        for (statement, rule) in breaches(&text) {
            let excuses =
                |(file, part, _): &&(&str, &str, &str)| *file == path && statement.contains(part);
            match unused.iter().position(excuses) {
                Some(at) => drop(unused.remove(at)),
                None => told.push(format!("{path}: {rule}: {statement}")),
            }
        }
    }
    assert!(
        told.is_empty(),
        "the old version would fail:\n  {}",
        told.join("\n  ")
    );
    assert!(unused.is_empty(), "excuses without a breach: {unused:?}");
}

#[test]
fn a_migration_that_takes_away_or_demands_would_be_noticed() {
    for bad in [
        "DROP TABLE lead;",
        "ALTER TABLE lead DROP COLUMN city;",
        "ALTER TABLE lead RENAME TO leads;",
        "ALTER TABLE lead RENAME COLUMN city TO place;",
        "ALTER TABLE lead ALTER COLUMN city TYPE INTEGER;",
        "ALTER TABLE lead ADD COLUMN price BIGINT NOT NULL;",
        "ALTER TABLE lead ALTER COLUMN price SET NOT NULL;",
        "ALTER TABLE lead ADD COLUMN price BIGINT CHECK (price > 0 OR state = 'open');",
        "ALTER TABLE lead ADD CONSTRAINT priced CHECK (price > 0);",
        "ALTER TABLE lead ADD COLUMN price BIGINT UNIQUE;",
        "CREATE UNIQUE INDEX one_call ON lead (call_sid);",
        "DELETE FROM lead WHERE city = '';",
        "-- a comment; with a semicolon\nDROP TABLE lead;",
        "CREATE FUNCTION f() RETURNS trigger AS $$\nBEGIN\n    RETURN NULL;\nEND $$;\nDROP TABLE lead;",
        "CREATE TRIGGER t AFTER INSERT ON lead BEGIN\n    SELECT 1;\nEND;\nDROP TABLE lead;",
    ] {
        assert_eq!(breaches(bad).len(), 1, "{bad}");
    }
    for good in [
        "CREATE TABLE price (id UUID PRIMARY KEY); CREATE UNIQUE INDEX one ON price (id);",
        "ALTER TABLE lead ADD COLUMN price BIGINT;",
        "ALTER TABLE lead ADD COLUMN price BIGINT NOT NULL DEFAULT 0;",
        "CREATE INDEX lead_price ON lead (price); DROP INDEX lead_cost;",
        "UPDATE lead SET price = 0 WHERE price IS NULL;",
        "CREATE TRIGGER t AFTER INSERT ON lead BEGIN\n    DELETE FROM queue;\nEND;",
    ] {
        assert_eq!(breaches(good), [], "{good}");
    }
}
