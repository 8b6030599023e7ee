//! A need as the agent's tool call carries it: the customer's words, not yet understood.

use std::fmt;
use std::str::FromStr;

/// Longest text that is kept of one argument; more is noise, and is cut, never refused.
const LONGEST: usize = 500;

/// The arguments that the model fills; what the platform fills stands beside them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Need {
    pub customer_name: String,
    pub phone: String,
    pub language: String,
    pub service: String,
    pub location: String,
    pub urgency: String,
    pub another_need: bool,
}

/// One of the five that a lead needs (R30), in the order in which they are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Service,
    Location,
    CustomerName,
    Phone,
    Language,
}

impl Field {
    pub const ALL: [Self; 5] = [
        Self::Service,
        Self::Location,
        Self::CustomerName,
        Self::Phone,
        Self::Language,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Location => "location",
            Self::CustomerName => "customer_name",
            Self::Phone => "phone",
            Self::Language => "language",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How soon the customer needs help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    Emergency,
    Soon,
    Flexible,
}

impl Urgency {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Emergency => "emergency",
            Self::Soon => "soon",
            Self::Flexible => "flexible",
        }
    }
}

/// Anything else counts as not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotSaid;

impl FromStr for Urgency {
    type Err = NotSaid;

    fn from_str(said: &str) -> Result<Self, NotSaid> {
        let said = said.trim().to_ascii_lowercase();
        [Self::Emergency, Self::Soon, Self::Flexible]
            .into_iter()
            .find(|urgency| urgency.name() == said)
            .ok_or(NotSaid)
    }
}

/// Text as it may be stored: no control characters, single spaces, bounded.
#[must_use]
pub fn clean(text: &str) -> String {
    let mut cleaned = String::new();
    for word in text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
    {
        if !cleaned.is_empty() {
            cleaned.push(' ');
        }
        cleaned.push_str(word);
    }
    match cleaned.char_indices().nth(LONGEST) {
        Some((end, _)) => cleaned[..end].trim_end().to_owned(),
        None => cleaned,
    }
}

impl Need {
    /// The arguments that make two tool calls the same question (I3).
    #[must_use]
    pub fn parts(&self) -> [&str; 7] {
        let another = if self.another_need { "true" } else { "" };
        [
            &self.customer_name,
            &self.phone,
            &self.language,
            &self.service,
            &self.location,
            &self.urgency,
            another,
        ]
    }

    /// Names of the arguments in which `later` says something else; an empty one says nothing.
    #[must_use]
    pub fn changes(&self, later: &Self) -> Vec<&'static str> {
        let names = [
            "customer_name",
            "phone",
            "language",
            "service",
            "location",
            "urgency",
            "another_need",
        ];
        let pairs = self.parts().into_iter().zip(later.parts());
        let changed = pairs
            .zip(names)
            .filter(|((old, new), _)| !new.is_empty() && old != new);
        changed.map(|(_, name)| name).collect()
    }

    /// This need with everything that `later` says; what it leaves out stays.
    #[must_use]
    pub fn merged(&self, later: &Self) -> Self {
        let pick = |old: &String, new: &String| if new.is_empty() { old } else { new }.clone();
        Self {
            customer_name: pick(&self.customer_name, &later.customer_name),
            phone: pick(&self.phone, &later.phone),
            language: pick(&self.language, &later.language),
            service: pick(&self.service, &later.service),
            location: pick(&self.location, &later.location),
            urgency: pick(&self.urgency, &later.urgency),
            another_need: self.another_need,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_unknown_urgency_counts_as_not_said() {
        assert_eq!(" Emergency ".parse(), Ok(Urgency::Emergency));
        assert_eq!("asap".parse::<Urgency>(), Err(NotSaid));
    }

    proptest! {
        #[test]
        fn cleaning_never_panics_and_is_idempotent(text in any::<String>()) {
            let once = clean(&text);
            prop_assert!(!once.contains('\0') && once.chars().count() <= LONGEST);
            prop_assert_eq!(clean(&once), once.clone());
        }
    }
}
