//! The names by which the roster knows its things: providers, categories, cities, countries,
//! languages, leads and their attempts. Each is built by parsing, so a mixed-up one does not
//! compile and a malformed one does not exist.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use super::Invalid;

/// A short name: lower-case letters, digits and hyphens, as the catalogue writes it.
fn slug(text: &str) -> Result<&str, Invalid> {
    let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if text.is_empty() {
        return Err(Invalid::new(
            "is required",
            "give a short name such as fontaine-plomberie",
        ));
    }
    if text.len() > 64 || !text.bytes().all(legal) || text.starts_with('-') || text.ends_with('-') {
        return Err(Invalid::new(
            "is not a short name",
            "use 1 to 64 lower-case letters, digits and hyphens",
        ));
    }
    Ok(text)
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident parsed by $parse:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Invalid;
            fn from_str(text: &str) -> Result<Self, Invalid> {
                $parse(text).map(|text| Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

names! {
    /// A provider's short name: "fontaine-plomberie".
    ProviderId parsed by slug;
    /// A category of service: "plumbing".
    Category parsed by slug;
    /// A city: "geneva".
    City parsed by slug;
    /// ISO 3166-1 alpha-2: "CH".
    Country parsed by country;
    /// BCP 47: "fr", "de-CH".
    Language parsed by language;
    /// ISO 4217: "EUR".
    Currency parsed by currency;
}

fn country(text: &str) -> Result<&str, Invalid> {
    if text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase()) {
        Ok(text)
    } else {
        Err(Invalid::new(
            "is not a country code",
            "use two capital letters of ISO 3166-1, such as CH",
        ))
    }
}

fn language(text: &str) -> Result<&str, Invalid> {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let primary = (2..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_lowercase());
    let rest = parts.all(|part| {
        (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    if primary && rest && text.len() <= 35 {
        Ok(text)
    } else {
        Err(Invalid::new(
            "is not a language",
            "use a BCP 47 tag such as fr or de-CH",
        ))
    }
}

fn currency(text: &str) -> Result<&str, Invalid> {
    if text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()) {
        Ok(text)
    } else {
        Err(Invalid::new(
            "is not a currency code",
            "use three capital letters of ISO 4217, such as EUR",
        ))
    }
}

/// A lead, by the id that lead-service derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeadId(pub Uuid);

impl FromStr for LeadId {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        Uuid::parse_str(text)
            .map(Self)
            .map_err(|_| Invalid::new("is not a lead id", "give the UUID of the lead"))
    }
}

impl fmt::Display for LeadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which try at an owner this is for its lead: 1 and up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attempt(i32);

impl Attempt {
    pub fn new(number: i32) -> Result<Self, Invalid> {
        if number >= 1 {
            Ok(Self(number))
        } else {
            Err(Invalid::new(
                "is below 1",
                "count the attempts of a lead from 1",
            ))
        }
    }

    #[must_use]
    pub fn number(self) -> i32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parsed_strictly() {
        assert!("fontaine-plomberie".parse::<ProviderId>().is_ok());
        for wrong in ["", "Fontaine", "a b", "-a", "a-", "é", &"a".repeat(65)] {
            assert!(wrong.parse::<ProviderId>().is_err(), "{wrong}");
        }
        assert!("CH".parse::<Country>().is_ok());
        assert!("ch".parse::<Country>().is_err());
        assert!("de-CH".parse::<Language>().is_ok());
        assert!("german".parse::<Language>().is_err());
        assert!("EUR".parse::<Currency>().is_ok());
        assert!(Attempt::new(0).is_err());
    }
}
