//! Reads the books.

use chassis::db::{Db, StoreError};

use crate::domain::books::Books;
use crate::domain::judge::RULES_VERSION;
use crate::{FOLLOWER, store};

/// The books as they stand. The parts are read one after the other, so that an entry carried
/// meanwhile may be in one and not yet in another.
pub async fn read(db: &Db) -> Result<Books, StoreError> {
    let mut tx = db.read().await?;
    let (epoch, number) = store::position(&mut tx, FOLLOWER).await?;
    let (conversations, judged) = store::conversations::counts(&mut tx, RULES_VERSION).await?;
    let last_good = store::scans::last_good(&mut tx).await?;
    Ok(Books {
        calls_by_class: store::calls::by_class(&mut tx).await?,
        conversations,
        judged,
        last_good_scan_time: last_good.map(|(_, end)| end),
        open_flags: store::flags::open_by_kind(&mut tx).await?,
        double_registrations: store::calls::double_registrations(&mut tx).await?,
        carried: store::carried_by_kind(&mut tx, &epoch).await?,
        carry_time: store::last_carry_time(&mut tx, &epoch).await?,
        parked: store::parked(&mut tx, FOLLOWER).await?,
        epoch,
        number,
    })
}
