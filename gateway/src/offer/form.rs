//! What a provider sends from the page: first as it was typed, then as an answer, or with the fault
//! of each field.

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;

use super::money;
use super::words::FaultWords;
use crate::body::{self, Pieces};
use crate::problem::Problem;
use crate::twilio::form::Form;

/// Longest reason, in characters.
pub const REASON_MOST: usize = 500;
/// Longest amount that is read at all.
const AMOUNT_MOST: usize = 40;
/// Currencies offered besides the offer's own; each has hundredths (ISO 4217).
const CURRENCIES: [&str; 5] = ["CHF", "EUR", "USD", "GBP", "IDR"];
const FORM: &str = "application/x-www-form-urlencoded";

/// The fields as they came, kept to be shown again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    pub action: String,
    pub reason: String,
    pub amount: String,
    pub currency: String,
}

/// What a provider says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Accept,
    Decline { reason: String },
    Won { amount_minor: i64, currency: String },
    Lost { reason: String },
}

/// The fault of each field, in the reader's language; none where it is good.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    pub action: Option<&'static str>,
    pub reason: Option<&'static str>,
    pub amount: Option<&'static str>,
    pub currency: Option<&'static str>,
}

impl Faults {
    /// The faults with the ids of their fields, in the order of the page.
    #[must_use]
    pub fn listed(&self) -> Vec<(&'static str, &'static str)> {
        [
            ("answers", self.action),
            ("amount", self.amount),
            ("currency", self.currency),
            ("reason", self.reason),
        ]
        .into_iter()
        .filter_map(|(field, fault)| fault.map(|fault| (field, fault)))
        .collect()
    }

    /// The faults that lead-service found, by the ends of its fields' names.
    #[must_use]
    pub fn of(problem: &Problem, words: &'static FaultWords) -> Self {
        let at = |name: &str| {
            let mut errors = problem.errors.iter();
            errors.any(|error| error.field.ends_with(name))
        };
        let faults = Self {
            action: None,
            reason: at("reason").then_some(words.reason_missing),
            amount: at("amount_minor").then_some(words.amount_unreadable),
            currency: at("currency").then_some(words.currency),
        };
        if faults == Self::default() {
            Self {
                action: Some(words.changed),
                ..faults
            }
        } else {
            faults
        }
    }
}

/// The currencies to choose from, the offer's own first.
#[must_use]
pub fn currencies(own: &str) -> Vec<&str> {
    let others = CURRENCIES.into_iter().filter(|other| *other != own);
    std::iter::once(own)
        .filter(|own| !own.is_empty())
        .chain(others)
        .collect()
}

impl Typed {
    /// Reads the form under its limits.
    pub async fn read(headers: &HeaderMap, body: Body) -> Result<Self, Problem> {
        let media_type = headers.get(CONTENT_TYPE);
        let media_type = media_type
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .unwrap_or_default();
        if !media_type.trim().eq_ignore_ascii_case(FORM) {
            return Err(Problem::unsupported_type(FORM));
        }
        let body = Pieces::of(headers, body, body::PAGE)?.all().await?;
        let form = Form::decode(&body).map_err(|_| {
            Problem::bad_body("FORM_TOO_LONG", "The form has more fields than the page.")
        })?;
        let mut fields = form.fields();
        let typed = Self {
            action: clean(&fields.text("action")),
            reason: clean(&fields.text("reason")),
            amount: clean(&fields.text("amount")),
            currency: clean(&fields.text("currency")),
        };
        fields.finish()?;
        Ok(typed)
    }

    /// The fields as a form sends them, to send them once more.
    #[must_use]
    pub fn fields(&self) -> [(&'static str, &str); 4] {
        [
            ("action", &self.action),
            ("reason", &self.reason),
            ("amount", &self.amount),
            ("currency", &self.currency),
        ]
    }

    /// The answer, or every fault at its field. `own` is the offer's currency.
    pub fn understand(&self, own: &str, words: &'static FaultWords) -> Result<Answer, Faults> {
        let mut faults = Faults::default();
        let answer = match self.action.as_str() {
            "accept" => Answer::Accept,
            "decline" => {
                faults.reason = self.long_reason(words);
                let reason = self.reason.clone();
                Answer::Decline { reason }
            }
            "won" => {
                let currency = currencies(own).into_iter().find(|c| *c == self.currency);
                if currency.is_none() {
                    faults.currency = Some(words.currency);
                }
                let amount = self.amount(currency.unwrap_or(own));
                faults.amount = amount.err().map(|fault| match fault {
                    money::Fault::Missing => words.amount_missing,
                    money::Fault::Unreadable => words.amount_unreadable,
                    money::Fault::Zero => words.amount_zero,
                    money::Fault::TooLarge => words.amount_too_large,
                });
                Answer::Won {
                    amount_minor: amount.unwrap_or(0),
                    currency: self.currency.clone(),
                }
            }
            "lost" => {
                let missing = self.reason.is_empty().then_some(words.reason_missing);
                faults.reason = missing.or(self.long_reason(words));
                let reason = self.reason.clone();
                Answer::Lost { reason }
            }
            _ => {
                faults.action = Some(words.action);
                Answer::Accept
            }
        };
        if faults == Faults::default() {
            Ok(answer)
        } else {
            Err(faults)
        }
    }

    fn amount(&self, currency: &str) -> Result<i64, money::Fault> {
        if self.amount.len() > AMOUNT_MOST {
            return Err(money::Fault::TooLarge);
        }
        money::parse(&self.amount, currency)
    }

    fn long_reason(&self, words: &'static FaultWords) -> Option<&'static str> {
        (self.reason.chars().count() > REASON_MOST).then_some(words.reason_too_long)
    }
}

/// Browsers send line ends as CR LF; other control characters are nothing that a person types.
fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = text
        .chars()
        .filter(|c| *c == '\n' || !c.is_control())
        .collect();
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::words::Words;
    use super::*;
    use crate::language::Language;

    fn words() -> &'static FaultWords {
        &Words::of(Language::English).faults
    }

    fn typed(action: &str, reason: &str, amount: &str, currency: &str) -> Typed {
        Typed {
            action: action.to_owned(),
            reason: clean(reason),
            amount: amount.to_owned(),
            currency: currency.to_owned(),
        }
    }

    #[test]
    fn each_action_becomes_an_answer() {
        let understand = |typed: Typed| typed.understand("CHF", words()).unwrap();
        assert_eq!(understand(typed("accept", "", "", "")), Answer::Accept);
        let reason = "en vacances\nbis Montag".to_owned();
        let declined = typed("decline", " en vacances\r\nbis\u{0} Montag ", "", "");
        assert_eq!(understand(declined), Answer::Decline { reason });
        let won = Answer::Won {
            amount_minor: 120_050,
            currency: "EUR".to_owned(),
        };
        assert_eq!(understand(typed("won", "", "1.200,50", "EUR")), won);
    }

    #[test]
    fn every_fault_stands_at_its_field() {
        let faults = |typed: Typed| typed.understand("CHF", words()).unwrap_err();
        let both = faults(typed("won", "", "viel", "XXX"));
        assert_eq!(both.amount, Some(words().amount_unreadable));
        assert_eq!(both.currency, Some(words().currency));
        assert_eq!(both.listed().len(), 2);
        let long = "x".repeat(REASON_MOST + 1);
        assert_eq!(
            faults(typed("decline", &long, "", "")).reason,
            Some(words().reason_too_long)
        );
        assert_eq!(
            faults(typed("lost", " \n", "", "")).reason,
            Some(words().reason_missing)
        );
        assert_eq!(faults(typed("", "", "", "")).action, Some(words().action));
    }

    #[test]
    fn the_offers_own_currency_is_the_first_and_stands_once() {
        assert_eq!(currencies("EUR"), ["EUR", "CHF", "USD", "GBP", "IDR"]);
        assert_eq!(currencies("SEK")[0], "SEK");
        assert_eq!(currencies("").len(), 5);
    }
}
