//! PutPriceList: the list is replaced as a whole; what is priced otherwise by it is priced anew in
//! the background.

use std::sync::Arc;

use chassis::db;

use crate::app::Leads;
use crate::app::error::Failure;
use crate::domain::ledger::price_list::PriceList;
use crate::store::ledger::prices;

impl Leads {
    /// Whether anything differs; if not, or on a dry run, nothing is written.
    pub async fn put_price_list(
        self: &Arc<Self>,
        list: PriceList,
        dry_run: bool,
    ) -> Result<bool, Failure> {
        let this = Arc::clone(self);
        db::unit(async move {
            let mut tx = this.db.begin().await?;
            let cursor = prices::lock(&mut tx).await?;
            let standing = prices::list(&mut tx).await?;
            let list = list.sorted();
            if standing == list || dry_run {
                return Ok(standing != list);
            }
            let differs = list.differs_from(&standing);
            prices::replace(&mut tx, &list, differs, cursor).await?;
            tx.wake_after_commit(&this.ledger.prices);
            tx.commit().await?;
            Ok(true)
        })
        .await
    }
}
