//! The currency in which a country's providers bill.

/// ISO 4217 by ISO 3166-1 alpha-2; the euro where a country is not listed.
#[must_use]
pub fn of(country: &str) -> &'static str {
    match country {
        "CH" | "LI" => "CHF",
        "ID" => "IDR",
        "GB" | "IM" | "JE" | "GG" => "GBP",
        "US" | "EC" | "SV" | "PR" => "USD",
        "CA" => "CAD",
        "AU" => "AUD",
        "NZ" => "NZD",
        "SG" => "SGD",
        "MY" => "MYR",
        "MX" => "MXN",
        "AR" => "ARS",
        "CO" => "COP",
        "CL" => "CLP",
        "PE" => "PEN",
        "SE" => "SEK",
        "NO" => "NOK",
        "DK" => "DKK",
        "PL" => "PLN",
        "CZ" => "CZK",
        "HU" => "HUF",
        _ => "EUR",
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn amounts_are_meant_in_the_providers_country_s_currency() {
        let listed = ["CH", "FR", "DE", "IT", "ES", "ID", "GB"].map(of);
        assert_eq!(listed, ["CHF", "EUR", "EUR", "EUR", "EUR", "IDR", "GBP"]);
    }
}
