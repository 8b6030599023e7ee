//! Settings are read once, at start, and every fault among them is told at once.
//!
//! Each reader records a fault and returns a stand-in; `finish` then refuses the lot, so nothing
//! of a stand-in is ever used. Values of settings never appear in a fault, since any may be secret.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;
use url::Url;

/// The environment of a process, or a map in its place, with the faults found so far.
#[derive(Clone, Default)]
pub struct Env {
    values: BTreeMap<String, String>,
    faults: Vec<Fault>,
}

impl Env {
    #[must_use]
    pub fn from_process() -> Self {
        let mut env = Self::default();
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else {
                continue;
            };
            // A value that is not UTF-8 is kept with replacement characters, which no parser takes.
            env.values
                .insert(name, value.to_string_lossy().into_owned());
        }
        env
    }

    pub fn from_map<K: Into<String>, V: Into<String>>(
        values: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let values = values
            .into_iter()
            .map(|(k, v)| (k.into(), v.into()))
            .collect();
        Self {
            values,
            faults: Vec::new(),
        }
    }

    /// Sets a variable, for a process that starts services with settings of its own.
    pub fn set(&mut self, name: &str, value: impl Into<String>) -> &mut Self {
        self.values.insert(name.to_owned(), value.into());
        self
    }

    /// The value, or nothing when the variable is absent or blank.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<String> {
        let value = self.values.get(name)?.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }

    pub fn text(&mut self, name: &'static str) -> String {
        self.optional(name).unwrap_or_else(|| {
            self.missing(name);
            String::new()
        })
    }

    #[must_use]
    pub fn text_or(&self, name: &str, default: &str) -> String {
        self.optional(name).unwrap_or_else(|| default.to_owned())
    }

    pub fn secret(&mut self, name: &'static str) -> Secret {
        Secret::new(self.text(name))
    }

    #[must_use]
    pub fn secret_optional(&self, name: &str) -> Option<Secret> {
        self.optional(name).map(Secret::new)
    }

    /// Several values at once, separated by commas: the new one first, the old ones still accepted.
    pub fn secrets(&mut self, name: &'static str) -> Vec<Secret> {
        let values = self.secrets_optional(name);
        if values.is_empty() {
            self.missing(name);
        }
        values
    }

    #[must_use]
    pub fn secrets_optional(&self, name: &str) -> Vec<Secret> {
        let value = self.optional(name).unwrap_or_default();
        let parts = value
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        parts.map(Secret::new).collect()
    }

    pub fn parse<T: FromStr>(&mut self, name: &'static str) -> Option<T> {
        let parsed = self.parse_optional(name);
        if self.optional(name).is_none() {
            self.missing(name);
        }
        parsed
    }

    pub fn parse_or<T: FromStr>(&mut self, name: &'static str, default: T) -> T {
        self.parse_optional(name).unwrap_or(default)
    }

    pub fn parse_optional<T: FromStr>(&mut self, name: &'static str) -> Option<T> {
        let value = self.optional(name)?;
        let parsed = value.parse().ok();
        if parsed.is_none() {
            let kind = std::any::type_name::<T>()
                .rsplit("::")
                .next()
                .unwrap_or("value");
            let remedy = format!("set it to a valid {kind}, or remove it to use the default");
            self.fault(name, "cannot be read", remedy);
        }
        parsed
    }

    /// A whole number of seconds; zero is allowed.
    pub fn seconds_or(&mut self, name: &'static str, default: u32) -> Duration {
        Duration::from_secs(u64::from(self.parse_or(name, default)))
    }

    pub fn url(&mut self, name: &'static str) -> Url {
        let value = self.text(name);
        self.url_from(name, &value)
    }

    pub fn url_or(&mut self, name: &'static str, default: &'static str) -> Url {
        let value = self.text_or(name, default);
        self.url_from(name, &value)
    }

    pub fn url_optional(&mut self, name: &'static str) -> Option<Url> {
        let value = self.optional(name)?;
        Some(self.url_from(name, &value))
    }

    fn url_from(&mut self, name: &'static str, value: &str) -> Url {
        match Url::parse(value) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => return url,
            _ if value.is_empty() => {}
            _ => self.fault(
                name,
                "is not a URL",
                "write it as http(s)://host[:port]".to_owned(),
            ),
        }
        Url::parse("http://invalid.invalid").expect("a constant that parses")
    }

    /// Records a fault that the caller found: two settings that contradict each other, say.
    pub fn fault(&mut self, variable: &'static str, wrong: &'static str, remedy: String) {
        self.faults.push(Fault {
            variable,
            wrong,
            remedy,
        });
    }

    fn missing(&mut self, name: &'static str) {
        self.fault(name, "is missing", "set it in the environment".to_owned());
    }

    /// Refuses to go on while any setting is at fault, and names all of them.
    pub fn finish(&mut self) -> Result<(), Faults> {
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(Faults(std::mem::take(&mut self.faults)))
        }
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Env")
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

/// One setting that cannot be used, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub variable: &'static str,
    pub wrong: &'static str,
    pub remedy: String,
}

/// Every setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} setting(s) cannot be used:", self.0.len())?;
        for Fault {
            variable,
            wrong,
            remedy,
        } in &self.0
        {
            write!(f, "\n  {variable} {wrong}: {remedy}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

/// A value that no log, error or debug output shows.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    pub fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Compares in a time that does not depend on where the two differ.
    #[must_use]
    pub fn matches(&self, candidate: &str) -> bool {
        self.expose().as_bytes().ct_eq(candidate.as_bytes()).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}
