//! Evidence is one thing learned about a channel: a receipt, an answer, a code, a STOP. It holds the
//! masked form of the address it is about; the address of who wrote is used and not kept.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::channel::{AddressKey, Contact, Kind as ChannelKind};
use super::ids::ProviderId;
use super::proof::Digits;
use super::standing::Sign;

/// Evidence of an older message is not taken: its key may be forgotten by then.
pub const KEPT: TimeDelta = TimeDelta::days(90);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    HardFailure,
    SoftFailure,
    Delivered,
    Answered,
    Code,
    OptedOut,
    OptedIn,
}

impl Kind {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::HardFailure => "hard_failure",
            Self::SoftFailure => "soft_failure",
            Self::Delivered => "delivered",
            Self::Answered => "answered",
            Self::Code => "code",
            Self::OptedOut => "opted_out",
            Self::OptedIn => "opted_in",
        }
    }

    /// Whether it concerns everybody who has the address: carriers keep a STOP by number.
    #[must_use]
    pub fn is_by_address(self) -> bool {
        matches!(self, Self::OptedOut | Self::OptedIn)
    }
}

/// A piece of evidence as it was told.
#[derive(Debug, Clone)]
pub struct Report {
    /// The same key counts once.
    pub evidence_key: String,
    pub kind: Kind,
    pub channel: ChannelKind,
    /// Nobody named: everybody with the address.
    pub provider_id: Option<ProviderId>,
    pub masked_address: String,
    pub address: Option<AddressKey>,
    /// When the message was made, or the reply came.
    pub observe_time: DateTime<Utc>,
    pub reason: String,
    pub code: Option<Digits>,
    pub proof_id: Option<Uuid>,
}

/// The number is not on WhatsApp, or no longer. No word on the phone itself, but a suspicion.
const NOT_ON_WHATSAPP: [&str; 2] = ["TWILIO_63003", "TWILIO_63024"];
/// Unknown, or no longer in service.
const GONE: &str = "TWILIO_30005";

impl Report {
    /// Whether it is about this contact, as it is written now.
    #[must_use]
    pub fn is_about(&self, contact: &Contact) -> bool {
        contact.kind == self.channel
            && match &self.address {
                Some(address) => contact.key() == *address,
                None => contact.masked() == self.masked_address,
            }
    }

    /// What it says about the channel that it names; nothing where a proof decides.
    #[must_use]
    pub fn sign(&self) -> Option<Sign> {
        let failed = matches!(self.kind, Kind::HardFailure | Kind::SoftFailure);
        if failed && self.is_off_whatsapp() {
            return Some(Sign::Wrong);
        }
        Some(match self.kind {
            Kind::HardFailure if self.reason == GONE => Sign::Gone,
            Kind::HardFailure => Sign::Wrong,
            Kind::SoftFailure => Sign::Suspect,
            Kind::Delivered => Sign::Reached,
            Kind::Answered => Sign::Answered,
            Kind::OptedOut => Sign::OptedOut,
            Kind::OptedIn => Sign::OptedIn,
            Kind::Code => return None,
        })
    }

    /// What it says about the SMS channel of the same number.
    #[must_use]
    pub fn sign_for_sms(&self) -> Option<Sign> {
        let failed = matches!(self.kind, Kind::HardFailure | Kind::SoftFailure);
        (failed && self.is_off_whatsapp()).then_some(Sign::Suspect)
    }

    fn is_off_whatsapp(&self) -> bool {
        self.channel == ChannelKind::Whatsapp && NOT_ON_WHATSAPP.contains(&self.reason.as_str())
    }

    /// The cause as it stands with the health.
    #[must_use]
    pub fn cause(&self) -> &str {
        if self.reason.is_empty() {
            self.kind.name()
        } else {
            &self.reason
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(kind: Kind, channel: ChannelKind, reason: &str) -> Report {
        Report {
            evidence_key: "key".to_owned(),
            kind,
            channel,
            provider_id: None,
            masked_address: "+41 79 *** ** 41".to_owned(),
            address: None,
            observe_time: DateTime::UNIX_EPOCH,
            reason: reason.to_owned(),
            code: None,
            proof_id: None,
        }
    }

    /// Twilio fact sheet 3.8.
    #[test]
    fn a_code_of_whatsapp_is_hard_there_and_a_suspicion_for_the_phone() {
        use ChannelKind::{Sms, Whatsapp};
        for reason in NOT_ON_WHATSAPP {
            for kind in [Kind::HardFailure, Kind::SoftFailure] {
                let report = failed(kind, Whatsapp, reason);
                assert_eq!(report.sign(), Some(Sign::Wrong));
                assert_eq!(report.sign_for_sms(), Some(Sign::Suspect));
            }
        }
        let landline = failed(Kind::HardFailure, Sms, "TWILIO_21614");
        assert_eq!(
            (landline.sign(), landline.sign_for_sms()),
            (Some(Sign::Wrong), None)
        );
        assert_eq!(
            failed(Kind::HardFailure, Sms, GONE).sign(),
            Some(Sign::Gone)
        );
        assert_eq!(
            failed(Kind::SoftFailure, Sms, "TWILIO_30003").sign(),
            Some(Sign::Suspect)
        );
        assert_eq!(
            failed(Kind::SoftFailure, Whatsapp, "TWILIO_63032").sign(),
            Some(Sign::Suspect)
        );
    }

    #[test]
    fn evidence_is_about_the_address_as_it_was_written_to() {
        let contact = |address| Contact::new(ChannelKind::Sms, address).unwrap();
        let report = failed(Kind::HardFailure, ChannelKind::Sms, "TWILIO_21211");
        assert!(report.is_about(&contact("+41795530141")));
        assert!(!report.is_about(&contact("+41795530199")));
        let from = Report {
            address: Some(AddressKey::read("+41795530199").unwrap()),
            ..report
        };
        assert!(from.is_about(&contact("+41795530199")));
        assert!(!from.is_about(&contact("+41795530141")));
    }
}
