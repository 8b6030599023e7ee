//! The reading of a statement's text: enough of it to name its span.

use std::borrow::Cow;

/// What a statement does, and to which table: `SELECT` and `lead`.
pub(super) fn reading(text: &str) -> (String, Option<String>) {
    let words = words(text);
    let outside = |wanted: &str| {
        let mut outer = words.iter().filter(|(depth, _)| *depth == 0);
        outer.any(|(_, word)| word.eq_ignore_ascii_case(wanted))
    };
    let first = words.first().map_or("", |(_, word)| *word);
    // A commit stands behind a statement that makes a silent rollback loud.
    let operation: Cow<'_, str> = if outside("COMMIT") {
        "COMMIT".into()
    } else if outside("ROLLBACK") {
        "ROLLBACK".into()
    } else if first.eq_ignore_ascii_case("WITH") {
        let verbs = ["INSERT", "UPDATE", "DELETE"];
        let verb = verbs.into_iter().find(|verb| outside(verb));
        verb.unwrap_or("SELECT").into()
    } else {
        first.to_ascii_uppercase().into()
    };
    let before = match &*operation {
        "SELECT" | "DELETE" => "FROM",
        "INSERT" => "INTO",
        "UPDATE" => "UPDATE",
        _ => return (operation.into_owned(), None),
    };
    let after = |most: usize| {
        let mut pairs = words.windows(2);
        let found = pairs.find_map(|pair| match pair {
            [(depth, word), (_, table)] if word.eq_ignore_ascii_case(before) => {
                (*depth <= most).then_some(*table)
            }
            _ => None,
        });
        found.map(str::to_owned)
    };
    let table = after(0).or_else(|| after(usize::MAX));
    (operation.into_owned(), table)
}

/// The words of a statement, each with the number of brackets around it.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut depth = 0usize;
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')) {
        let (word, tail) = rest.split_at(at);
        if !word.is_empty() {
            found.push((depth, word));
        }
        let mut chars = tail.chars();
        match chars.next() {
            Some('(') => depth += 1,
            Some(')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        rest = chars.as_str();
    }
    if !rest.is_empty() {
        found.push((depth, rest));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::reading;

    #[test]
    fn a_statement_is_named_by_what_it_does_and_to_which_table() {
        for (text, name) in [
            ("SELECT us FROM clock", "SELECT clock"),
            (
                "SELECT EXISTS (SELECT 1 FROM feed WHERE number IS NULL)",
                "SELECT feed",
            ),
            (
                "SELECT (SELECT us FROM clock), id FROM lead l",
                "SELECT lead",
            ),
            ("INSERT INTO lead (id) VALUES ($1)", "INSERT lead"),
            (
                "UPDATE lead SET due_us = (SELECT us FROM clock) + $1",
                "UPDATE lead",
            ),
            (
                "WITH next AS (SELECT id FROM a) UPDATE feed SET n = 1 FROM next",
                "UPDATE feed",
            ),
            ("WITH x AS (SELECT 1) SELECT * FROM y", "SELECT y"),
            ("DELETE FROM alarm WHERE id = $1", "DELETE alarm"),
            ("SELECT 1; COMMIT", "COMMIT"),
            ("BEGIN IMMEDIATE", "BEGIN"),
            ("BEGIN; ROLLBACK", "ROLLBACK"),
        ] {
            let (operation, table) = reading(text);
            let told = [Some(operation), table].into_iter().flatten();
            assert_eq!(told.collect::<Vec<_>>().join(" "), name, "{text}");
        }
    }
}
