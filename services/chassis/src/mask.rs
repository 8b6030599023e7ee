//! Masked forms of personal data, the only ones that logs, spans, events and saved answers hold.

/// A phone number as `+41 22 *** ** 12`: calling code, two digits, the last two.
///
/// What is too short to hide anything, or is no number at all, becomes `***`.
#[must_use]
pub fn phone(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    if !number.trim_start().starts_with('+') || digits.len() < 9 {
        return "***".to_owned();
    }
    let (code, rest) = digits.split_at(calling_code_length(&digits));
    format!("+{code} {} *** ** {}", &rest[..2], &rest[rest.len() - 2..])
}

/// An address as `j***@***.ch`.
#[must_use]
pub fn email(address: &str) -> String {
    let Some((local, domain)) = address.rsplit_once('@') else {
        return "***".to_owned();
    };
    let first = local.chars().next().map(String::from).unwrap_or_default();
    let top = domain.rsplit_once('.').map_or("", |(_, top)| top);
    format!("{first}***@***.{top}")
}

/// Calling codes are prefix-free: 1 and 7 stand alone, these tens have three digits, others two.
fn calling_code_length(digits: &str) -> usize {
    const THREE: [&str; 18] = [
        "21", "22", "23", "24", "25", "26", "29", "35", "37", "38", "42", "50", "59", "67", "68",
        "69", "85", "88",
    ];
    const THREE_MORE: [&str; 5] = ["80", "87", "96", "97", "99"];
    let tens = &digits[..2];
    if digits.starts_with(['1', '7']) {
        1
    } else if THREE.contains(&tens) || THREE_MORE.contains(&tens) {
        3
    } else {
        2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_country_and_last_two_digits_only() {
        assert_eq!(phone("+41225394512"), "+41 22 *** ** 12");
        assert_eq!(phone("whatsapp:+41225394512"), "***");
        assert_eq!(phone("+6281234567890"), "+62 81 *** ** 90");
        assert_eq!(phone("+351912345678"), "+351 91 *** ** 78");
        assert_eq!(phone("+1 500 555 0006"), "+1 50 *** ** 06");
        assert_eq!(phone("117"), "***");
        assert_eq!(phone(""), "***");
        assert_eq!(phone("+٤١٢٢٥٣٩٤٥١٢"), "***");
    }

    #[test]
    fn addresses_keep_one_letter_and_the_country() {
        assert_eq!(email("jean.muller@plombier-muller.ch"), "j***@***.ch");
        assert_eq!(email("no address"), "***");
    }
}
