//! PutNumber: stores a number of a site, with the country rule (R5) and the rule of one site (R4);
//! calls to it are answered at once.

use chassis::db;
use chassis::fault::Violations;

use super::put_site::Put;
use super::{Error, Telephony};
use crate::domain::number::{Number, Refused};
use crate::domain::put::{self, Manner, Outcome};
use crate::store::numbers::{self, Stored};
use crate::store::sites;

pub(crate) async fn put_number(
    telephony: &Telephony,
    number: Number,
    paused: bool,
    manner: Manner,
) -> Result<Put, Error> {
    let mut found = Violations::new();
    number.check(&mut found);
    if telephony.is_ours(number.fallback_url.as_deref()) {
        let rule = "stands outside of what bord runs: it is asked for when the gateway is down";
        found.add("number.fallback_url", rule);
    }
    found.finish()?;
    let db = telephony.db.clone();
    let put = db::unit(async move {
        let mut tx = db.begin().await?;
        let site = sites::find(&mut tx, &number.site_id).await?;
        let before = numbers::find(&mut tx, number.e164.as_str()).await?;
        let owner = before.as_ref().map(|stored| stored.number.site_id.as_str());
        match &site {
            Some(stored) => number.may_stand_at(&stored.site, owner).map_err(refused)?,
            // A dry run of a whole catalogue asks before its sites are stored.
            None if manner.dry_run => {}
            None => {
                return Err(Error::refused(
                    "UNKNOWN_SITE",
                    "the number's site is not known",
                ));
            }
        }
        let fields = before
            .as_ref()
            .map_or_else(Vec::new, |stored| stored.number.changed(&number));
        let standing = before.as_ref().and_then(|stored| stored.pause);
        let pause = put::pause(standing, paused, manner.source);
        let pause_changes = before.is_some() && pause != standing;
        let source = before.as_ref().map(|stored| stored.source);
        let outcome = put::outcome(source, &fields, pause_changes, manner);
        if matches!(outcome, Outcome::Created | Outcome::Updated) && !manner.dry_run {
            let source = source
                .filter(|_| fields.is_empty())
                .unwrap_or(manner.source);
            let stored = Stored {
                number,
                number_sid: None,
                source,
                pause,
            };
            if !numbers::put(&mut tx, &stored).await? {
                // Another site took it between our look and our write.
                return Err(refused(Refused::Taken));
            }
            tx.commit().await?;
        }
        Ok(Put::of(outcome, fields, pause_changes))
    })
    .await?;
    telephony.refresh_directory().await;
    Ok(put)
}

pub(super) fn refused(refused: Refused) -> Error {
    match refused {
        Refused::CountryMismatch => Error::refused(
            "COUNTRY_MISMATCH",
            "the number, its declared country and its site's country differ",
        ),
        Refused::Taken => Error::refused("NUMBER_TAKEN", "another site has this number"),
    }
}
