//! What the lint must know of a phone number: whether it is one, of which country, and whether
//! it is a landline. The numbering plans are libphonenumber's.

use rlibphonenumber::enums::Region;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, PhoneNumberType};

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Phone {
    /// Not a valid number in E.164 form.
    Invalid,
    OtherCountry,
    Landline,
    /// A mobile, or a kind that may be one.
    Mobile,
}

/// Countries that share one numbering plan with the same kinds of numbers: +44 7911 123456 is
/// Guernsey's and an Englishman's all the same.
const SHARED: [&[&str]; 2] = [&["GB", "GG", "JE", "IM"], &["IT", "VA"]];

pub(super) fn classify(e164: &str, country: &str) -> Phone {
    let Ok(number) = PhoneNumber::parse(e164, None) else {
        return Phone::Invalid;
    };
    if !number.is_valid() || number.format_as(PhoneNumberFormat::E164) != e164 {
        return Phone::Invalid;
    }
    let Some(region) = number.get_region_code() else {
        return Phone::Invalid;
    };
    let is = |code: &str| Region::from_code(code) == Ok(region);
    let shared = || {
        SHARED
            .iter()
            .any(|s| s.contains(&country) && s.iter().any(|code| is(code)))
    };
    if !is(country) && !shared() {
        return Phone::OtherCountry;
    }
    match number.get_type() {
        PhoneNumberType::FixedLine => Phone::Landline,
        _ => Phone::Mobile,
    }
}

pub(super) fn is_country(code: &str) -> bool {
    // Region takes any two letters; a country is one that has a calling code.
    Region::from_code(code).is_ok_and(|region| {
        PHONE_NUMBER_UTIL
            .get_country_code_for_region(region)
            .is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::{Phone, classify};

    #[test]
    fn a_number_is_judged_by_the_numbering_plan_of_its_country() {
        assert_eq!(classify("+41225394512", "CH"), Phone::Landline);
        assert_eq!(classify("+41779503412", "CH"), Phone::Mobile);
        assert_eq!(classify("+33612345678", "CH"), Phone::OtherCountry);
        assert_eq!(classify("+447911123456", "GB"), Phone::Mobile);
        for wrong in [
            "",
            "0225394512",
            "+41 22 539 45 12",
            "+4122539451",
            "+41225394512000",
            "call me",
        ] {
            assert_eq!(classify(wrong, "CH"), Phone::Invalid, "{wrong}");
        }
    }
}
