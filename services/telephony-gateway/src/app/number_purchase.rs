//! The purchase of a number at Twilio, which is not idempotent: what is owned is looked at before
//! anything is bought, and again after an unclear answer.

use chassis::fault::Violation;

use super::number_webhooks::webhooks;
use super::provision_number::Wanted;
use super::{Error, Telephony};
use crate::domain::number::Number;
use crate::domain::phone::E164;
use crate::domain::site::Site;
use crate::provider::answer::VendorError;
use crate::provider::numbers::OwnedNumber;

/// Kinds of number, in the order in which a site is best served.
const KINDS: [&str; 3] = ["Local", "National", "Mobile"];

/// Numbers that are tried when others buy them away.
const TRIES: usize = 5;

/// The number at the carrier: the one owned already, else one bought now.
pub(super) async fn own(
    telephony: &Telephony,
    wanted: &Wanted,
    site: &Site,
    chosen: Option<&Number>,
) -> Result<(OwnedNumber, bool), Error> {
    let name = friendly_name(site);
    let owned = telephony
        .twilio
        .owned_numbers(chosen.map(|number| number.e164.as_str()))
        .await?;
    let mine = match chosen {
        Some(_) => owned.into_iter().next(),
        // Bought earlier for this site by a call that did not live to note it.
        None => owned
            .into_iter()
            .find(|number| number.friendly_name == name),
    };
    if let Some(mine) = mine {
        return Ok((mine, false));
    }
    let candidates = match chosen {
        Some(number) => vec![number.e164.as_str().to_owned()],
        None => candidates(telephony, site).await?,
    };
    let fallback_url = chosen.and_then(|number| number.fallback_url.as_deref());
    for candidate in candidates.iter().take(TRIES) {
        if let Some(owned) = buy(telephony, wanted, site, candidate, fallback_url).await? {
            return Ok((owned, true));
        }
    }
    Err(Error::refused(
        "NO_NUMBER_AVAILABLE",
        "the carrier sells no such number now",
    ))
}

async fn candidates(telephony: &Telephony, site: &Site) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    for kind in KINDS {
        let listed = telephony
            .twilio
            .available_numbers(&site.country, kind)
            .await?;
        // What the list calls a country must be the numbering plan's (R5).
        found.extend(listed.into_iter().filter(|number| {
            E164::parse(number)
                .ok()
                .and_then(|n| n.country())
                .as_deref()
                == Some(&site.country)
        }));
        if !found.is_empty() {
            break;
        }
    }
    Ok(found)
}

/// Buys one number; nothing when it is gone. An unclear answer is looked up before anything else.
async fn buy(
    telephony: &Telephony,
    wanted: &Wanted,
    site: &Site,
    number: &str,
    fallback_url: Option<&str>,
) -> Result<Option<OwnedNumber>, Error> {
    let name = friendly_name(site);
    let webhooks = webhooks(telephony, fallback_url);
    let mut form = vec![("PhoneNumber", number), ("FriendlyName", name.as_str())];
    form.extend(
        webhooks
            .iter()
            .map(|(field, value)| (*field, value.as_str()))
            .filter(|(_, value)| !value.is_empty()),
    );
    for (field, sid) in [
        ("AddressSid", &wanted.address_sid),
        ("BundleSid", &wanted.bundle_sid),
        ("IdentitySid", &wanted.identity_sid),
    ] {
        if !sid.is_empty() {
            form.push((field, sid));
        }
    }
    match telephony.twilio.buy_number(&form).await {
        Ok(owned) => Ok(Some(owned)),
        Err(error) if error.is_ambiguous() => {
            let owned = telephony.twilio.owned_numbers(Some(number)).await?;
            // Not there: it was not bought, and the caller may ask again.
            owned
                .into_iter()
                .next()
                .map(Some)
                .ok_or_else(|| error.into())
        }
        Err(error) => match error.code() {
            Some("21422" | "21421" | "21452") => Ok(None),
            Some("21631" | "21649" | "21651") => Err(regulation(&error)),
            _ => Err(error.into()),
        },
    }
}

fn regulation(error: &VendorError) -> Error {
    let (field, rule) = match error.code() {
        Some("21631") => (
            "address_sid",
            "is the address (AD…) that this country asks for",
        ),
        _ => (
            "bundle_sid",
            "is the approved bundle (BU…) that this country asks for",
        ),
    };
    let field = Violation {
        field: field.to_owned(),
        rule: rule.to_owned(),
    };
    Error::Refused {
        reason: "REGULATION_MISSING",
        text: "the country asks for an address or a bundle before it gives a number",
        fields: vec![field],
    }
}

fn friendly_name(site: &Site) -> String {
    format!("bord {}", site.id).chars().take(64).collect()
}
