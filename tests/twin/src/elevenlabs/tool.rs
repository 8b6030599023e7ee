//! A webhook tool as it stands at the vendor: which of its fields the model fills from what the
//! caller said, which the platform fills, and the variables that it needs for that.

use serde::Serialize;
use serde_json::{Map, Value, json};

/// What the caller said, as the model understood it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Facts {
    pub name: String,
    /// Absent: the number the caller calls from.
    pub phone: Option<String>,
    pub language: String,
    pub service: String,
    pub location: Option<String>,
    pub urgency: Option<String>,
    pub another: bool,
}

impl Facts {
    /// The value for a field, by its name. `Some("")` is what a model gives for a required field
    /// that it knows nothing of.
    pub(crate) fn value(&self, field: &str, caller_id: Option<&str>) -> Option<String> {
        let field = field.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| field.contains(word));
        if has(&["another"]) {
            return self.another.then(|| "true".to_owned());
        }
        if has(&["phone", "callback", "number"]) {
            let known = caller_id
                .filter(|id| id.starts_with('+'))
                .map(str::to_owned);
            return self.phone.clone().or(known);
        }
        if has(&["name"]) {
            return Some(self.name.clone());
        }
        if has(&["lang"]) {
            return Some(self.language.clone());
        }
        if has(&["service", "problem", "need", "category", "trade"]) {
            return Some(self.service.clone());
        }
        if has(&["location", "postcode", "city", "town", "place", "address"]) {
            return self.location.clone();
        }
        if has(&["urgen"]) {
            return self.urgency.clone();
        }
        None
    }
}

/// A tool as it stands at the vendor.
#[derive(Clone, Debug)]
pub(crate) struct Tool {
    pub(crate) id: String,
    pub(crate) config: Value,
    pub(crate) response_mocks: Value,
}

impl Tool {
    pub(crate) fn name(&self) -> &str {
        self.config["name"].as_str().unwrap_or_default()
    }

    fn properties(&self) -> impl Iterator<Item = (&String, &Value)> {
        let schema = &self.config["api_schema"]["request_body_schema"];
        schema["properties"].as_object().into_iter().flatten()
    }

    /// The dynamic variables that a call needs.
    pub(crate) fn variables(&self) -> Vec<String> {
        let body = self
            .properties()
            .filter_map(|(_, property)| property["dynamic_variable"].as_str());
        let headers = self.config["api_schema"]["request_headers"].as_object();
        let headers = headers
            .into_iter()
            .flatten()
            .filter_map(|(_, v)| v["variable_name"].as_str());
        body.chain(headers).map(str::to_owned).collect()
    }

    /// The arguments that the model fills, from the schema's described literals.
    pub(crate) fn arguments(&self, facts: &Facts, caller_id: Option<&str>) -> Map<String, Value> {
        let schema = &self.config["api_schema"]["request_body_schema"];
        let required = |name: &str| {
            schema["required"]
                .as_array()
                .is_some_and(|list| list.iter().any(|item| item == name))
        };
        let mut arguments = Map::new();
        for (name, property) in self.properties() {
            let filled_elsewhere = ["dynamic_variable", "constant_value"]
                .iter()
                .any(|source| !property[*source].is_null());
            if filled_elsewhere || property["is_omitted"] == json!(true) {
                continue;
            }
            let mut value = facts.value(name, caller_id);
            if let Some(allowed) = property["enum"].as_array().filter(|list| !list.is_empty())
                && !value
                    .as_ref()
                    .is_some_and(|value| allowed.iter().any(|item| item == value))
            {
                value = required(name).then(|| allowed[0].as_str().unwrap_or_default().to_owned());
            }
            match value {
                Some(value) => drop(arguments.insert(name.clone(), typed(&value, property))),
                None if required(name) => drop(arguments.insert(name.clone(), json!(""))),
                None => {}
            }
        }
        arguments
    }

    /// The body: the model's arguments, filled variables and constants together.
    pub(crate) fn body(
        &self,
        arguments: &Map<String, Value>,
        variables: &Map<String, Value>,
    ) -> Map<String, Value> {
        let mut body = Map::new();
        for (name, property) in self.properties() {
            if let Some(variable) = property["dynamic_variable"].as_str() {
                let value = variables.get(variable).cloned().unwrap_or_default();
                let text = if value.is_string() {
                    value
                } else {
                    json!(value.to_string())
                };
                body.insert(name.clone(), text);
            } else if !property["constant_value"].is_null() {
                body.insert(name.clone(), property["constant_value"].clone());
            } else if let Some(value) = arguments.get(name) {
                body.insert(name.clone(), value.clone());
            }
        }
        body
    }
}

fn typed(value: &str, property: &Value) -> Value {
    match property["type"].as_str() {
        Some("boolean") => json!(value == "true"),
        Some("integer" | "number") => serde_json::from_str(value).unwrap_or(json!(value)),
        _ => json!(value),
    }
}
