//! The country wall (R43, D5): no message goes to a country other than the source's. Asked when a
//! delivery is planned and again right before it is sent; the schema asks a third time.

use super::delivery::Recipient;
use super::phone::Phone;

/// Why a message is held back.
pub const ABROAD: &str = "COUNTRY_RULE";
/// Why a provider's messages are held back: the provider is of another country (R42).
pub const PROVIDER_ABROAD: &str = "PROVIDER_COUNTRY";

/// The country besides the source's to which this customer's messages may go, if it is the
/// number's own; never for anybody but the customer.
#[must_use]
pub fn allowed_country<'a>(
    recipient: Recipient,
    phone: &Phone,
    source: &str,
    allowed: &'a [String],
) -> Option<&'a str> {
    if recipient != Recipient::Customer || phone.country() == source {
        return None;
    }
    allowed
        .iter()
        .map(String::as_str)
        .find(|country| *country == phone.country())
}

/// Countries as one text that two notices of a lead agree on: " CH FR ", or nothing.
#[must_use]
pub fn list(countries: &[String]) -> String {
    let mut sorted: Vec<&str> = countries.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.is_empty() {
        String::new()
    } else {
        format!(" {} ", sorted.join(" "))
    }
}

/// Whether a list names a country. The schema asks the same.
#[must_use]
pub fn is_listed(list: &str, country: &str) -> bool {
    list.split_whitespace().any(|listed| listed == country)
}

/// Whether a number may be written to from `source`. `allowed` is the one exception, or empty.
#[must_use]
pub fn may_cross(recipient: Recipient, phone: &Phone, source: &str, allowed: &str) -> bool {
    phone.country() == source
        || (recipient == Recipient::Customer && !allowed.is_empty() && phone.country() == allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_customers_number_crosses_and_only_where_the_site_allows_it() {
        let french = Phone::parse("+33612345678").unwrap();
        let allowed = vec!["CH".to_owned(), "FR".to_owned()];
        assert_eq!(
            allowed_country(Recipient::Customer, &french, "CH", &allowed),
            Some("FR")
        );
        assert_eq!(
            allowed_country(Recipient::Provider, &french, "CH", &allowed),
            None
        );
        assert_eq!(
            allowed_country(Recipient::Customer, &french, "CH", &[]),
            None
        );
        assert!(may_cross(Recipient::Customer, &french, "CH", "FR"));
        assert!(!may_cross(Recipient::Customer, &french, "CH", ""));
        assert!(!may_cross(Recipient::Provider, &french, "CH", "FR"));
        assert!(may_cross(Recipient::Provider, &french, "FR", ""));
    }

    #[test]
    fn a_list_of_countries_has_one_form() {
        let codes = ["FR", "CH", "FR"].map(str::to_owned);
        assert_eq!(list(&codes), " CH FR ");
        assert_eq!(list(&[]), "");
        assert!(is_listed(" CH FR ", "FR") && !is_listed(" CH FR ", "IT"));
        assert!(!is_listed("", "") && !is_listed(" CH FR ", "H F"));
    }
}
