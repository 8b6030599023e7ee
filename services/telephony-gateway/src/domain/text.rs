//! Texts that people declare: no control characters. NUL cannot be stored, and XML, in which the
//! carrier is answered, knows none of them but tabulators and line ends.

use chassis::fault::Violations;

/// A text of one line.
pub fn check_line(field: &str, text: &str, found: &mut Violations) {
    if text.contains(char::is_control) {
        found.add(field, "holds no control characters and no line ends");
    }
}

/// A text that may have several lines.
pub fn check_lines(field: &str, text: &str, found: &mut Violations) {
    if text.contains(|c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
        found.add(field, "holds no control characters");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_text_of_several_lines_has_line_ends_and_none_has_a_nul() {
        let sound = |check: fn(&str, &str, &mut Violations), text: &str| {
            let mut found = Violations::new();
            check("field", text, &mut found);
            found.finish().is_ok()
        };
        assert!(sound(check_line, "Plombiers Genève") && sound(check_lines, "un\r\n\tdeux"));
        for text in ["a\0", "a\u{1b}[0m", "a\u{7f}", "a\u{85}"] {
            assert!(
                !sound(check_line, text) && !sound(check_lines, text),
                "{text:?}"
            );
        }
        assert!(!sound(check_line, "un\ndeux"));
    }
}
