//! The enumerations of requests: a value of ours, or a recorded fault.

use chassis::fault::Violations;
use contracts::notification::v1 as wire;

use crate::domain::delivery::{Channel, Recipient};

/// A channel that must be named.
pub(super) fn channel(faults: &mut Violations, field: &str, kind: i32) -> Option<Channel> {
    let channel = match wire::ChannelKind::try_from(kind) {
        Ok(wire::ChannelKind::Whatsapp) => Some(Channel::Whatsapp),
        Ok(wire::ChannelKind::Sms) => Some(Channel::Sms),
        Ok(wire::ChannelKind::Email) => Some(Channel::Email),
        Ok(wire::ChannelKind::Unspecified) | Err(_) => None,
    };
    if channel.is_none() {
        faults.add(field, "is required, one of the kinds of channel");
    }
    channel
}

/// A kind of recipient, or none where it may be left open.
pub(super) fn recipient(faults: &mut Violations, field: &str, kind: i32) -> Option<Recipient> {
    match wire::RecipientKind::try_from(kind) {
        Ok(wire::RecipientKind::Unspecified) => None,
        Ok(wire::RecipientKind::Provider) => Some(Recipient::Provider),
        Ok(wire::RecipientKind::Customer) => Some(Recipient::Customer),
        Ok(wire::RecipientKind::Operator) => Some(Recipient::Operator),
        Err(_) => {
            faults.add(field, "is no kind of recipient");
            None
        }
    }
}
