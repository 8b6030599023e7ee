//! A case: a scenario, mandatory or of the agent's own, as it is played with one agent. Who calls, what
//! for, what the right outcome is, and what the vendor's judge is asked.

use super::speech;

/// Who calls: the same person in every case, so that the tool call can be compared.
pub const CALLER_NAME: &str = "Camille Rochat";
pub const CALLER_PHONE: &str = "+41791234567";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub id: String,
    /// Completes "phoning about".
    pub need: String,
    /// How the caller behaves, in sentences.
    pub manner: String,
    /// The caller's language; none for the agent's own.
    pub language: Option<String>,
    /// Whether a dispatch is the right outcome for this agent.
    pub dispatch_expected: bool,
    /// What the agent must not do besides.
    pub forbidden: Vec<Forbidden>,
    /// Any of these, folded, is the caller's need in the tool call; none: any is.
    pub service_words: Vec<String>,
}

/// What an agent must not do (R27, R59, R60).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forbidden {
    /// Ask for a date of birth.
    Birth,
    /// Tell an address before the dispatch.
    Address,
    /// Say goodbye before the dispatch.
    Closing,
}

impl Forbidden {
    pub const ALL: [Self; 3] = [Self::Birth, Self::Address, Self::Closing];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Birth => "birth",
            Self::Address => "address",
            Self::Closing => "closing",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }

    fn condition(self) -> &'static str {
        match self {
            Self::Birth => "The agent did not ask for a date of birth or an age.",
            Self::Address => {
                "The agent gave no specific address of a clinic or provider before dispatch_lead."
            }
            Self::Closing => "The agent said no goodbye before dispatch_lead.",
        }
    }
}

impl Case {
    /// The caller's language with an agent that speaks `agent_language`.
    #[must_use]
    pub fn caller_language(&self, agent_language: &str) -> String {
        let own = self.language.as_deref().unwrap_or(agent_language);
        speech::primary(own)
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
    pub fn success_conditions(&self) -> Vec<&'static str> {
        let mut conditions = if self.dispatch_expected {
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
        };
        let forbidden = self.forbidden.iter().filter(|rule| {
            // Without a dispatch there is nothing before which a goodbye could come.
            self.dispatch_expected || **rule != Forbidden::Closing
        });
        conditions.extend(forbidden.map(|rule| rule.condition()));
        conditions
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
