//! The accounts of the books: what things cost, what we owe and are owed, what leads bring in.

use std::fmt;
use std::str::FromStr;

use super::cost::Part;

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Account {
    Cost(Part),
    Payable(Vendor),
    /// What a provider owes us, by its id.
    Receivable(String),
    Flat,
    Commission,
    /// What was taken back of income.
    Credit,
    Bank,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Vendor {
    Twilio,
    ElevenLabs,
    Mailgun,
    DigitalRepublic,
}

impl Vendor {
    const ALL: [Self; 4] = [
        Self::Twilio,
        Self::ElevenLabs,
        Self::Mailgun,
        Self::DigitalRepublic,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Twilio => "twilio",
            Self::ElevenLabs => "elevenlabs",
            Self::Mailgun => "mailgun",
            Self::DigitalRepublic => "digital-republic",
        }
    }
}

/// As the rows spell it: "cost:agent", "receivable:{provider}".
impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cost(part) => write!(f, "cost:{part}"),
            Self::Payable(vendor) => write!(f, "payable:{}", vendor.name()),
            Self::Receivable(provider) => write!(f, "receivable:{provider}"),
            Self::Flat => f.write_str("income:flat"),
            Self::Commission => f.write_str("income:commission"),
            Self::Credit => f.write_str("income:credit"),
            Self::Bank => f.write_str("payment:bank"),
        }
    }
}

/// No account has that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no account has that name")]
pub struct InvalidAccount;

impl FromStr for Account {
    type Err = InvalidAccount;

    fn from_str(name: &str) -> Result<Self, InvalidAccount> {
        match name.split_once(':').ok_or(InvalidAccount)? {
            ("cost", part) => part.parse().map(Self::Cost).map_err(|_| InvalidAccount),
            ("payable", name) => {
                let vendor = Vendor::ALL.into_iter().find(|vendor| vendor.name() == name);
                vendor.map(Self::Payable).ok_or(InvalidAccount)
            }
            ("receivable", provider) if !provider.is_empty() => {
                Ok(Self::Receivable(provider.to_owned()))
            }
            ("income", "flat") => Ok(Self::Flat),
            ("income", "commission") => Ok(Self::Commission),
            ("income", "credit") => Ok(Self::Credit),
            ("payment", "bank") => Ok(Self::Bank),
            _ => Err(InvalidAccount),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_read_as_it_is_written() {
        let mut names: Vec<_> = Part::ALL.map(|part| format!("cost:{part}")).into();
        names.extend(Vendor::ALL.map(|vendor| format!("payable:{}", vendor.name())));
        names.extend(["income:flat", "income:commission", "income:credit"].map(str::to_owned));
        names.extend(["payment:bank", "receivable:dentiste:carouge"].map(str::to_owned));
        for name in names {
            assert_eq!(name.parse::<Account>().unwrap().to_string(), name);
        }
        for name in [
            "",
            "cost",
            "cost:rent",
            "receivable:",
            "income:tips",
            "payable:orange",
        ] {
            assert_eq!(name.parse::<Account>(), Err(InvalidAccount), "{name}");
        }
    }
}
