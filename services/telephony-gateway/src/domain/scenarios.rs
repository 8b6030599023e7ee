//! The three mandatory scenarios (R63): compiled in, so that nobody who wants a prompt to pass can
//! soften them. Their version is part of the seal. Each states its right outcome for every agent:
//! category served, dispatch once; not served or off-topic, say what the line is for and no more.

use super::speech;

/// Changes whenever a scenario or its judging changes; older runs then seal nothing any more.
pub const VERSION: &str = "2026-11-21.1";

/// Repeats of each scenario that a seal needs, all passing.
pub const MIN_REPEATS: i32 = 5;
pub const MAX_REPEATS: i32 = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scenario {
    pub id: &'static str,
    /// The category that the caller needs; none for an off-topic caller.
    pub category: Option<&'static str>,
    /// The caller's language; none for the agent's own.
    language: Option<&'static str>,
    need: &'static str,
    manner: &'static str,
    /// Any of these, folded, is the caller's need in the tool call.
    pub service_words: &'static [&'static str],
}

/// Who calls: the same person in every scenario, so that the tool call can be compared.
pub const CALLER_NAME: &str = "Camille Rochat";
pub const CALLER_PHONE: &str = "+41791234567";

pub const MANDATORY: [Scenario; 3] = [
    // R64
    Scenario {
        id: "dental-urgency",
        category: Some("dental"),
        language: None,
        need: "a very bad toothache since last night: you want to see a dentist today",
        manner: "You are in pain and in a hurry.",
        service_words: &[
            "dent", "tooth", "teeth", "zahn", "gigi", "muela", "diente", "molar", "rage",
        ],
    },
    // R65
    Scenario {
        id: "off-topic",
        category: None,
        language: None,
        need: "to order a pizza for tonight, nothing else",
        manner: "You insist once, then you ask what this line is for and accept the answer.",
        service_words: &[],
    },
    // R66
    Scenario {
        id: "plumbing-french",
        category: Some("plumbing"),
        language: Some("fr"),
        need: "a water leak under the kitchen sink (une fuite d'eau sous l'évier): you need a plumber",
        manner: "You are calm and answer briefly.",
        service_words: &[
            "fuite",
            "eau",
            "evier",
            "plomb",
            "leak",
            "sink",
            "plumb",
            "water",
            "wasser",
            "spule",
            "leck",
            "sanitar",
            "klempner",
            "acqua",
            "lavandino",
            "perdita",
            "idraulic",
            "agua",
            "fuga",
            "fregadero",
            "fontaner",
            "air",
            "bocor",
            "ledeng",
            "wastafel",
        ],
    },
];

impl Scenario {
    /// The scenario of this id.
    #[must_use]
    pub fn by_id(id: &str) -> Option<&'static Self> {
        MANDATORY.iter().find(|scenario| scenario.id == id)
    }

    /// Whether a dispatch is the right outcome for an agent that serves these categories.
    #[must_use]
    pub fn dispatch_expected(&self, served: &[String]) -> bool {
        self.category
            .is_some_and(|wanted| served.iter().any(|category| category == wanted))
    }

    /// The caller's language with an agent that speaks `agent_language`.
    #[must_use]
    pub fn caller_language(&self, agent_language: &str) -> String {
        self.language
            .map_or_else(|| speech::primary(agent_language), str::to_owned)
    }

    /// Persona and goal of the simulated caller.
    #[must_use]
    pub fn persona(&self, agent_language: &str) -> String {
        let language = self.caller_language(agent_language);
        let Self { need, manner, .. } = self;
        format!(
            "You are {CALLER_NAME}, phoning about {need}. Your name is {CALLER_NAME}. Your phone \
             number is {CALLER_PHONE}; say it when you are asked which number to call back. Speak \
             {} ({language}) only. {manner} When you are asked where you are, name the main town \
             that this line covers; if you do not know it, ask which town they cover and say that \
             you are in the middle of it. Give each detail only when asked. When the agent has \
             passed your request on, or has told you that it cannot help, thank it and stop.",
            language_name(&language),
        )
    }

    /// What the vendor's judge is asked, besides our own reading of the tool calls.
    #[must_use]
    pub fn success_conditions(&self, dispatch_expected: bool) -> Vec<&'static str> {
        if dispatch_expected {
            vec![
                "The agent called dispatch_lead exactly once, before it said goodbye.",
                "The agent told the caller that the request was passed on only after dispatch_lead \
                 had answered.",
            ]
        } else {
            vec![
                "The agent told the caller what this site does.",
                "The agent did not call dispatch_lead and did not promise a call back, a visit or a \
                 provider.",
            ]
        }
    }

    /// What the mocked tool answers.
    #[must_use]
    pub fn mock_result(&self, agent_language: &str) -> String {
        let say = match self.caller_language(agent_language).as_str() {
            "fr" => "C'est transmis. Vous serez rappelé sous peu.",
            "de" => "Das ist weitergegeben. Sie werden in Kürze zurückgerufen.",
            "it" => "La richiesta è trasmessa. Sarà richiamato a breve.",
            "id" => "Permintaan sudah diteruskan. Anda akan segera dihubungi.",
            "es" => "La solicitud está transmitida. Le llamarán en breve.",
            _ => "Your request has been passed on. You will be called back shortly.",
        };
        serde_json::json!({
            "ok": true,
            "lead_id": "00000000-0000-5000-8000-000000000000",
            "status": "assigned",
            "say": say,
        })
        .to_string()
    }
}

fn language_name(language: &str) -> &'static str {
    match language {
        "fr" => "French",
        "de" => "German",
        "it" => "Italian",
        "id" => "Indonesian",
        "es" => "Spanish",
        _ => "English",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_outcome_follows_the_categories_that_an_agent_serves_r64_r65_r66() {
        let served = |scenario: &str, categories: &[&str]| {
            let categories: Vec<String> = categories.iter().map(|c| (*c).to_owned()).collect();
            Scenario::by_id(scenario)
                .unwrap()
                .dispatch_expected(&categories)
        };
        assert!(served("plumbing-french", &["plumbing"]));
        assert!(!served("plumbing-french", &["dental"]));
        assert!(served("dental-urgency", &["plumbing", "dental"]));
        assert!(!served("off-topic", &["plumbing", "dental"]));
    }

    #[test]
    fn callers_speak_the_agents_language_except_for_french_plumbing() {
        let language = |scenario: &str| Scenario::by_id(scenario).unwrap().caller_language("de-CH");
        assert_eq!(language("dental-urgency"), "de");
        assert_eq!(language("plumbing-french"), "fr");
        assert!(
            MANDATORY[2]
                .persona("de")
                .contains("Speak French (fr) only.")
        );
    }
}
