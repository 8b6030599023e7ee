//! ProvisionNumber: makes sure that a site has a number at Twilio whose webhooks point here. What
//! is owned is looked at before anything is bought, again after an unclear answer, and read back
//! at the end.

use std::sync::Arc;

use chassis::db;
use chassis::fault::Violation;

use super::put_number::refused;
use super::{Error, Telephony};
use crate::domain::number::Number;
use crate::domain::phone::E164;
use crate::domain::put::Source;
use crate::domain::site::{self, Site};
use crate::provider::answer::VendorError;
use crate::provider::twilio::OwnedNumber;
use crate::store::{numbers, sites};

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) site_id: String,
    /// Empty for any number of the site's country.
    pub(crate) number_e164: String,
    pub(crate) address_sid: String,
    pub(crate) bundle_sid: String,
    pub(crate) identity_sid: String,
}

pub(crate) struct Provisioned {
    pub(crate) stored: numbers::Stored,
    pub(crate) bought: bool,
}

/// A caller who hears nothing for two seconds gives up, so connecting is short and repeated;
/// answering twice is safe, so a slow answer is asked for again (webhook overrides, never signed).
const VOICE_OVERRIDES: &str = "#ct=2000&rt=5000&rc=2&rp=ct,rt,5xx";
/// Nobody waits for these; a lost one is found by polling.
const STATUS_OVERRIDES: &str = "#rc=5&rp=all";
/// Kinds of number, in the order in which a site is best served.
const KINDS: [&str; 3] = ["Local", "National", "Mobile"];
/// Numbers that are tried when others buy them away.
const TRIES: usize = 5;

pub(crate) async fn provision_number(
    telephony: &Arc<Telephony>,
    wanted: Wanted,
) -> Result<Provisioned, Error> {
    let this = Arc::clone(telephony);
    // A purchase that nobody waits for any more must still be noted.
    let work = chassis::run::spawn(async move { provision(&this, &wanted).await });
    work.await.unwrap_or(Err(Error::Stopped))
}

async fn provision(telephony: &Telephony, wanted: &Wanted) -> Result<Provisioned, Error> {
    if wanted.site_id == site::BENCH {
        return Err(Error::refused(
            "BENCH_HAS_NO_NUMBER",
            "bord-bench never has a number",
        ));
    }
    let (site, known) = read(telephony, wanted).await?;
    let chosen = match wanted.number_e164.as_str() {
        "" => known,
        text => {
            let number = E164::parse(text).map_err(|_| invalid_number())?;
            // Refused before anything is bought (R5).
            let owner = owner(telephony, &number).await?;
            draft(&number, &site)
                .may_stand_at(&site, owner.as_deref())
                .map_err(refused)?;
            Some(number)
        }
    };
    let (owned, bought) = own(telephony, wanted, &site, chosen.as_ref()).await?;
    let number = E164::parse(&owned.e164).map_err(|_| invalid_number())?;
    let owner = owner(telephony, &number).await?;
    draft(&number, &site)
        .may_stand_at(&site, owner.as_deref())
        .map_err(refused)?;
    point_here(telephony, &owned).await?;
    let stored = note(telephony, draft(&number, &site), &owned.sid).await?;
    telephony.refresh_directory().await;
    Ok(Provisioned { stored, bought })
}

fn invalid_number() -> Error {
    let field = Violation {
        field: "number_e164".to_owned(),
        rule: "is not a phone number in E.164 form".to_owned(),
    };
    Error::Refused {
        reason: "INVALID_NUMBER",
        text: "the number cannot be used",
        fields: vec![field],
    }
}

fn draft(number: &E164, site: &Site) -> Number {
    Number {
        e164: number.clone(),
        site_id: site.id.clone(),
        country: site.country.clone(),
        chain_mobile: None,
        chain_carrier: String::new(),
    }
}

/// The site, and the number that it has already.
async fn read(telephony: &Telephony, wanted: &Wanted) -> Result<(Site, Option<E164>), Error> {
    let mut tx = telephony.db.read().await?;
    let site = sites::find(&mut tx, &wanted.site_id).await?;
    let site = site.ok_or(Error::refused("UNKNOWN_SITE", "the site is not known"))?;
    let known = numbers::page(&mut tx, &wanted.site_id, "", 1).await?;
    Ok((
        site.site,
        known.into_iter().next().map(|stored| stored.number.e164),
    ))
}

async fn owner(telephony: &Telephony, number: &E164) -> Result<Option<String>, Error> {
    let mut tx = telephony.db.read().await?;
    let stored = numbers::find(&mut tx, number.as_str()).await?;
    Ok(stored.map(|stored| stored.number.site_id))
}

/// The number at the carrier: the one owned already, else one bought now.
async fn own(
    telephony: &Telephony,
    wanted: &Wanted,
    site: &Site,
    chosen: Option<&E164>,
) -> Result<(OwnedNumber, bool), Error> {
    let name = friendly_name(site);
    let owned = telephony
        .twilio
        .owned_numbers(chosen.map(E164::as_str))
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
        Some(number) => vec![number.as_str().to_owned()],
        None => candidates(telephony, site).await?,
    };
    for candidate in candidates.iter().take(TRIES) {
        if let Some(owned) = buy(telephony, wanted, site, candidate).await? {
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
) -> Result<Option<OwnedNumber>, Error> {
    let name = friendly_name(site);
    let webhooks = webhooks(telephony);
    let mut form = vec![("PhoneNumber", number), ("FriendlyName", name.as_str())];
    form.extend(
        webhooks
            .iter()
            .map(|(field, value)| (*field, value.as_str())),
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

fn webhooks(telephony: &Telephony) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        (
            "VoiceUrl",
            telephony.public_url(&format!("/twilio/voice{VOICE_OVERRIDES}")),
        ),
        ("VoiceMethod", "POST".to_owned()),
        (
            "StatusCallback",
            telephony.public_url(&format!("/twilio/voice/status{STATUS_OVERRIDES}")),
        ),
        ("StatusCallbackMethod", "POST".to_owned()),
        (
            "SmsUrl",
            telephony.public_url(&format!("/twilio/messages/inbound{STATUS_OVERRIDES}")),
        ),
        ("SmsMethod", "POST".to_owned()),
    ];
    if let Some(url) = &telephony.fallback_url {
        fields.push(("VoiceFallbackUrl", url.as_str().to_owned()));
    }
    fields
}

/// Points the number's webhooks here where they do not yet, and reads back.
async fn point_here(telephony: &Telephony, owned: &OwnedNumber) -> Result<(), Error> {
    let fields = webhooks(telephony);
    if wrong(&fields, owned).is_empty() {
        return Ok(());
    }
    let form: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    telephony.twilio.update_number(&owned.sid, &form).await?;
    let read_back = telephony.twilio.owned_number(&owned.sid).await?;
    let wrong = wrong(&fields, &read_back);
    if wrong.is_empty() {
        return Ok(());
    }
    let fields = wrong
        .into_iter()
        .map(|field| Violation {
            field: field.to_owned(),
            rule: "stands differently at the carrier after it was written".to_owned(),
        })
        .collect();
    let text = "the carrier did not take every webhook";
    Err(Error::Refused {
        reason: "READ_BACK_DIFFERS",
        text,
        fields,
    })
}

fn wrong(fields: &[(&'static str, String)], owned: &OwnedNumber) -> Vec<&'static str> {
    fields
        .iter()
        .filter(|(name, value)| match *name {
            "VoiceUrl" => owned.voice_url != *value,
            "StatusCallback" => owned.status_callback != *value,
            "SmsUrl" => owned.sms_url != *value,
            "VoiceFallbackUrl" => owned.voice_fallback_url != *value,
            _ => false,
        })
        .map(|(name, _)| *name)
        .collect()
}

/// Notes the number; what the catalogue declared of it stays.
async fn note(telephony: &Telephony, number: Number, sid: &str) -> Result<numbers::Stored, Error> {
    let (db, sid) = (telephony.db.clone(), sid.to_owned());
    db::unit(async move {
        let mut tx = db.begin().await?;
        let before = numbers::find(&mut tx, number.e164.as_str()).await?;
        let stored = numbers::Stored {
            number: before
                .as_ref()
                .map_or(number, |stored| stored.number.clone()),
            number_sid: Some(sid),
            source: before
                .as_ref()
                .map_or(Source::Operator, |stored| stored.source),
            pause: before.and_then(|stored| stored.pause),
        };
        if !numbers::put(&mut tx, &stored).await? {
            return Err(refused(crate::domain::number::Refused::Taken));
        }
        tx.commit().await?;
        Ok(stored)
    })
    .await
}
