//! ProvisionNumber: makes sure that a site has a number at Twilio whose webhooks point here. What
//! is owned is looked at before anything is bought, again after an unclear answer, and read back
//! at the end.

use std::sync::Arc;

use chassis::db;
use chassis::fault::Violation;

use super::errand::{Errand, alone};
use super::number_purchase::own;
use super::number_webhooks::point_here;
use super::put_number::refused;
use super::{Error, Telephony};
use crate::domain::number::Number;
use crate::domain::phone::E164;
use crate::domain::put::Source;
use crate::domain::site::{self, Site};
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

pub(crate) async fn provision_number(
    telephony: &Arc<Telephony>,
    wanted: Wanted,
) -> Result<Provisioned, Error> {
    let this = Arc::clone(telephony);
    // A purchase that nobody waits for any more must still be noted.
    let work = telephony.beyond_request(async move {
        let provisioning = Box::pin(provision(&this, &wanted));
        alone(&this, Errand::Numbers, provisioning).await
    });
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
            let declared = declared(telephony, &number).await?;
            let draft = draft(&number, &site);
            let owner = declared.as_ref().map(|number| number.site_id.as_str());
            draft.may_stand_at(&site, owner).map_err(refused)?;
            Some(declared.unwrap_or(draft))
        }
    };
    let (owned, bought) = own(telephony, wanted, &site, chosen.as_ref()).await?;
    let number = E164::parse(&owned.e164).map_err(|_| invalid_number())?;
    let owner = declared(telephony, &number).await?.map(|n| n.site_id);
    draft(&number, &site)
        .may_stand_at(&site, owner.as_deref())
        .map_err(refused)?;
    // Noted first: what was bought points here already, and its calls must not be rejected.
    let stored = note(telephony, draft(&number, &site), &owned.sid).await?;
    telephony.refresh_directory().await;
    let fallback_url = stored.number.fallback_url.as_deref();
    point_here(telephony, &owned, fallback_url).await?;
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
        fallback_url: None,
    }
}

/// The site, and the number that it has already.
async fn read(telephony: &Telephony, wanted: &Wanted) -> Result<(Site, Option<Number>), Error> {
    let mut tx = telephony.db.read().await?;
    let site = sites::find(&mut tx, &wanted.site_id).await?;
    let site = site.ok_or(Error::refused("UNKNOWN_SITE", "the site is not known"))?;
    let known = numbers::page(&mut tx, &wanted.site_id, "", 1).await?;
    Ok((
        site.site,
        known.into_iter().next().map(|stored| stored.number),
    ))
}

/// The number as it was declared, whichever site has it.
async fn declared(telephony: &Telephony, number: &E164) -> Result<Option<Number>, Error> {
    let mut tx = telephony.db.read().await?;
    let stored = numbers::find(&mut tx, number.as_str()).await?;
    Ok(stored.map(|stored| stored.number))
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
