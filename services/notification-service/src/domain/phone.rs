//! A phone number as the rules need it: its country, whether it can take a text message, and the
//! form in which people read it. Numbering plans are libphonenumber's.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, PhoneNumberType, Region};

/// A number in E.164 that has a country.
#[derive(Clone, PartialEq)]
pub struct Phone {
    e164: String,
    number: PhoneNumber,
    country: String,
}

impl Phone {
    /// Reads a number with its calling code; nothing where it is no number of any country.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text.starts_with('+') {
            return None;
        }
        let number = PHONE_NUMBER_UTIL.parse(text, None).ok()?;
        let country = country_of(&number)?;
        let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
        Some(Self {
            e164,
            number,
            country,
        })
    }

    #[must_use]
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// ISO 3166-1 alpha-2.
    #[must_use]
    pub fn country(&self) -> &str {
        &self.country
    }

    /// A landline takes no SMS (D11). Where a plan does not tell mobile from fixed, it may.
    #[must_use]
    pub fn may_take_sms(&self) -> bool {
        !matches!(
            self.number.get_type(),
            PhoneNumberType::FixedLine
                | PhoneNumberType::TollFree
                | PhoneNumberType::PremiumRate
                | PhoneNumberType::SharedCost
                | PhoneNumberType::UAN
                | PhoneNumberType::VoiceMail
                | PhoneNumberType::Pager
        )
    }

    /// `+41 79 553 01 41`, as people read and dial it.
    #[must_use]
    pub fn international(&self) -> String {
        self.number
            .format_as(PhoneNumberFormat::International)
            .into_owned()
    }
}

/// Readable form of what may be a number; what is none is shown as it is.
#[must_use]
pub fn readable(text: &str) -> String {
    Phone::parse(text).map_or_else(|| text.trim().to_owned(), |phone| phone.international())
}

/// The country of a number. A number that its plan does not know keeps the country of its calling
/// code where only one country has that code; where several share it, it has none, since a guess
/// could cross a border (R43).
fn country_of(number: &PhoneNumber) -> Option<String> {
    let exact = number.get_region_code();
    let region = match exact {
        Some(region) => region,
        None => {
            let mut regions =
                PHONE_NUMBER_UTIL.get_regions_for_country_calling_code(number.country_code)?;
            let only = regions.next()?;
            if regions.next().is_some() {
                return None;
            }
            only
        }
    };
    if region == Region::World {
        return None;
    }
    Some(home(region.as_region_str().as_str()).to_owned())
}

/// Territories whose numbers are part of a country's own plan: mobile numbers move freely between
/// them, so +44 7911 123456 is "Guernsey" and yet an ordinary British number. Countries that
/// merely share a calling code (+1, +7) stay apart.
fn home(region: &str) -> &str {
    match region {
        "GG" | "JE" | "IM" => "GB",
        "AX" => "FI",
        "SJ" => "NO",
        "CC" | "CX" => "AU",
        "VA" => "IT",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(text: &str) -> Option<String> {
        Phone::parse(text).map(|phone| phone.country().to_owned())
    }

    #[test]
    fn a_number_has_the_country_of_its_plan_not_of_its_prefix() {
        assert_eq!(country("+41795530141").as_deref(), Some("CH"));
        assert_eq!(country("+33612345678").as_deref(), Some("FR"));
        assert_eq!(country("+6281190530141").as_deref(), Some("ID"));
        assert_eq!(country("+447911123456").as_deref(), Some("GB"));
        assert_eq!(country("+12125550123").as_deref(), Some("US"));
        assert_eq!(country("+14165550123").as_deref(), Some("CA"));
        assert_eq!(country("+77012345678").as_deref(), Some("KZ"));
        assert_eq!(country("+393399071420").as_deref(), Some("IT"));
        assert_eq!(country("0791234567"), None);
        assert_eq!(country("+999123"), None);
        assert_eq!(country("anonymous"), None);
    }

    #[test]
    fn every_number_of_the_sample_catalogue_may_take_an_sms() {
        for number in [
            "+41795530141",
            "+41765530252",
            "+41785530363",
            "+34644530141",
            "+393395530141",
            "+6281190530141",
            "+491713920041",
        ] {
            assert!(Phone::parse(number).unwrap().may_take_sms(), "{number}");
        }
    }

    #[test]
    fn a_landline_takes_no_sms_and_an_undivided_plan_may() {
        assert!(!Phone::parse("+41225394512").unwrap().may_take_sms());
        assert!(!Phone::parse("+41800111222").unwrap().may_take_sms());
        assert!(Phone::parse("+12125550123").unwrap().may_take_sms());
    }

    #[test]
    fn people_read_numbers_with_spaces() {
        assert_eq!(readable("+41795530141"), "+41 79 553 01 41");
        assert_eq!(readable("no number"), "no number");
    }
}
