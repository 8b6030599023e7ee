//! A number (DID) that we bought and that rings for exactly one site (R4), with the mobile chain
//! in front of it, if any (R9).

use chassis::fault::Violations;

use super::phone::E164;
use super::site::{self, Site};
use super::text;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    pub e164: E164,
    pub site_id: String,
    pub country: String,
    pub chain_mobile: Option<E164>,
    pub chain_carrier: String,
    /// Where its calls go on the day the gateway itself is down.
    pub fallback_url: Option<String>,
}

/// Why a number may not stand at a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the country of the number and that of the site differ")]
    CountryMismatch,
    #[error("another site has this number")]
    Taken,
}

impl Number {
    pub fn check(&self, found: &mut Violations) {
        site::check_country("number.country", &self.country, found);
        if self.site_id == site::BENCH {
            found.add(
                "number.site_id",
                "bord-bench serves tests only and never has a number",
            );
        }
        if self.chain_mobile.as_ref() == Some(&self.e164) {
            found.add(
                "number.chain_mobile_e164",
                "is another number than the one it forwards to",
            );
        }
        text::check_line("number.site_id", &self.site_id, found);
        text::check_line("number.chain_carrier", &self.chain_carrier, found);
        if !self.fallback_url.as_deref().is_none_or(is_static_document) {
            found.add(
                "number.fallback_url",
                "is the https URL of a static document, such as https://example.org/voice.xml",
            );
        }
    }

    /// R5: number, its declared country and its site's country are the same; R4: one site only.
    pub fn may_stand_at(&self, site: &Site, owner: Option<&str>) -> Result<(), Refused> {
        if self.country != site.country
            || self.e164.country().as_deref() != Some(site.country.as_str())
        {
            return Err(Refused::CountryMismatch);
        }
        match owner {
            Some(owner) if owner != self.site_id => Err(Refused::Taken),
            _ => Ok(()),
        }
    }

    #[must_use]
    pub fn changed(&self, other: &Self) -> Vec<&'static str> {
        let Self {
            e164: _,
            site_id,
            country,
            chain_mobile,
            chain_carrier,
            fallback_url,
        } = self;
        let mut names = Vec::new();
        let mut note = |differs: bool, name| {
            if differs {
                names.push(name);
            }
        };
        note(*site_id != other.site_id, "site_id");
        note(*country != other.country, "country");
        note(*chain_mobile != other.chain_mobile, "chain_mobile_e164");
        note(*chain_carrier != other.chain_carrier, "chain_carrier");
        note(*fallback_url != other.fallback_url, "fallback_url");
        names
    }
}

/// Longer URLs are cut or refused on the way.
const LONGEST_URL: usize = 2_000;

/// A URL as it goes to the carrier: it is read back byte by byte, so nothing in it may be written in
/// another way, and whoever serves a static document asks for no password.
fn is_static_document(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic()) && text.len() <= LONGEST_URL;
    plain
        && url::Url::parse(text).is_ok_and(|url| {
            url.scheme() == "https"
                && url.has_host()
                && url.username().is_empty()
                && url.password().is_none()
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::site::tests::plombiers;

    fn number(e164: &str, country: &str) -> Number {
        Number {
            e164: E164::parse(e164).unwrap(),
            site_id: "plombiersgeneve".to_owned(),
            country: country.to_owned(),
            chain_mobile: None,
            chain_carrier: String::new(),
            fallback_url: None,
        }
    }

    #[test]
    fn a_fallback_url_is_a_plain_https_url_or_absent() {
        let faults = |url: &str| {
            let mut found = Violations::new();
            let number = Number {
                fallback_url: Some(url.to_owned()),
                ..number("+41225394512", "CH")
            };
            number.check(&mut found);
            let faults = found.finish().err();
            faults.map_or(0, |f| chassis::fault::Fault::violations(&f).len())
        };
        assert_eq!(faults("https://fallback.example/voice.xml"), 0);
        let long = format!("https://fallback.example/{}", "a".repeat(2_000));
        for bad in [
            "",
            "voice.xml",
            "http://fallback.example/voice.xml",
            "https://user:secret@fallback.example/voice.xml",
            "https://fallback.example/voice xml",
            "https://fallback.example/\0",
            "https://fallback.example/\n",
            long.as_str(),
        ] {
            assert_eq!(faults(bad), 1, "{bad:?}");
        }
    }

    #[test]
    fn a_number_of_another_country_is_refused_r5() {
        let site = plombiers();
        assert_eq!(
            number("+41225394512", "CH").may_stand_at(&site, None),
            Ok(())
        );
        for (e164, country) in [
            ("+33140000000", "CH"),
            ("+41225394512", "FR"),
            ("+33140000000", "FR"),
        ] {
            let refused = number(e164, country).may_stand_at(&site, None);
            assert_eq!(refused, Err(Refused::CountryMismatch), "{e164} {country}");
        }
    }

    #[test]
    fn two_sites_never_share_a_number_r4() {
        let number = number("+41225394512", "CH");
        let site = plombiers();
        assert_eq!(number.may_stand_at(&site, Some("plombiersgeneve")), Ok(()));
        assert_eq!(
            number.may_stand_at(&site, Some("dentistegeneve")),
            Err(Refused::Taken)
        );
    }
}
