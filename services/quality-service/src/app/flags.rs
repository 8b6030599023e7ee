//! Flags as people read and close them. The words of the evidence are read at telephony only when they
//! are asked for, and are stored nowhere here.

use std::collections::HashMap;

use chassis::db::{self, Db, StoreError};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::domain::conversation::Conversation;
use crate::domain::flag::{Evidence, Flag};
use crate::outbound::Conversations;
use crate::store::flags::{self, Wanted};

/// A flag with the words of its evidence, in the evidence's order; empty where they are not asked for
/// or gone.
pub(crate) struct Shown {
    pub(crate) flag: Flag,
    pub(crate) words: Vec<String>,
}

pub(crate) async fn list(
    db: &Db,
    wanted: &Wanted,
    after: (i64, DateTime<Utc>, Uuid),
    limit: i64,
) -> Result<Vec<Flag>, StoreError> {
    flags::page(&mut db.read().await?, wanted, after, limit).await
}

pub(crate) async fn find(db: &Db, id: Uuid) -> Result<Option<Flag>, StoreError> {
    flags::find(&mut db.read().await?, id).await
}

/// Adds the words. A transcript that cannot be read gives none, and the flags are shown all the same.
pub(crate) async fn with_words(source: &Conversations, flags: Vec<Flag>) -> Vec<Shown> {
    let mut read: HashMap<String, Option<Conversation>> = HashMap::new();
    let mut shown = Vec::with_capacity(flags.len());
    for flag in flags {
        let id = &flag.conversation_id;
        if !flag.evidence.is_empty() && !read.contains_key(id) {
            let found = source.read(id).await.unwrap_or_default();
            read.insert(id.clone(), found);
        }
        let conversation = read.get(id).and_then(Option::as_ref);
        let words = flag.evidence.iter().map(|at| words(conversation, at));
        shown.push(Shown {
            words: words.collect(),
            flag,
        });
    }
    shown
}

fn words(conversation: Option<&Conversation>, at: &Evidence) -> String {
    let turn = conversation.and_then(|found| found.turns.get(at.turn));
    let text = turn.and_then(|turn| turn.text.get(at.start..at.end));
    text.unwrap_or_default().to_owned()
}

/// Closes a flag by hand; nothing when it is not known, false for one that was closed.
pub(crate) async fn resolve(
    db: &Db,
    id: Uuid,
    actor: String,
    resolution: String,
) -> Result<Option<(Flag, bool)>, StoreError> {
    let db = db.clone();
    db::unit(async move {
        let mut tx = db.begin().await?;
        let changed = flags::resolve(&mut tx, id, &actor, &resolution).await?;
        let flag = flags::find(&mut tx, id).await?;
        tx.commit().await?;
        Ok(flag.map(|flag| (flag, changed)))
    })
    .await
}
