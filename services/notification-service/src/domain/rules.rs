//! Channel rules: what can be sent in which country, from which sender, in which languages and
//! under which approved templates. Declared by the catalogue (D11).

use super::delivery::Template;

/// Senders of one country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountryRules {
    pub country: String,
    /// E.164; empty: SMS is not possible there.
    pub sms_from: String,
    /// E.164; empty: WhatsApp is not possible there.
    pub whatsapp_from: String,
    pub two_way_sms: bool,
}

/// One approved WhatsApp template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatsappTemplate {
    pub template: String,
    pub language: String,
    pub content_sid: String,
}

/// All rules; `version` grows with every change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    pub version: i64,
    pub countries: Vec<CountryRules>,
    pub templates: Vec<WhatsappTemplate>,
    /// The first serves where a language is unknown.
    pub languages: Vec<String>,
    /// So many days after it was made a message loses its address and text.
    pub message_retention_days: i64,
}

impl Rules {
    #[must_use]
    pub fn country(&self, country: &str) -> Option<&CountryRules> {
        self.countries.iter().find(|rules| rules.country == country)
    }

    /// The approved content of a template in the first of `languages` that has one, with that
    /// language: what the receiver sees must be in the language that was approved.
    #[must_use]
    pub fn content(&self, template: Template, languages: &[&str]) -> Option<(&str, &str)> {
        let first = self.languages.first().map(String::as_str);
        languages.iter().copied().chain(first).find_map(|language| {
            let found = self.templates.iter().find(|candidate| {
                candidate.template == template.name() && candidate.language == language
            })?;
            Some((found.content_sid.as_str(), found.language.as_str()))
        })
    }

    /// Puts the lists into one order, so that equal declarations compare equal.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.countries.sort_by(|a, b| a.country.cmp(&b.country));
        self.templates
            .sort_by(|a, b| (&a.template, &a.language).cmp(&(&b.template, &b.language)));
        self
    }
}
