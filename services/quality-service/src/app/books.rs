//! Reads the books.

use chassis::db::{Db, StoreError};

use crate::domain::books::Books;
use crate::{FOLLOWER, store};

/// The books as they stand. The parts are read one after the other, so that an entry carried
/// meanwhile may be in one and not yet in another.
pub async fn read(db: &Db) -> Result<Books, StoreError> {
    let mut tx = db.read().await?;
    let (epoch, number) = store::position(&mut tx, FOLLOWER).await?;
    Ok(Books {
        carried: store::carried_by_kind(&mut tx, &epoch).await?,
        carry_time: store::last_carry_time(&mut tx, &epoch).await?,
        parked: store::parked(&mut tx, FOLLOWER).await?,
        epoch,
        number,
    })
}
