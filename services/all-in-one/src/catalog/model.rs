//! What the catalogue says, as values: sites with their numbers and agents, the taxonomy, the
//! roster, the rules of each country and the price list. Every part keeps the lines that it was
//! read from (`at`), so that a rule broken between two files can still name both.

use std::collections::BTreeMap;

use super::breach::Breach;
use super::collection::DataCollection;
use super::document::At;
pub use super::folder::Text;
pub use super::prices::{Expected, LedgerRules, Money, Price, Prices, Rate};
use super::rules::{LeadRules, Retention};

/// Text by language.
pub type ByLanguage<T> = BTreeMap<String, T>;

#[derive(Debug, Clone, Default)]
pub struct Catalog {
    pub operator: Operator,
    pub categories: Vec<Category>,
    pub cities: Vec<City>,
    /// In the order of their ids.
    pub sites: Vec<Site>,
    pub providers: Vec<Provider>,
    pub prices: Prices,
    /// What was found that refuses nothing.
    pub warnings: Vec<Breach>,
}

impl Catalog {
    pub fn category(&self, id: &str) -> Option<&Category> {
        self.categories.iter().find(|category| category.id == id)
    }

    pub fn city(&self, id: &str) -> Option<&City> {
        self.cities.iter().find(|city| city.id == id)
    }

    /// By id or by host name: "geneva-plumbing", "plombiersgeneve.ch".
    pub fn site(&self, name: &str) -> Option<&Site> {
        self.sites
            .iter()
            .find(|site| site.id == name || site.host() == name)
    }

    pub fn voice(&self, agent: &Agent) -> Option<&Voice> {
        self.operator.voices.get(&agent.voice)
    }

    /// The disclosure that a site's callers hear (D9).
    pub fn disclosure(&self, site: &Site) -> Option<&str> {
        let country = self.operator.countries.get(&site.country)?;
        country.disclosure.get(&site.language).map(String::as_str)
    }

    /// Providers of one cell: a category in a city.
    pub fn cell<'c>(
        &'c self,
        category: &'c str,
        city: &'c str,
    ) -> impl Iterator<Item = &'c Provider> {
        let serves = |list: &[String], id: &str| list.iter().any(|each| each == id);
        self.providers
            .iter()
            .filter(move |p| serves(&p.categories, category) && serves(&p.cities, city))
    }
}

/// catalog.toml.
#[derive(Debug, Clone, Default)]
pub struct Operator {
    pub languages: Vec<String>,
    pub countries: BTreeMap<String, Country>,
    pub templates: ByLanguage<Templates>,
    pub voices: BTreeMap<String, Voice>,
    pub retention: Retention,
    pub leads: LeadRules,
    pub at: At,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sms {
    TwoWay,
    /// Nobody can answer (Indonesia, D11).
    OneWay,
    None,
}

/// Senders, channels and disclosures of one country.
#[derive(Debug, Clone)]
pub struct Country {
    pub code: String,
    pub sms: Sms,
    /// Why there is none.
    pub sms_reason: Option<String>,
    pub whatsapp: bool,
    pub sms_from: Option<String>,
    pub whatsapp_from: Option<String>,
    pub disclosure: ByLanguage<String>,
    pub at: At,
    pub disclosure_at: At,
}

/// The WhatsApp templates of one language: name → ContentSid (R46).
#[derive(Debug, Clone)]
pub struct Templates {
    pub content_sids: BTreeMap<String, String>,
    pub at: At,
}

#[derive(Debug, Clone)]
pub struct Voice {
    pub id: String,
    pub name: String,
    pub at: At,
}

#[derive(Debug, Clone)]
pub struct Category {
    pub id: String,
    pub health: bool,
    pub deadline_minutes: DeadlineMinutes,
    pub deadline_at: At,
    pub names: ByLanguage<String>,
    pub synonyms: ByLanguage<Vec<String>>,
    pub at: At,
    pub names_at: At,
    pub synonyms_at: At,
}

/// How long a provider may be silent, by urgency (D8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeadlineMinutes {
    pub emergency: i64,
    pub soon: i64,
    pub flexible: i64,
}

#[derive(Debug, Clone)]
pub struct City {
    pub id: String,
    pub country: String,
    pub names: ByLanguage<String>,
    pub synonyms: Vec<String>,
    pub at: At,
    pub names_at: At,
}

#[derive(Debug, Clone)]
pub struct Site {
    pub id: String,
    pub name: String,
    pub url: String,
    /// Where its numbers' calls go on the day the gateway itself is down: a static document outside.
    pub fallback_url: Option<String>,
    pub country: String,
    /// The language that the agent opens in; one of `languages`.
    pub language: String,
    pub languages: Vec<String>,
    pub timezone: String,
    pub default_category: String,
    pub default_city: String,
    pub categories: Vec<String>,
    pub cities: Vec<String>,
    pub allowed_countries: Vec<String>,
    pub numbers: Vec<Number>,
    pub agent: Option<Agent>,
    pub at: At,
}

impl Site {
    pub fn host(&self) -> &str {
        let rest = self
            .url
            .split_once("://")
            .map_or(self.url.as_str(), |(_, rest)| rest);
        let host = rest.split(['/', '?', '#', ':']).next().unwrap_or(rest);
        host.strip_prefix("www.").unwrap_or(host)
    }

    /// A Swiss .ch site speaks with Eric (R20).
    pub fn is_swiss_ch(&self) -> bool {
        self.country == "CH" && self.host().to_lowercase().ends_with(".ch")
    }
}

#[derive(Debug, Clone)]
pub struct Number {
    pub did: String,
    pub chain: Option<Chain>,
    pub at: At,
}

/// A mobile that forwards to a DID (R9).
#[derive(Debug, Clone)]
pub struct Chain {
    pub mobile: String,
    /// "Digital Republic eSIM" (R10).
    pub carrier: String,
    pub monthly: Option<Money>,
    pub at: At,
}

#[derive(Debug, Clone)]
pub struct Agent {
    pub name: String,
    pub language: String,
    /// Key of a voice in catalog.toml.
    pub voice: String,
    pub llm: String,
    pub dispatch_fidelity: bool,
    pub tools: Vec<String>,
    pub built_in_tools: Vec<String>,
    pub first_message: String,
    pub initial_wait_time: i64,
    pub silence_end_call_timeout: i64,
    pub max_duration_seconds: i64,
    pub prompt: Text,
    pub faq: Text,
    pub data_collection: Option<DataCollection>,
    pub at: At,
}

#[derive(Debug, Clone)]
pub struct Provider {
    pub id: String,
    pub name: String,
    pub country: String,
    pub language: String,
    pub categories: Vec<String>,
    pub cities: Vec<String>,
    /// 1 is asked first (D3).
    pub priority: i64,
    /// Leads held at once.
    pub capacity: i64,
    pub max_per_day: Option<i64>,
    pub timezone: String,
    pub hours: Vec<Window>,
    pub whatsapp: Option<String>,
    pub sms: Option<String>,
    pub email: Option<String>,
    /// Channels that are not possible, each with its reason (R44).
    pub without: BTreeMap<String, String>,
    /// Released only after dispatch (R82).
    pub address: String,
    pub terms: Option<Terms>,
    pub at: At,
}

/// One open window of a week, in minutes from midnight, local time. Monday is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    pub weekday: u8,
    pub open: u16,
    pub close: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Terms {
    /// For each lead, in minor units (R79).
    Flat { minor: i64, currency: String },
    /// Of closed work (R80).
    Percent(i64),
}
