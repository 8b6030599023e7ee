//! Whether a tool call is proven to come from one of our calls.
//!
//! The token that telephony gave to the call must name the call, the number and the site that the
//! request names. Anything less is kept, as unverified: nothing is lost, nothing dispatched.

use chassis::config::Secret;
use chassis::{clock, token};
use serde::Deserialize;

use crate::domain::knowledge::Knowledge;
use crate::domain::phone::{self, Surroundings};
use crate::domain::site::SiteFacts;

/// What a call token says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CallClaims {
    pub call_sid: String,
    pub site_id: String,
    #[serde(default)]
    pub called_number: String,
    #[serde(default)]
    pub country: String,
    #[serde(default)]
    pub caller: String,
}

/// What the request says of its call.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    pub call_sid: &'a str,
    pub called_number: &'a str,
    pub caller_id: &'a str,
    pub token: &'a str,
}

/// The call behind a tool call, as far as it is known.
#[derive(Debug, Clone)]
pub struct Call {
    pub verified: bool,
    pub site: Option<SiteFacts>,
    pub call_sid: String,
    pub caller_id: String,
}

/// Checks the token and finds the site.
#[must_use]
pub fn call(told: Told<'_>, secrets: &[Secret], known: &Knowledge) -> Call {
    let called = e164(told.called_number);
    if let Some(claims) = claims(told.token, secrets)
        && let Some(site) = agreed(&claims, told, called.as_deref(), known)
    {
        let caller_id = if claims.caller.is_empty() {
            told.caller_id
        } else {
            &claims.caller
        };
        return Call {
            verified: true,
            site: Some(site.clone()),
            caller_id: caller_id.to_owned(),
            call_sid: claims.call_sid,
        };
    }
    Call {
        verified: false,
        site: called
            .and_then(|number| known.site_called(&number))
            .cloned(),
        call_sid: told.call_sid.to_owned(),
        caller_id: told.caller_id.to_owned(),
    }
}

fn claims(token: &str, secrets: &[Secret]) -> Option<CallClaims> {
    token::verify(secrets, "call", token, clock::now()).ok()
}

/// The token's site, if token, request and catalogue agree. What the platform left out of the
/// request contradicts nothing.
fn agreed<'k>(
    claims: &CallClaims,
    told: Told<'_>,
    called: Option<&str>,
    known: &'k Knowledge,
) -> Option<&'k SiteFacts> {
    let site = known.site(&claims.site_id)?;
    let number = e164(&claims.called_number)?;
    let same_call = !claims.call_sid.is_empty()
        && (told.call_sid.is_empty() || told.call_sid == claims.call_sid);
    let same_number = told.called_number.trim().is_empty() || called == Some(number.as_str());
    let same_country = claims.country.is_empty() || claims.country == site.country;
    let same_site = known
        .site_called(&number)
        .is_some_and(|found| found == site);
    (same_call && same_number && same_country && same_site).then_some(site)
}

/// A number of the platform as E.164.
#[must_use]
pub fn e164(number: &str) -> Option<String> {
    let none = std::collections::BTreeSet::new();
    phone::caller(
        number,
        Surroundings {
            country: None,
            ours: &none,
        },
    )
    .or_else(|| Some(number.trim().to_owned()).filter(|number| phone::is_e164(number)))
}
