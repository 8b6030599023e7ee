//! Messages into the ledger, from notification's outcomes: each is one line once a carrier took it,
//! and belongs to its lead, or to the call that it sums up, or to nobody.
//!
//! It follows their stream by itself: what it cannot book is parked here, and deadlines go on.

use std::sync::Arc;

use chassis::db::{StoreError, Tx};
use chassis::feed::Entry;

use super::book::{book, unbook};
use crate::app::{Leads, follow_outcomes};
use crate::domain::ledger::call_cost::conversation_key;
use crate::domain::ledger::cost::{Belongs, Word};
use crate::domain::ledger::message::{Sent, Told, is_news};
use crate::domain::ledger::price::Prices;
use crate::store::ledger::{cost_lines, lookups, prices};

/// Follows notification-service until the process stops.
pub async fn run(app: Arc<Leads>) {
    follow_outcomes::follow(&app, "ledger", |tx, entry| Box::pin(apply(tx, entry))).await;
}

async fn apply(tx: &mut Tx, entry: &Entry) -> anyhow::Result<()> {
    let Some(message) = entry.body.get("message") else {
        return Ok(());
    };
    let sent = serde_json::from_value(message.clone())?;
    Ok(take_up(tx, &sent).await?)
}

/// Takes up one outcome; a repeat, or an older one, changes nothing.
async fn take_up(tx: &mut Tx, sent: &Sent) -> Result<(), StoreError> {
    let word = match sent.told() {
        Told::Nothing => return Ok(()),
        Told::Free => None,
        Told::Cost(word) => Some(word),
    };
    let key = sent.key();
    prices::hold(tx).await?;
    let standing = cost_lines::lock(tx, &key).await?;
    let standing = standing.map(|kept| kept.fact.word);
    let Some(word) = word else {
        // What may have been taken was not.
        if standing == Some(Word::NotYet) {
            unbook(tx, &key).await?;
        }
        return Ok(());
    };
    if standing.is_some_and(|standing| !is_news(&word, &standing)) {
        return Ok(());
    }
    let (belongs, country) = owner(tx, sent).await?;
    let Some(fact) = sent.fact(word, belongs, &country) else {
        return Ok(());
    };
    let list = prices::prices(tx).await?;
    book(tx, &fact, &list).await?;
    Ok(())
}

/// Whom it belongs to, and whose prices hold where it names no country.
async fn owner(tx: &mut Tx, sent: &Sent) -> Result<(Belongs, String), StoreError> {
    let provider = Some(sent.provider_id.clone()).filter(|id| !id.is_empty());
    let mut belongs = Belongs {
        provider,
        ..Belongs::default()
    };
    if let Some(lead) = sent.lead() {
        let (site, country) = lookups::place_of_lead(tx, lead).await?;
        belongs.lead = Some(lead);
        belongs.site = site.unwrap_or_default();
        return Ok((belongs, country.unwrap_or_default()));
    }
    let Some(conversation) = sent.conversation() else {
        return Ok((belongs, String::new()));
    };
    belongs.conversation = Some(conversation.to_owned());
    let spoken = cost_lines::find(tx, &conversation_key(conversation)).await?;
    let Some(spoken) = spoken.map(|kept| kept.fact) else {
        return Ok((belongs, String::new()));
    };
    belongs.call = spoken.belongs.call;
    belongs.site = spoken.belongs.site;
    Ok((belongs, spoken.country))
}

/// Gives messages about a conversation their call, which was told later; true where there were any.
pub(super) async fn give_call(
    tx: &mut Tx,
    conversation: &str,
    list: &Prices,
) -> Result<bool, StoreError> {
    let keys = lookups::without_call(tx, conversation).await?;
    if keys.is_empty() {
        return Ok(false);
    }
    let Some(spoken) = cost_lines::find(tx, &conversation_key(conversation)).await? else {
        return Ok(false);
    };
    let mut given = false;
    for key in keys {
        let Some(kept) = cost_lines::lock(tx, &key).await? else {
            continue;
        };
        let mut fact = kept.fact;
        fact.belongs.call.clone_from(&spoken.fact.belongs.call);
        fact.belongs.site.clone_from(&spoken.fact.belongs.site);
        if fact.country.is_empty() {
            fact.country.clone_from(&spoken.fact.country);
        }
        given |= book(tx, &fact, list).await?;
    }
    Ok(given)
}
