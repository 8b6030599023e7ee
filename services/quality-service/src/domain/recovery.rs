//! What a lost lead is made of again (B3): the tool call as the vendor logged it, or the five fields
//! that its data collection drew. Whatever is missing is named, never guessed.

use serde_json::Value;

use super::conversation::Conversation;

/// From where the fields come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    ToolExecution,
    DataCollection,
}

/// A need as the tool call would have carried it. Personal; held in memory only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Need {
    pub customer_name: String,
    pub phone: String,
    pub language: String,
    pub service: String,
    pub location: String,
    pub urgency: String,
    pub another_need: String,
    pub caller_id: String,
    pub called_number: String,
    pub agent_id: String,
}

/// A tool call as the vendor logged it.
#[derive(Debug, Clone)]
pub struct Execution {
    pub conversation_id: String,
    pub failed: bool,
    pub arguments: String,
    pub result: String,
}

/// The five fields of R30.
const FIELDS: [&str; 5] = ["customer_name", "phone", "language", "service", "location"];

impl Need {
    /// Reads the body of a tool call; nothing when it is no JSON object.
    #[must_use]
    pub fn of_tool_call(arguments: &str) -> Option<Self> {
        let body: Value = serde_json::from_str(arguments).ok()?;
        body.as_object()?;
        let text = |name: &str| match &body[name] {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Bool(said) => said.to_string(),
            _ => String::new(),
        };
        Some(Self {
            customer_name: text("customer_name"),
            phone: text("phone"),
            language: text("language"),
            service: text("service"),
            location: text("location"),
            urgency: text("urgency"),
            another_need: text("another_need"),
            caller_id: text("caller_id"),
            called_number: text("called_number"),
            agent_id: text("agent_id"),
        })
    }

    /// The five fields of the data collection.
    #[must_use]
    pub fn of_collection(conversation: &Conversation) -> Self {
        let text = |id: &str| conversation.collected(id).unwrap_or_default().to_owned();
        Self {
            customer_name: text("customer_name"),
            phone: text("phone"),
            language: text("language"),
            service: text("service"),
            location: text("location"),
            ..Self::default()
        }
    }

    /// Fields of R30 that are empty; the caller's own number stands for the phone.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let phone = if self.phone.is_empty() {
            &self.caller_id
        } else {
            &self.phone
        };
        let values = [
            &self.customer_name,
            phone,
            &self.language,
            &self.service,
            &self.location,
        ];
        let fields = FIELDS.into_iter().zip(values);
        fields
            .filter(|(_, value)| value.is_empty())
            .map(|(name, _)| name)
            .collect()
    }
}

/// The needs that a conversation's tool calls carried, each once, in order: the vendor's log first,
/// what the transcript shows where the log has nothing.
#[must_use]
pub fn needs(conversation: &Conversation, logged: &[Execution]) -> Vec<Need> {
    let mine = logged.iter();
    let mine = mine.filter(|execution| execution.conversation_id == conversation.id);
    let mut needs = distinct(mine.filter_map(|e| Need::of_tool_call(&e.arguments)));
    if needs.is_empty() {
        let said = conversation.dispatches();
        needs = distinct(said.filter_map(|tool| Need::of_tool_call(&tool.arguments)));
    }
    needs
}

/// A first need that was told again, in other words or with more of its fields, is one need: the
/// fullest of its tellings counts (D12).
fn distinct(told: impl Iterator<Item = Need>) -> Vec<Need> {
    let mut first: Option<Need> = None;
    let mut others: Vec<Need> = Vec::new();
    for need in told {
        if need.another_need == "true" {
            if !others.contains(&need) {
                others.push(need);
            }
        } else if first
            .as_ref()
            .is_none_or(|known| need.missing().len() <= known.missing().len())
        {
            first = Some(need);
        }
    }
    first.into_iter().chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(location: &str, another: bool) -> String {
        serde_json::json!({
            "customer_name": "Nadia Favre", "phone": "", "caller_id": "+41791234567",
            "language": "fr", "service": "fuite d'eau", "location": location,
            "another_need": if another { "true" } else { "false" },
        })
        .to_string()
    }

    fn logged(arguments: String) -> Execution {
        Execution {
            conversation_id: "conv_1".to_owned(),
            failed: true,
            arguments,
            result: String::new(),
        }
    }

    fn conversation() -> Conversation {
        Conversation {
            id: "conv_1".to_owned(),
            ..Conversation::default()
        }
    }

    #[test]
    fn the_vendors_log_gives_back_each_need_once_d12() {
        let log = [
            logged(body("", false)),
            logged(body("Carouge", false)),
            logged(body("Carouge", true)),
            logged(body("Carouge", true)),
        ];
        let needs = needs(&conversation(), &log);
        assert_eq!(needs.len(), 2);
        assert_eq!(needs[0].location, "Carouge");
        assert_eq!(
            needs[0].missing(),
            Vec::<&str>::new(),
            "the caller's number stands for the phone"
        );
        assert_eq!(needs[1].another_need, "true");
    }

    #[test]
    fn what_is_missing_is_named_and_never_guessed_b3() {
        let mut conversation = conversation();
        let mut set = |id: &str, value: &str| {
            conversation
                .collected
                .insert(id.to_owned(), value.to_owned());
        };
        set("customer_name", "Nadia Favre");
        set("service", "fuite d'eau");
        let need = Need::of_collection(&conversation);
        assert_eq!(need.missing(), ["phone", "language", "location"]);
    }

    #[test]
    fn a_log_of_other_conversations_or_without_json_gives_nothing() {
        let mut other = logged(body("Carouge", false));
        other.conversation_id = "conv_2".to_owned();
        assert!(needs(&conversation(), &[other, logged("no json".to_owned())]).is_empty());
    }
}
