//! Channels: what is declared, how each stands, who has an address. Whoever writes one holds the
//! row of its provider, so that two writers never meet in the two unique indexes.

use chassis::db::{CorruptRow, StoreError, Tx};
use chassis::{ids, on};
use chrono::{DateTime, Utc};

use crate::domain::channel::{AddressKey, Channel, Contact, Health, Kind};
use crate::domain::ids::ProviderId;
use crate::domain::provider::Declared;
use crate::domain::standing::Standing;

macro_rules! channel_columns {
    () => {
        "c.provider_id, c.kind, c.address, c.declared, c.declared_time, c.health, c.faulty,
         c.health_time, c.health_cause, c.suspect_time, c.reach_time"
    };
}

#[derive(sqlx::FromRow)]
pub(super) struct ChannelRow {
    pub provider_id: String,
    kind: String,
    address: String,
    declared: bool,
    declared_time: DateTime<Utc>,
    health: String,
    faulty: bool,
    health_time: DateTime<Utc>,
    health_cause: String,
    suspect_time: Option<DateTime<Utc>>,
    reach_time: Option<DateTime<Utc>>,
}

impl ChannelRow {
    pub(super) fn into_channel(self) -> Result<Channel, CorruptRow> {
        let corrupt = |column| CorruptRow::new("channel", column, &self.provider_id);
        let kind = Kind::named(&self.kind).ok_or_else(|| corrupt("kind"))?;
        Ok(Channel {
            contact: Contact::new(kind, &self.address).map_err(|_| corrupt("address"))?,
            standing: Standing {
                health: Health::named(&self.health).ok_or_else(|| corrupt("health"))?,
                faulty: self.faulty,
                health_time: self.health_time,
                health_cause: self.health_cause,
                declared_time: self.declared_time,
                suspect_time: self.suspect_time,
                reach_time: self.reach_time,
            },
        })
    }
}

/// A channel, and whether it is declared now or was replaced.
#[derive(Debug, Clone)]
pub struct Stored {
    pub channel: Channel,
    pub declared: bool,
}

/// Every channel of a provider, the replaced ones too.
pub async fn all(tx: &mut Tx, id: &ProviderId) -> Result<Vec<Stored>, StoreError> {
    const TEXT: &str = concat!(
        "SELECT ",
        channel_columns!(),
        " FROM channel c WHERE c.provider_id = $1"
    );
    let rows: Vec<ChannelRow> = on!(tx, c => sqlx::query_as(TEXT)
        .bind(id.as_str()).fetch_all(c).await?);
    let stored = |row: ChannelRow| {
        Ok(Stored {
            declared: row.declared,
            channel: row.into_channel()?,
        })
    };
    Ok(rows
        .into_iter()
        .map(stored)
        .collect::<Result<_, CorruptRow>>()?)
}

/// The declared channels of a provider.
pub async fn declared(tx: &mut Tx, id: &ProviderId) -> Result<Vec<Channel>, StoreError> {
    const TEXT: &str = concat!(
        "SELECT ",
        channel_columns!(),
        " FROM channel c WHERE c.provider_id = $1 AND c.declared"
    );
    let rows: Vec<ChannelRow> = on!(tx, c => sqlx::query_as(TEXT)
        .bind(id.as_str()).fetch_all(c).await?);
    Ok(rows
        .into_iter()
        .map(ChannelRow::into_channel)
        .collect::<Result<_, _>>()?)
}

/// Declared channels of the providers between two ids, of one country or of all ("").
pub(super) async fn rows_between(
    tx: &mut Tx,
    (first, last): (&str, &str),
    country: &str,
) -> Result<Vec<ChannelRow>, StoreError> {
    const TEXT: &str = concat!(
        "SELECT ",
        channel_columns!(),
        " FROM channel c JOIN provider p ON p.provider_id = c.provider_id
          WHERE c.provider_id >= $1 AND c.provider_id <= $2 AND c.declared
            AND (p.country = $3 OR $3 = '')"
    );
    Ok(on!(tx, c => sqlx::query_as(TEXT)
        .bind(first).bind(last).bind(country).fetch_all(c).await?))
}

/// Declared channels of the providers between two ids who have an address.
pub(super) async fn rows_of_contact(
    tx: &mut Tx,
    (first, last): (&str, &str),
    contact: &AddressKey,
) -> Result<Vec<ChannelRow>, StoreError> {
    const TEXT: &str = concat!(
        "SELECT ",
        channel_columns!(),
        " FROM channel c
          WHERE c.provider_id IN (SELECT provider_id FROM channel WHERE address_key = $3)
            AND c.provider_id >= $1 AND c.provider_id <= $2 AND c.declared"
    );
    Ok(on!(tx, c => sqlx::query_as(TEXT)
        .bind(first).bind(last).bind(contact.as_str()).fetch_all(c).await?))
}

/// Everybody who has an address of this kind, or had it, by id: the order in which they are locked.
pub async fn holders(
    tx: &mut Tx,
    kind: Kind,
    address: &AddressKey,
) -> Result<Vec<ProviderId>, StoreError> {
    let ids: Vec<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT DISTINCT provider_id FROM channel WHERE address_key = $1 AND kind = $2
          ORDER BY provider_id")
        .bind(address.as_str()).bind(kind.name()).fetch_all(c).await?);
    let parsed = |id: String| {
        id.parse()
            .map_err(|_| CorruptRow::new("channel", "provider_id", id))
    };
    Ok(ids.into_iter().map(parsed).collect::<Result<_, _>>()?)
}

/// How many channels hold an address.
pub async fn count(tx: &mut Tx, address: &AddressKey) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT count(*) FROM channel WHERE address_key = $1")
        .bind(address.as_str()).fetch_one(c).await?))
}

/// Brings the contacts to what is declared: an unchanged one keeps its standing, a new one starts
/// unproven, and one that was quarantined or opted out is so again when it returns.
pub async fn declare(tx: &mut Tx, new: &Declared, now: DateTime<Utc>) -> Result<(), StoreError> {
    let id = new.provider_id.as_str();
    let known = all(tx, &new.provider_id).await?;
    // First what goes, since one contact of a kind is declared at a time.
    let gone = known.iter().filter(|one| one.declared);
    for one in gone.filter(|one| !new.contacts.contains(&one.channel.contact)) {
        let contact = &one.channel.contact;
        on!(tx, c => sqlx::query(
            "UPDATE channel SET declared = FALSE, replace_us = (SELECT us FROM clock)
              WHERE provider_id = $1 AND kind = $2 AND address = $3")
            .bind(id).bind(contact.kind.name()).bind(contact.address())
            .execute(c).await?.rows_affected());
    }
    for wanted in &new.contacts {
        let standing = match known.iter().find(|one| one.channel.contact == *wanted) {
            Some(one) if one.declared => continue,
            Some(one) => one.channel.standing.on_return(now),
            None => Standing::new(now),
        };
        on!(tx, c => sqlx::query(
            "INSERT INTO channel (provider_id, kind, address, address_key, declared,
                 declared_time, health, faulty, health_time, health_cause)
             VALUES ($1, $2, $3, $4, TRUE, $5, $6, $7, $8, $9)
             ON CONFLICT (provider_id, kind, address)
             DO UPDATE SET declared = TRUE, replace_us = NULL,
                           declared_time = excluded.declared_time, health = excluded.health,
                           faulty = excluded.faulty, health_time = excluded.health_time,
                           health_cause = excluded.health_cause,
                           suspect_time = NULL, reach_time = NULL")
            .bind(id).bind(wanted.kind.name()).bind(wanted.address())
            .bind(wanted.key().as_str()).bind(standing.declared_time)
            .bind(standing.health.name()).bind(standing.faulty)
            .bind(standing.health_time).bind(&standing.health_cause)
            .execute(c).await?.rows_affected());
    }
    Ok(())
}

/// Writes how a channel stands now.
pub async fn write(
    tx: &mut Tx,
    id: &ProviderId,
    contact: &Contact,
    now: &Standing,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE channel SET health = $4, faulty = $5, health_time = $6, health_cause = $7,
                suspect_time = $8, reach_time = $9
          WHERE provider_id = $1 AND kind = $2 AND address = $3")
        .bind(id.as_str()).bind(contact.kind.name()).bind(contact.address())
        .bind(now.health.name()).bind(now.faulty).bind(now.health_time)
        .bind(&now.health_cause).bind(now.suspect_time).bind(now.reach_time)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// How many channels of a provider serve, as the database counts them.
pub async fn serving(tx: &mut Tx, id: &ProviderId) -> Result<i32, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT serving FROM provider WHERE provider_id = $1")
        .bind(id.as_str()).fetch_one(c).await?))
}

/// Records who changed a channel, and why.
pub async fn record(
    tx: &mut Tx,
    id: &ProviderId,
    channel: &Channel,
    actor: &str,
    cause: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO channel_change (change_id, provider_id, kind, masked_address, health,
             actor, cause, change_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(ids::random()).bind(id.as_str()).bind(channel.contact.kind.name())
        .bind(channel.contact.masked()).bind(channel.standing.health.name())
        .bind(actor).bind(cause).bind(now)
        .execute(c).await?.rows_affected());
    Ok(())
}
