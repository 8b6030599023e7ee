//! A provider as the operator sees it: what it holds, whether it gets leads and if not why, and how
//! each of its channels is. Addresses are masked.

use chassis::mask;
use contracts::roster::v1 as roster;
use serde_json::{Value, json};

use crate::terminal::Table;
use crate::words;

pub(super) fn table(providers: &[roster::Provider]) -> Table {
    let mut table = Table::new(&[
        "PROVIDER",
        "COUNTRY",
        "HELD",
        "SERVES",
        "LAST LEAD",
        "CHANNELS",
    ]);
    for one in providers {
        table.row([
            one.provider_id.clone(),
            one.country.clone(),
            format!("{}/{}", one.held, one.capacity),
            serves(one),
            words::time(one.last_assign_time.as_ref()),
            one.channels
                .iter()
                .map(channel)
                .collect::<Vec<_>>()
                .join("; "),
        ]);
    }
    table
}

/// "yes", or what keeps it from a lead.
fn serves(provider: &roster::Provider) -> String {
    if provider.paused {
        let by = match provider.pause_actor.as_str() {
            "" => String::new(),
            who => format!(" by {who}"),
        };
        return format!("no: paused{by}");
    }
    if provider.channels.iter().all(is_out) {
        return "no: no channel".to_owned();
    }
    if provider.held >= provider.capacity {
        return "no: full".to_owned();
    }
    "yes".to_owned()
}

/// Out of use until it is proven, or until its recipient wants it again (B4).
#[must_use]
pub fn is_out(channel: &roster::Channel) -> bool {
    use roster::ChannelHealth as H;
    matches!(channel.health(), H::Quarantined | H::OptedOut)
}

/// "SMS quarantined since 2026-…Z (TWILIO_21211)".
#[must_use]
pub fn channel(channel: &roster::Channel) -> String {
    let mut text = format!(
        "{} {}",
        words::roster_channel(channel.kind),
        words::channel_health(channel.health)
    );
    if is_out(channel) {
        text.push_str(&format!(
            " since {}",
            words::time(channel.health_time.as_ref())
        ));
        if !channel.health_cause.is_empty() {
            text.push_str(&format!(" ({})", channel.health_cause));
        }
    }
    text
}

pub(super) fn as_json(provider: &roster::Provider) -> Value {
    let channels: Vec<_> = provider
        .channels
        .iter()
        .map(|c| {
            let address = match c.kind() {
                roster::ChannelKind::Email => mask::email(&c.address),
                _ => mask::phone(&c.address),
            };
            json!({
                "kind": words::roster_channel(c.kind).to_lowercase(), "address": address,
                "health": words::channel_health(c.health),
                "health_time": words::time(c.health_time.as_ref()), "health_cause": c.health_cause,
            })
        })
        .collect();
    json!({
        "provider_id": provider.provider_id, "name": provider.name, "country": provider.country,
        "language": provider.language, "categories": provider.categories, "cities": provider.cities,
        "priority": provider.priority, "held": provider.held, "capacity": provider.capacity,
        "max_per_day": provider.max_per_day, "paused": provider.paused,
        "pause_actor": provider.pause_actor, "serves": serves(provider) == "yes",
        "last_assign_time": words::time(provider.last_assign_time.as_ref()), "channels": channels,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use roster::{ChannelHealth as Health, ChannelKind};

    fn one(kind: ChannelKind, health: Health) -> roster::Channel {
        roster::Channel {
            kind: kind.into(),
            address: "+41795530141".into(),
            health: health.into(),
            health_time: Some(prost_types::Timestamp {
                seconds: 1_795_253_436,
                nanos: 0,
            }),
            health_cause: "TWILIO_21211".into(),
        }
    }

    fn provider(channels: Vec<roster::Channel>) -> roster::Provider {
        roster::Provider {
            provider_id: "plomberie".into(),
            country: "CH".into(),
            capacity: 6,
            held: 2,
            channels,
            ..Default::default()
        }
    }

    /// B4: a quarantined channel shows since when and why, and no address is shown whole.
    #[test]
    fn a_provider_is_shown_with_its_channels_and_what_keeps_it_from_a_lead() {
        let sms = one(ChannelKind::Sms, Health::Quarantined);
        let whatsapp = one(ChannelKind::Whatsapp, Health::Proven);
        let shown = table(&[provider(vec![whatsapp, sms.clone()])]).lines();
        assert_eq!(
            shown[1],
            "plomberie  CH       2/6   yes     -          WhatsApp proven; SMS quarantined since \
             2026-11-21T09:30:36Z (TWILIO_21211)"
        );
        let out = provider(vec![sms]);
        assert_eq!(serves(&out), "no: no channel");
        let json = as_json(&out);
        assert_eq!(json["channels"][0]["kind"], "sms");
        assert_eq!(json["serves"], false);
        assert!(!json.to_string().contains("+41795530141"), "{json}");
        let mut paused = provider(vec![one(ChannelKind::Sms, Health::Proven)]);
        paused.paused = true;
        paused.pause_actor = "operator:ana".into();
        assert_eq!(serves(&paused), "no: paused by operator:ana");
        paused.paused = false;
        paused.held = 6;
        assert_eq!(serves(&paused), "no: full");
    }
}
