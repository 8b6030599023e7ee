//! PutSite: stores a landing page; all its faults are told at once.

use chassis::db::{self, StoreError, Tx};
use chassis::fault::Violations;

use super::{Error, Telephony};
use crate::domain::put::{self, Manner, Outcome};
use crate::domain::site::Site;
use crate::store::sites::{self, Stored};

/// What a Put did, with the fields that changed or are in conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Put {
    pub(crate) outcome: Outcome,
    pub(crate) fields: Vec<&'static str>,
}

impl Put {
    pub(super) fn of(outcome: Outcome, mut fields: Vec<&'static str>, pause_changes: bool) -> Self {
        if pause_changes {
            fields.push("paused");
        }
        Self { outcome, fields }
    }
}

pub(crate) async fn put_site(
    telephony: &Telephony,
    site: Site,
    paused: bool,
    manner: Manner,
) -> Result<Put, Error> {
    let mut found = Violations::new();
    site.check(&mut found);
    found.finish()?;
    let db = telephony.db.clone();
    let put = db::unit(async move {
        let mut tx = db.begin().await?;
        loop {
            if let Some(put) = put_in(&mut tx, &site, paused, manner).await? {
                tx.commit().await?;
                return Ok(put);
            }
            // Somebody else put it between our look and our write: looked at again.
        }
    })
    .await
    .map_err(country_bound)?;
    telephony.refresh_directory().await;
    Ok(put)
}

/// Nothing when a new site was new to somebody else as well.
async fn put_in(
    tx: &mut Tx,
    site: &Site,
    paused: bool,
    manner: Manner,
) -> Result<Option<Put>, StoreError> {
    let before = sites::find(tx, &site.id).await?;
    let fields = before
        .as_ref()
        .map_or_else(Vec::new, |stored| stored.site.changed(site));
    let standing = before.as_ref().and_then(|stored| stored.pause);
    let pause = put::pause(standing, paused, manner.source);
    let pause_changes = before.is_some() && pause != standing;
    let source = before.as_ref().map(|stored| stored.source);
    let outcome = put::outcome(source, &fields, pause_changes, manner);
    let writes = matches!(outcome, Outcome::Created | Outcome::Updated) && !manner.dry_run;
    if writes {
        // A pause alone leaves the content with whom it was.
        let source = source
            .filter(|_| fields.is_empty())
            .unwrap_or(manner.source);
        let stored = Stored {
            site: site.clone(),
            source,
            pause,
        };
        if before.is_some() {
            sites::update(tx, &stored).await?;
        } else if !sites::insert(tx, &stored).await? {
            return Ok(None);
        }
    }
    Ok(Some(Put::of(outcome, fields, pause_changes)))
}

/// The database binds a site's country to that of its numbers (R5).
fn country_bound(error: StoreError) -> Error {
    if error.is_foreign_key_violation() {
        let text = "the site has numbers of its present country, which it cannot leave";
        return Error::refused("COUNTRY_MISMATCH", text);
    }
    error.into()
}
