//! How long an SMS is as carriers count: 160 characters of their own alphabet (GSM 03.38), 153
//! each where there are several; 70 and 67 as soon as one character is outside of it.

/// The longest text message that we write: two segments of 153, or four of 67.
pub const GSM_LIMIT: usize = 306;
pub const WIDE_LIMIT: usize = 268;

const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// These take two places.
const GSM_EXTENDED: &str = "^{}\\[~]|€\u{c}";

/// Length in the carriers' alphabet, or nothing when the text needs the wide one.
#[must_use]
pub fn gsm_length(text: &str) -> Option<usize> {
    text.chars()
        .map(|c| {
            if GSM.contains(c) {
                Some(1)
            } else {
                GSM_EXTENDED.contains(c).then_some(2)
            }
        })
        .sum()
}

/// A word of ours without the accents that would make a text wide: the name of a language, say.
#[must_use]
pub fn narrow(text: &str) -> String {
    let plain = |c: char| match c {
        'á' | 'â' | 'ã' => 'a',
        'ç' => 'c',
        'ê' | 'ë' => 'e',
        'í' | 'î' | 'ï' => 'i',
        'ó' | 'ô' | 'õ' => 'o',
        'ú' | 'û' => 'u',
        other => other,
    };
    text.chars().map(plain).collect()
}

/// Whether the text is as short as we write.
#[must_use]
pub fn fits(text: &str) -> bool {
    match gsm_length(text) {
        Some(length) => length <= GSM_LIMIT,
        None => text.encode_utf16().count() <= WIDE_LIMIT,
    }
}

/// Segments that the carrier counts, and bills.
#[must_use]
pub fn count(text: &str) -> usize {
    let (length, one, many) = match gsm_length(text) {
        Some(length) => (length, 160, 153),
        None => (text.encode_utf16().count(), 70, 67),
    };
    if length <= one {
        1
    } else {
        length.div_ceil(many)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carriers_count_their_own_alphabet_and_the_wide_one() {
        assert_eq!(count(&"a".repeat(160)), 1);
        assert_eq!(count(&"a".repeat(161)), 2);
        assert_eq!(count(&"a".repeat(306)), 2);
        assert_eq!(count(&"ê".repeat(70)), 1);
        assert_eq!(count(&"ê".repeat(268)), 4);
        assert_eq!(gsm_length("[é]"), Some(5));
        assert_eq!(gsm_length("ç"), None);
        assert!(fits(&"a".repeat(306)) && !fits(&"a".repeat(307)));
        assert!(fits(&"ê".repeat(268)) && !fits(&"ê".repeat(269)));
    }
}
