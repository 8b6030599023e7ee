//! Numbers and chains: each belongs to one site (R4), is of its country (R5) and no mobile of a
//! chain can be mistaken for a DID or a customer (R9, R11).

use crate::catalog::model::{Number, Site};
use crate::catalog::phone::{Phone, classify};

use super::Lint;

pub(super) fn check(lint: &Lint<'_>) {
    let numbers = || lint.catalog.sites.iter().flat_map(|site| &site.numbers);
    let dids = numbers().map(|n| (n.did.as_str(), n.at.field("did")));
    let mobiles = numbers()
        .filter_map(|n| n.chain.as_ref())
        .map(|chain| (chain.mobile.as_str(), chain.at.field("mobile")));
    // DIDs first, so that a mobile that is a DID as well is the one at fault.
    lint.unique("number", "R4", dids.chain(mobiles));
    for site in &lint.catalog.sites {
        if site.at.field("numbers").is_none() && site.numbers.is_empty() {
            continue;
        }
        for number in &site.numbers {
            check_number(lint, site, number);
        }
    }
}

fn check_number(lint: &Lint<'_>, site: &Site, number: &Number) {
    if site.at.field("country").is_none() {
        return;
    }
    let place = number.at.field("did");
    match classify(&number.did, &site.country) {
        Phone::Invalid => {
            let message =
                "`did` is not a phone number in E.164 form: write + and digits, as Twilio shows it";
            lint.report.error(place, "phone", message);
        }
        Phone::OtherCountry => {
            let message = format!(
                "`did` is not a number of {}, the country of its site: buy one there",
                site.country
            );
            lint.report.error(place, "R5", message);
        }
        Phone::Landline | Phone::Mobile => {}
    }
    let Some(chain) = &number.chain else { return };
    let place = chain.at.field("mobile");
    match classify(&chain.mobile, &site.country) {
        Phone::Invalid => {
            let message = "`mobile` is not a phone number in E.164 form: write + and digits";
            lint.report.error(place, "phone", message);
        }
        Phone::OtherCountry => {
            let message = format!(
                "`mobile` is not a number of {}, the country of its site: a chain stays in its country",
                site.country
            );
            lint.report.error(place, "R5", message);
        }
        Phone::Landline => {
            let message = "`mobile` is a landline: a chain begins with a mobile that forwards";
            lint.report.error(place, "R9", message);
        }
        Phone::Mobile => {}
    }
}
