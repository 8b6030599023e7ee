//! Compares what we set at a vendor with what stands there, field by field.

use std::collections::BTreeMap;

use serde_json::Value;

use super::canonical_json::canonical_json;

/// One field that stands differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub path: String,
    pub wanted: String,
    pub live: String,
}

/// Fields of `set` whose value in `live` is another. Fields that only the vendor knows are not
/// ours to compare; null and absent are the same.
#[must_use]
pub fn differences(set: &Value, live: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    differ(set, live, String::new(), &mut found);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn differ(set: &Value, live: &Value, path: String, found: &mut Vec<Difference>) {
    match set {
        Value::Object(map) => {
            for (key, inner) in map {
                differ(inner, &live[key.as_str()], below(&path, key), found);
            }
        }
        // What we set as absent must not stand there as an object either: a built-in tool that
        // somebody switched on by hand is one (R19).
        Value::Null if is_absent(live) => {}
        _ if same(set, live) => {}
        _ => found.push(difference(path, set, live)),
    }
}

fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(map) => map.values().all(is_absent),
        _ => false,
    }
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

/// Fields outside of `set` that differ between two readings: defaults of the vendor that moved.
#[must_use]
pub fn moved(set: &Value, before: &Value, now: &Value) -> Vec<Difference> {
    let (ours, before, now) = (leaves(set), leaves(before), leaves(now));
    let mut paths: Vec<&String> = before.keys().chain(now.keys()).collect();
    paths.sort();
    paths.dedup();
    let mut found = Vec::new();
    for path in paths {
        if covered(&ours, path) {
            continue;
        }
        let value =
            |of: &BTreeMap<String, &Value>| of.get(path).map_or(Value::Null, |v| (*v).clone());
        let (old, new) = (value(&before), value(&now));
        if !same(&old, &new) {
            found.push(difference(path.clone(), &old, &new));
        }
    }
    found
}

fn covered(ours: &BTreeMap<String, &Value>, path: &str) -> bool {
    // An absent object of ours ("language_detection": null) covers what stands below it.
    ours.keys().any(|own| {
        path == own
            || path
                .strip_prefix(own)
                .is_some_and(|rest| rest.starts_with('.'))
    })
}

fn difference(path: String, wanted: &Value, live: &Value) -> Difference {
    Difference {
        path,
        wanted: canonical_json(wanted),
        live: canonical_json(live),
    }
}

/// Every value that is no object, by its path; an empty object counts as absent.
fn leaves(value: &Value) -> BTreeMap<String, &Value> {
    let mut found = BTreeMap::new();
    collect(value, String::new(), &mut found);
    found
}

fn collect<'a>(value: &'a Value, path: String, found: &mut BTreeMap<String, &'a Value>) {
    if let Value::Object(map) = value {
        for (key, inner) in map {
            collect(inner, below(&path, key), found);
        }
    } else {
        found.insert(path, value);
    }
}

fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let keys = one.keys().chain(other.keys());
            keys.into_iter().all(|key| {
                same(
                    one.get(key).unwrap_or(&Value::Null),
                    other.get(key).unwrap_or(&Value::Null),
                )
            })
        }
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_fields_that_we_set_are_compared_and_numbers_by_value() {
        let set = json!({ "turn": { "initial_wait_time": 3, "off": null }, "ids": ["a"] });
        let live = json!({ "turn": { "initial_wait_time": 3.0, "new": 1 }, "ids": ["a"] });
        assert_eq!(differences(&set, &live), []);
        let drifted =
            json!({ "turn": { "initial_wait_time": 4, "off": { "on": true } }, "ids": ["a", "b"] });
        let paths: Vec<String> = differences(&set, &drifted)
            .into_iter()
            .map(|d| d.path)
            .collect();
        assert_eq!(paths, ["ids", "turn.initial_wait_time", "turn.off"]);
        let blank =
            json!({ "turn": { "initial_wait_time": 3, "off": { "on": null } }, "ids": ["a"] });
        assert_eq!(differences(&set, &blank), []);
    }

    #[test]
    fn defaults_that_moved_are_told_apart_from_drift() {
        let set = json!({ "a": 1 });
        let before = json!({ "a": 1, "b": { "c": 1 }, "d": 1 });
        let now = json!({ "a": 2, "b": { "c": 2 }, "e": [1] });
        let paths: Vec<String> = moved(&set, &before, &now)
            .into_iter()
            .map(|d| d.path)
            .collect();
        assert_eq!(paths, ["b.c", "d", "e"]);
    }
}
