//! An erasure takes a caller out of every store, and its receipt says what became of each (B10).

/// Whose data go, on whose word.
#[derive(Debug, Clone)]
pub struct Erasure {
    pub phone: Phone,
    pub actor: String,
    /// Finds what would be erased and writes nothing.
    pub dry_run: bool,
}

/// A number in E.164 form; shown masked.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is a phone number in E.164 form, such as +41791112233")]
pub struct InvalidPhone;

impl Phone {
    pub fn parse(text: &str) -> Result<Self, InvalidPhone> {
        let digits = text.trim().strip_prefix('+').ok_or(InvalidPhone)?;
        let sound =
            (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !sound || digits.starts_with('0') {
            return Err(InvalidPhone);
        }
        Ok(Self(format!("+{digits}")))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&chassis::mask::phone(&self.0))
    }
}

/// What the caller's data hang on elsewhere, as lead-service knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hooks {
    pub lead_ids: Vec<String>,
    pub conversation_ids: Vec<String>,
    pub call_sids: Vec<String>,
}

/// What became of one store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// "lead.lead", "elevenlabs.conversations".
    pub store: String,
    pub count: i64,
    /// What is left and why; empty when nothing is.
    pub kept: String,
    /// Whether what is left is still to be erased; false where it stays for good.
    pub due: bool,
    /// Why the store did not answer; empty when it did.
    pub failure: String,
}

/// The lines of a receipt, one for each store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt(pub Vec<Erased>);

impl Receipt {
    /// True when every store answered and nothing is due any more: what stays for good would keep a
    /// repeat from ever ending. A dry run leaves what it finds.
    #[must_use]
    pub fn is_complete(&self, dry_run: bool) -> bool {
        self.0
            .iter()
            .all(|line| !line.due && line.failure.is_empty() && (!dry_run || line.count == 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_in_e164_form_names_a_caller_and_none_is_printed_i25() {
        let phone = Phone::parse(" +41791112233").unwrap();
        assert_eq!(phone.as_str(), "+41791112233");
        assert!(!format!("{phone:?}").contains("1112"));
        for text in [
            "",
            "anonymous",
            "0791112233",
            "+41",
            "+41 79 111 22 33",
            "+0791112233",
        ] {
            assert_eq!(Phone::parse(text), Err(InvalidPhone), "{text}");
        }
    }

    #[test]
    fn a_receipt_is_complete_when_nothing_is_due_and_everybody_answered() {
        let line = |count, kept: &str, due, failure: &str| {
            Receipt(vec![Erased {
                store: "lead.lead".to_owned(),
                count,
                kept: kept.to_owned(),
                due,
                failure: failure.to_owned(),
            }])
        };
        assert!(line(3, "", false, "").is_complete(false));
        assert!(!line(3, "", false, "").is_complete(true));
        assert!(line(0, "", false, "").is_complete(true));
        assert!(!line(3, "1 still to be deleted", true, "").is_complete(false));
        assert!(!line(0, "1 still to be deleted", true, "").is_complete(true));
        assert!(!line(0, "", false, "no answer").is_complete(false));
        assert!(line(0, "the vendor deletes none", false, "").is_complete(false));
    }
}
