//! A phone number in E.164 with the country that its numbering plan gives it (R5).
//!
//! Numbers that carriers send as a caller may be no number at all ("anonymous"); `E164::parse`
//! refuses those, and the caller then counts as withheld.

use std::fmt;

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct E164(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a phone number in E.164 form, such as +41225394512")]
pub struct InvalidNumber;

impl E164 {
    pub fn parse(text: &str) -> Result<Self, InvalidNumber> {
        let text = text.trim();
        let digits = text.strip_prefix('+').ok_or(InvalidNumber)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) || !(8..=15).contains(&digits.len()) {
            return Err(InvalidNumber);
        }
        // +266696687 spells ANONYMOUS on a keypad; carriers send it for a withheld number.
        if text == "+266696687" {
            return Err(InvalidNumber);
        }
        let number = PHONE_NUMBER_UTIL
            .parse(text, None)
            .map_err(|_| InvalidNumber)?;
        if !PHONE_NUMBER_UTIL.is_possible_number(&number) {
            return Err(InvalidNumber);
        }
        Ok(Self(number.format_as(PhoneNumberFormat::E164).into_owned()))
    }

    /// ISO 3166-1 alpha-2 of the numbering plan that the number belongs to.
    #[must_use]
    pub fn country(&self) -> Option<String> {
        let number = PHONE_NUMBER_UTIL.parse(&self.0, None).ok()?;
        let region = PHONE_NUMBER_UTIL.get_region_for_number(&number)?;
        let code = format!("{region:?}");
        (code.len() == 2).then_some(code)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&chassis::mask::phone(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_knows_the_country_of_its_numbering_plan_r5() {
        let country = |text: &str| E164::parse(text).unwrap().country();
        assert_eq!(country("+41225394512").as_deref(), Some("CH"));
        assert_eq!(country("+623618497215").as_deref(), Some("ID"));
        assert_eq!(country("+33612345678").as_deref(), Some("FR"));
    }

    #[test]
    fn what_carriers_send_for_a_withheld_caller_is_no_number() {
        for text in [
            "anonymous",
            "",
            "unknown",
            "+266696687",
            "sip:a@b",
            "0225394512",
            "+41",
            "+٤١٢٢٥٣٩٤٥١٢",
        ] {
            assert_eq!(E164::parse(text), Err(InvalidNumber), "{text}");
        }
    }
}
