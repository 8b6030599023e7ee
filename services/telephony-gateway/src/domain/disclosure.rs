//! The disclosure: what the caller hears before the agent joins, that it is an AI and that the
//! call is recorded (D9). At most 6 s of speech, ending in a question so that the caller speaks.

/// Speech runs at about fifteen characters a second; 90 of them fit into 6 s.
pub const MAX_CHARACTERS: usize = 90;

/// Every rule that the text breaks, each with its remedy.
#[must_use]
pub fn faults(text: &str) -> Vec<&'static str> {
    let text = text.trim();
    let mut faults = Vec::new();
    if text.is_empty() {
        faults.push("is required: it says that the caller speaks with an AI and is recorded (D9)");
        return faults;
    }
    if text.chars().count() > MAX_CHARACTERS {
        faults.push("takes longer than 6 s to say: use at most 90 characters (D9)");
    }
    if !text.ends_with('?') {
        faults.push("ends in a question, so that the caller speaks next (D9)");
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disclosure_is_short_and_ends_in_a_question_d9() {
        let good = "Bonjour, je suis l'assistant IA et l'appel est enregistré. Que puis-je faire pour vous ?";
        assert!(faults(good).is_empty());
        assert_eq!(faults("").len(), 1);
        assert_eq!(faults("Bonjour, vous parlez avec une IA.").len(), 1);
        assert_eq!(faults(&"a".repeat(91)).len(), 2);
    }
}
