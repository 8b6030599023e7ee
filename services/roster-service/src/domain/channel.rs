//! A channel is one way to tell a provider of a lead: WhatsApp, SMS or email, with its address and
//! its health. Health belongs to the running system; the catalogue declares addresses only.

use std::fmt;

use chassis::mask;

use super::Invalid;
use super::standing::Standing;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Whatsapp,
    Sms,
    Email,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Whatsapp, Self::Sms, Self::Email];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Whatsapp => "whatsapp",
            Self::Sms => "sms",
            Self::Email => "email",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// New or changed: serves, but nothing is proven yet.
    Unproven,
    Proven,
    /// Does not serve until it is proven.
    Quarantined,
    /// The recipient does not want it.
    OptedOut,
}

impl Health {
    pub const ALL: [Self; 4] = [
        Self::Unproven,
        Self::Proven,
        Self::Quarantined,
        Self::OptedOut,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unproven => "unproven",
            Self::Proven => "proven",
            Self::Quarantined => "quarantined",
            Self::OptedOut => "opted_out",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|health| health.name() == name)
    }

    /// Whether the provider can be told by a channel of this health.
    #[must_use]
    pub fn serves(self) -> bool {
        matches!(self, Self::Unproven | Self::Proven)
    }
}

/// Where a provider is reached, as declared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contact {
    pub kind: Kind,
    address: String,
}

impl Contact {
    pub fn new(kind: Kind, address: &str) -> Result<Self, Invalid> {
        match kind {
            Kind::Whatsapp | Kind::Sms if !is_e164(address) => Err(Invalid::new(
                "is not a phone number",
                "write it as E.164, such as +41225394512",
            )),
            Kind::Email if !is_email(address) => Err(Invalid::new(
                "is not an email address",
                "write it as name@host.example",
            )),
            _ => Ok(Self {
                kind,
                address: address.to_owned(),
            }),
        }
    }

    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    #[must_use]
    pub fn key(&self) -> AddressKey {
        AddressKey(self.address.to_lowercase())
    }

    /// The form in which messages show it.
    #[must_use]
    pub fn masked(&self) -> String {
        match self.kind {
            Kind::Whatsapp | Kind::Sms => mask::phone(&self.address),
            Kind::Email => mask::email(&self.address),
        }
    }
}

/// An address as it is compared: a number in E.164, or an email address in small letters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressKey(String);

impl AddressKey {
    /// As carriers and people write it: `whatsapp:+41…`, `0041 79 …`, `Name@Host.example`.
    pub fn read(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let text = text.strip_prefix("whatsapp:").unwrap_or(text);
        if text.contains('@') {
            return Contact::new(Kind::Email, text).map(|contact| contact.key());
        }
        let plain = |c: &char| !matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}');
        let digits: String = text.chars().filter(plain).collect();
        let number = match digits.strip_prefix("00") {
            Some(rest) => format!("+{rest}"),
            None => digits,
        };
        Contact::new(Kind::Sms, &number).map(|contact| contact.key())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn masked(&self) -> String {
        if self.0.contains('@') {
            mask::email(&self.0)
        } else {
            mask::phone(&self.0)
        }
    }
}

impl fmt::Debug for AddressKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else {
        return false;
    };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>,;:\"()[]\\@".contains(c);
    text.len() <= 254
        && !name.is_empty()
        && name.chars().all(plain)
        && host.contains('.')
        && host.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
}

/// A declared contact with its standing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    pub contact: Contact,
    pub standing: Standing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_fit_their_kind() {
        assert!(Contact::new(Kind::Sms, "+41795530141").is_ok());
        for wrong in [
            "079 553 01 41",
            "41795530141",
            "+0795530141",
            "+41",
            "+4179553014a",
        ] {
            assert!(Contact::new(Kind::Whatsapp, wrong).is_err(), "{wrong}");
        }
        assert!(Contact::new(Kind::Email, "pikett@plomberie-du-rhone.example").is_ok());
        for wrong in [
            "pikett",
            "@host.example",
            "a@host",
            "a b@host.example",
            "a@host..example",
        ] {
            assert!(Contact::new(Kind::Email, wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn one_address_has_one_key_however_it_is_written() {
        let key = Contact::new(Kind::Sms, "+41795530141").unwrap().key();
        for text in [
            "+41795530141",
            "whatsapp:+41795530141",
            "0041 79 553 01 41",
            " +41 79 553-01-41",
        ] {
            assert_eq!(AddressKey::read(text).unwrap(), key, "{text}");
        }
        let email = Contact::new(Kind::Email, "Pikett@Rhone.example")
            .unwrap()
            .key();
        assert_eq!(AddressKey::read("pikett@rhone.EXAMPLE").unwrap(), email);
        for wrong in ["", "079 553 01 41", "pikett", "a@b@c.example"] {
            assert!(AddressKey::read(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            format!("{key:?} {email:?}"),
            "+41 79 *** ** 41 p***@***.example"
        );
        assert!(Health::Unproven.serves() && !Health::Quarantined.serves());
    }
}
