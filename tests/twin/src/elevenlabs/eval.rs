//! Evaluations of a parameter: anything, exact, a regular expression, or a model's judgement, which
//! the twin stands in for by looking for any longer word of the description.

use serde_json::{Map, Value};

use crate::caller::text::plain;

/// The value at a dotted path.
pub(crate) fn at<'a>(arguments: &'a Map<String, Value>, path: &Value) -> Option<&'a Value> {
    let mut keys = path.as_str().unwrap_or_default().split('.');
    let first = arguments.get(keys.next()?)?;
    keys.try_fold(first, |value, key| value.get(key))
}

/// Whether an evaluation holds for a value.
pub(crate) fn holds(eval: &Value, value: Option<&Value>) -> bool {
    let Some(value) = value else {
        return eval["type"] == "anything";
    };
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    match eval["type"].as_str() {
        Some("exact") => eval["expected_value"].as_str() == Some(text.as_str()),
        Some("regex") => eval["pattern"]
            .as_str()
            .and_then(|pattern| regex::Regex::new(pattern).ok())
            .is_some_and(|pattern| pattern.is_match(&text)),
        Some("llm") => {
            let text = plain(&text);
            !text.is_empty()
                && plain(eval["description"].as_str().unwrap_or_default())
                    .split(|c: char| !c.is_alphanumeric())
                    .filter(|word| word.len() >= 5)
                    .any(|word| text.contains(word.get(..5).unwrap_or(word)))
        }
        _ => true,
    }
}
