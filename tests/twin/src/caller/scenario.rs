//! Scenarios: who calls and what for. A scenario becomes a caller when it meets an agent, whose
//! language it then speaks and whose trade it asks for, where it has none of its own.

use serde::{Deserialize, Serialize};

use super::lines::{Lang, Lines, lines, with};
use super::text::place_in;
use super::trade::{is_off_topic, trade, trade_of};

/// A need with explicit fields; what is absent comes from the agent's language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Need {
    pub service: String,
    #[serde(default)]
    pub location: Option<String>,
    #[serde(default)]
    pub name: Option<String>,
    /// The number the caller says; absent: the one they call from.
    #[serde(default)]
    pub phone: Option<String>,
    /// BCP 47.
    #[serde(default)]
    pub language: Option<String>,
    /// `emergency`, `soon` or `flexible`.
    #[serde(default)]
    pub urgency: Option<String>,
    /// A second, different need named in the same call.
    #[serde(default)]
    pub another: Option<String>,
}

/// What kind of call it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scenario {
    /// A leak in Carouge, in French.
    #[default]
    PlumbingFrench,
    /// A bad toothache, in the agent's language.
    DentalUrgency,
    /// Somebody who wants a pizza.
    OffTopic,
    /// Hangs up after the agent's first words.
    SpamHangup,
    /// Tennis lessons, in English.
    TennisEnglish,
    /// A need of the agent's trade with a withheld number; the caller says one.
    Anonymous,
    /// Two different needs in one call: the agent's trade, then a locksmith.
    TwoNeeds,
    /// The caller does not say where, until asked.
    MissingLocation,
    /// The agent's connection fails; the caller leaves a message.
    Voicemail,
    /// The agent's connection fails; the caller says nothing.
    VoicemailSilence,
    /// Explicit fields.
    Need(Need),
}

/// The names that `from_name` knows, `need` apart.
pub const SCENARIOS: [&str; 10] = [
    "plumbing-french",
    "dental-urgency",
    "off-topic",
    "spam-hangup",
    "tennis-english",
    "anonymous",
    "two-needs",
    "missing-location",
    "voicemail",
    "voicemail-silence",
];

impl Scenario {
    /// The scenario of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::PlumbingFrench => SCENARIOS[0],
            Self::DentalUrgency => SCENARIOS[1],
            Self::OffTopic => SCENARIOS[2],
            Self::SpamHangup => SCENARIOS[3],
            Self::TennisEnglish => SCENARIOS[4],
            Self::Anonymous => SCENARIOS[5],
            Self::TwoNeeds => SCENARIOS[6],
            Self::MissingLocation => SCENARIOS[7],
            Self::Voicemail => SCENARIOS[8],
            Self::VoicemailSilence => SCENARIOS[9],
            Self::Need(_) => "need",
        }
    }

    /// Whether the agent's connection is to fail, so that the caller gets the fallback.
    pub(crate) fn agent_fails(&self) -> bool {
        matches!(self, Self::Voicemail | Self::VoicemailSilence)
    }
}

/// A need as the caller holds it.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    /// What the agent passes as the service.
    pub(crate) service: String,
    /// What the caller says.
    pub(crate) spoken: String,
    /// Absent while the caller keeps it to themselves.
    pub(crate) place: Option<String>,
    pub(crate) urgency: Option<String>,
}

/// The caller of one conversation.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) lang: Lang,
    pub(crate) name: String,
    /// The number that the caller says; absent: the one they call from.
    pub(crate) phone: Option<String>,
    pub(crate) place: String,
    pub(crate) opening: String,
    pub(crate) wishes: Vec<Wish>,
    pub(crate) off_topic: bool,
    pub(crate) hangs_up: bool,
}

impl Caller {
    pub(crate) fn lines(&self) -> &'static Lines {
        lines(self.lang)
    }

    /// The message that the caller leaves on a voicemail.
    pub(crate) fn message(&self) -> String {
        let [hello, have, at, please] = self.lines().voicemail;
        let spoken = self.wishes.first().map_or("", |wish| wish.spoken.as_str());
        format!(
            "{hello}{}{have}{spoken}{at}{}{please}",
            self.name, self.place
        )
    }
}

pub(super) fn wish(id: &str, lang: Lang, place: Option<&str>, urgency: &str) -> Wish {
    let trade = trade(id);
    let spoken = trade.map_or("", |trade| trade.need(lang));
    Wish {
        service: trade.map_or_else(String::new, |t| format!("{} ({spoken})", t.name(lang))),
        spoken: spoken.to_owned(),
        place: place.map(str::to_owned),
        urgency: Some(urgency.to_owned()),
    }
}

/// Makes the caller of a scenario for an agent with that prompt and language.
pub(crate) fn caller(scenario: &Scenario, prompt: &str, agent: Lang, from: &str) -> Caller {
    let lang = match scenario {
        Scenario::PlumbingFrench => Lang::Fr,
        Scenario::TennisEnglish => Lang::En,
        Scenario::Need(need) => need.language.as_deref().map_or(agent, Lang::of),
        _ => agent,
    };
    let place = match scenario {
        Scenario::PlumbingFrench => "Carouge",
        _ => place_in(prompt).unwrap_or("Carouge"),
    };
    let own = trade_of(prompt).map_or("plumbing", |trade| trade.id);
    let said = Some(place);
    let text = lines(lang);
    let mut caller = Caller {
        lang,
        name: text.name.to_owned(),
        phone: None,
        place: place.to_owned(),
        opening: String::new(),
        wishes: Vec::new(),
        off_topic: false,
        hangs_up: false,
    };
    match scenario {
        Scenario::PlumbingFrench => caller
            .wishes
            .push(wish("plumbing", lang, said, "emergency")),
        Scenario::DentalUrgency => caller.wishes.push(wish("dental", lang, said, "emergency")),
        Scenario::TennisEnglish => caller.wishes.push(wish("tennis", lang, said, "flexible")),
        Scenario::OffTopic => {
            caller.off_topic = true;
            caller.wishes.push(off_topic(text, said));
        }
        Scenario::TwoNeeds => {
            let second = if own == "locksmith" {
                "plumbing"
            } else {
                "locksmith"
            };
            caller.wishes.push(wish(own, lang, said, "emergency"));
            caller.wishes.push(wish(second, lang, said, "soon"));
        }
        Scenario::MissingLocation => caller.wishes.push(wish(own, lang, None, "soon")),
        Scenario::SpamHangup => {
            caller.hangs_up = true;
            caller.wishes.push(wish(own, lang, said, "soon"));
        }
        Scenario::Anonymous => {
            caller.phone = Some("+41 79 555 01 77".to_owned());
            caller.wishes.push(wish(own, lang, said, "soon"));
        }
        Scenario::Voicemail | Scenario::VoicemailSilence => {
            caller.wishes.push(wish(own, lang, said, "soon"));
        }
        Scenario::Need(need) => explicit(&mut caller, need),
    }
    if from == "anonymous" && caller.phone.is_none() {
        caller.phone = Some("+41 79 555 01 77".to_owned());
    }
    let first = caller
        .wishes
        .first()
        .map_or("", |wish| wish.spoken.as_str());
    caller.opening = if caller.off_topic {
        text.off_topic.to_owned()
    } else {
        with(text.opening, first)
    };
    caller
}

pub(super) fn off_topic(text: &Lines, place: Option<&str>) -> Wish {
    Wish {
        service: text.off_topic_wish.to_owned(),
        spoken: text.off_topic_wish.to_owned(),
        place: place.map(str::to_owned),
        urgency: None,
    }
}

fn explicit(caller: &mut Caller, need: &Need) {
    let make = |service: &str| Wish {
        service: service.to_owned(),
        spoken: service.to_owned(),
        place: need
            .location
            .clone()
            .or_else(|| Some(caller.place.clone()))
            .filter(|p| !p.is_empty()),
        urgency: need.urgency.clone(),
    };
    caller.wishes = std::iter::once(make(&need.service))
        .chain(need.another.as_deref().map(make))
        .collect();
    caller.off_topic = is_off_topic(&need.service) && trade_of(&need.service).is_none();
    if let Some(place) = need.location.clone().filter(|place| !place.is_empty()) {
        caller.place = place;
    }
    if let Some(name) = &need.name {
        caller.name.clone_from(name);
    }
    caller.phone.clone_from(&need.phone);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_scenario_reads_back() {
        for name in SCENARIOS {
            assert_eq!(Scenario::from_name(name).unwrap().name(), name);
        }
    }
}
