//! Canonical JSON: one text for one value, whatever the order of its keys, and the digest that is
//! taken of it.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// JSON with sorted keys and no blanks. Written here, since serde_json keeps the order of insertion
/// as soon as any crate of the build asks for it.
#[must_use]
pub fn canonical_json(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            let fields: Vec<String> = keys
                .into_iter()
                .map(|key| {
                    format!(
                        "{}:{}",
                        Value::from(key.as_str()),
                        canonical_json(&map[key])
                    )
                })
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical_json).collect();
            format!("[{}]", items.join(","))
        }
        other => other.to_string(),
    }
}

#[must_use]
pub fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_json_does_not_depend_on_the_order_of_keys() {
        let one: Value = serde_json::from_str(r#"{"b":[1,{"d":null,"c":"é\n"}],"a":0.5}"#).unwrap();
        assert_eq!(
            canonical_json(&one),
            r#"{"a":0.5,"b":[1,{"c":"é\n","d":null}]}"#
        );
    }
}
