//! Cleaning of what people said before it goes into a message: nothing that a receiver's screen
//! obeys rather than shows (control characters, text direction, line breaks) gets through.

/// One line of visible text of at most `limit` characters. Letters of every script and emoji stay.
#[must_use]
pub fn line(text: &str, limit: usize) -> String {
    let mut clean = String::with_capacity(text.len().min(limit * 4));
    let mut length = 0;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        let word: String = word.chars().filter(|c| !is_invisible(*c)).collect();
        if word.is_empty() {
            continue;
        }
        if length > 0 {
            clean.push(' ');
            length += 1;
        }
        length += word.chars().count();
        clean.push_str(&word);
        if length > limit {
            return shortened(&clean, limit);
        }
    }
    clean
}

/// Several lines, each cleaned, for texts that were written with line breaks.
#[must_use]
pub fn paragraphs(text: &str, limit: usize) -> String {
    let lines: Vec<String> = text.lines().map(|text| line(text, limit)).collect();
    shortened(lines.join("\n").trim(), limit)
}

/// Cut to `limit` characters, the last three of which say that something is missing.
#[must_use]
pub fn shortened(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let kept: String = text.chars().take(limit.saturating_sub(3)).collect();
    format!("{}...", kept.trim_end())
}

/// Characters that change how others are read without being seen: direction marks and overrides,
/// zero-width signs (the joiner stays, since emoji and several scripts need it), tags.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}')
}

/// An email address that can stand in a header: one recipient, nothing that could begin another.
#[must_use]
pub fn is_email(address: &str) -> bool {
    let Some((local, domain)) = address.split_once('@') else {
        return false;
    };
    let plain = |text: &str| {
        !text.is_empty()
            && !text
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || ",;:<>()[]\"\\@".contains(c))
    };
    address.len() <= 254
        && plain(local)
        && plain(domain)
        && !domain.starts_with(['.', '-'])
        && !domain.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_become_one_harmless_line() {
        assert_eq!(line("Anna\r\n\tMeier\u{0}  ", 80), "Anna Meier");
        assert_eq!(line("a\u{202E}txt.exe\u{200B}", 80), "atxt.exe");
        assert_eq!(line("</Say><Dial>", 80), "</Say><Dial>");
        assert_eq!(line("ليلى 🔧 O'Brien", 80), "ليلى 🔧 O'Brien");
        assert_eq!(line("a     b", 80), "a b");
        assert_eq!(line("abcdefghij", 8), "abcde...");
        assert_eq!(line("", 8), "");
    }

    #[test]
    fn an_address_that_smuggles_a_second_one_is_refused() {
        assert!(is_email("jean.muller@plombier.example"));
        assert!(is_email("operator@localhost"));
        for bad in [
            "",
            "a",
            "a@",
            "@b.ch",
            "a@b.ch,c@d.ch",
            "a@b.ch\nBcc: x@y.ch",
            "A <a@b.ch>",
            "a@b@c",
        ] {
            assert!(!is_email(bad), "{bad:?}");
        }
    }
}
