//! Cost lines: one thing that cost something in the world, once.
//!
//! A line is made from a **fact** and the price list, and from nothing else: when either changes,
//! the line is made anew and the books follow. Its worth is the vendor's own figure, or the listed
//! price, or unknown with a reason; unknown is never zero (D4).

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::account::{Account, Vendor};
use super::money::Amount;
use super::month::Month;
use super::price::{Item, Prices};
use super::transfer::{Posting, Wanted};

/// What kind of thing it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    Did,
    Chain,
    Carrier,
    Agent,
    Sms,
    Whatsapp,
    Email,
}

/// Whom a cost belongs to, as far as it is known when it is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Belongs {
    pub site: String,
    pub number: Option<String>,
    pub call: Option<String>,
    pub conversation: Option<String>,
    pub lead: Option<Uuid>,
    pub provider: Option<String>,
    pub agent: Option<String>,
    pub city: Option<String>,
    pub category: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    Month,
    Seconds(u32),
    Credits(u32),
    Segments(u32),
    Message,
}

/// What the vendor told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    NotYet,
    Said {
        /// The vendor's own figure.
        actual: Option<Amount>,
        /// The one to price first stands first; the others serve where it has no price.
        quantities: Vec<Quantity>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub key: String,
    pub part: Part,
    /// When it happened: its price and its rate are those of this day.
    pub at: DateTime<Utc>,
    pub belongs: Belongs,
    /// Whose prices hold, ISO 3166-1 alpha-2.
    pub country: String,
    pub word: Word,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostLine {
    pub key: String,
    pub part: Part,
    pub at: DateTime<Utc>,
    pub belongs: Belongs,
    /// The one that was priced; without a price, the first one told.
    pub quantity: Option<Quantity>,
    pub worth: Worth,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    Known { amount: Amount, source: Source },
    Unknown(Unknown),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The vendor's own figure.
    Actual,
    /// The price list's, by the price from that day.
    Listed { from: NaiveDate },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    NoWordYet,
    NoQuantity,
    NoPrice,
    TooLarge,
}

/// The line of a fact by a price list.
#[must_use]
pub fn line(fact: &Fact, prices: &Prices) -> CostLine {
    let (quantity, worth) = worth(fact, prices);
    CostLine {
        key: fact.key.clone(),
        part: fact.part,
        at: fact.at,
        belongs: fact.belongs.clone(),
        quantity,
        worth,
    }
}

fn worth(fact: &Fact, prices: &Prices) -> (Option<Quantity>, Worth) {
    let Word::Said { actual, quantities } = &fact.word else {
        return (None, Worth::Unknown(Unknown::NoWordYet));
    };
    let first = quantities.first().copied();
    if let Some(amount) = *actual {
        return (
            first,
            Worth::Known {
                amount,
                source: Source::Actual,
            },
        );
    }
    let day = fact.at.date_naive();
    let mut unknown = Unknown::NoQuantity;
    for quantity in quantities {
        let Some((item, times, by)) = measure(fact.part, *quantity) else {
            continue;
        };
        let Some(price) = prices.at(item, &fact.country, day) else {
            unknown = Unknown::NoPrice;
            continue;
        };
        let worth = match price.amount.times(times.into(), by) {
            Ok(amount) => Worth::Known {
                amount,
                source: Source::Listed { from: price.from },
            },
            Err(_) => Worth::Unknown(Unknown::TooLarge),
        };
        return (Some(*quantity), worth);
    }
    (first, Worth::Unknown(unknown))
}

/// The item that prices a quantity of a part, and the fraction of it that is meant.
fn measure(part: Part, quantity: Quantity) -> Option<(Item, u32, i128)> {
    match (part, quantity) {
        (Part::Did, Quantity::Month) => Some((Item::DidMonth, 1, 1)),
        (Part::Chain, Quantity::Month) => Some((Item::ChainMonth, 1, 1)),
        // The carrier counts minutes as they start, the agent's vendor counts seconds.
        (Part::Carrier, Quantity::Seconds(n)) => Some((Item::CarrierMinute, n.div_ceil(60), 1)),
        (Part::Agent, Quantity::Seconds(n)) => Some((Item::AgentMinute, n, 60)),
        (Part::Agent, Quantity::Credits(n)) => Some((Item::AgentCredit, n, 1)),
        (Part::Sms, Quantity::Segments(n)) => Some((Item::Sms, n, 1)),
        (Part::Whatsapp, Quantity::Message) => Some((Item::Whatsapp, 1, 1)),
        (Part::Email, Quantity::Message) => Some((Item::Email, 1, 1)),
        _ => None,
    }
}

/// What a number cost in one calendar month in which it stood (R10, R74).
///
/// It is dated, and so priced, on the month's first day, whenever in the month the number came or
/// went: a price that changes in mid-month counts from the next.
#[must_use]
pub fn monthly(part: Part, number: &str, month: Month, country: &str, belongs: Belongs) -> Fact {
    let item = measure(part, Quantity::Month).map_or("month", |(item, ..)| item.name());
    Fact {
        key: format!("number:{number}:{month}:{item}"),
        part,
        at: month.start(),
        belongs: Belongs {
            number: Some(number.to_owned()),
            ..belongs
        },
        country: country.to_owned(),
        word: Word::Said {
            actual: None,
            quantities: vec![Quantity::Month],
        },
    }
}

impl CostLine {
    #[must_use]
    pub fn amount(&self) -> Option<Amount> {
        match self.worth {
            Worth::Known { amount, .. } => Some(amount),
            Worth::Unknown(_) => None,
        }
    }

    /// What stands for it in the books: nothing while it is unknown.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        let (debit, credit) = (
            Account::Cost(self.part),
            Account::Payable(self.part.vendor()),
        );
        Wanted {
            base: format!("cost:{}", self.key),
            at: self.at,
            posting: self
                .amount()
                .and_then(|amount| Posting::new(debit, credit, amount)),
        }
    }
}

impl Unknown {
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::NoWordYet => "NO_WORD_YET",
            Self::NoQuantity => "NO_QUANTITY",
            Self::NoPrice => "NO_PRICE",
            Self::TooLarge => "TOO_LARGE",
        }
    }
}

impl Part {
    pub const ALL: [Self; 7] = [
        Self::Did,
        Self::Chain,
        Self::Carrier,
        Self::Agent,
        Self::Sms,
        Self::Whatsapp,
        Self::Email,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Did => "did",
            Self::Chain => "chain",
            Self::Carrier => "carrier",
            Self::Agent => "agent",
            Self::Sms => "sms",
            Self::Whatsapp => "whatsapp",
            Self::Email => "email",
        }
    }

    #[must_use]
    pub fn vendor(self) -> Vendor {
        match self {
            Self::Did | Self::Carrier | Self::Sms | Self::Whatsapp => Vendor::Twilio,
            Self::Chain => Vendor::DigitalRepublic,
            Self::Agent => Vendor::ElevenLabs,
            Self::Email => Vendor::Mailgun,
        }
    }

    /// Paid for a number by the month, whether or not anybody calls.
    #[must_use]
    pub fn is_monthly(self) -> bool {
        matches!(self, Self::Did | Self::Chain)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No part has that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no part of a cost has that name")]
pub struct InvalidPart;

impl FromStr for Part {
    type Err = InvalidPart;

    fn from_str(name: &str) -> Result<Self, InvalidPart> {
        let named = Self::ALL.into_iter().find(|part| part.name() == name);
        named.ok_or(InvalidPart)
    }
}
