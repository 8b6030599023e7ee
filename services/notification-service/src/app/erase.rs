//! Erase (B10): what was said to and about a caller is emptied here, and each copy at Twilio becomes a
//! stored job. What has not left is taken back; what a worker holds is emptied once it is settled.

use std::time::{Duration, Instant};

use chassis::db::{StoreError, Tx, unit};
use chassis::run::Life;
use chassis::{clock, deadline, ids};
use uuid::Uuid;

use crate::domain::delivery::{Channel, State};
use crate::domain::phone;
use crate::store::erasures::{self, Left, Named, Person};
use crate::store::{deliveries, outcomes};

use super::Notification;

/// How long the answer waits for what is left; what takes longer is told as still due.
const PATIENCE: Duration = Duration::from_secs(4);

/// What was erased in one store.
pub struct Erased {
    pub store: &'static str,
    pub count: usize,
    /// What could not be erased yet, or never, and why.
    pub kept: String,
    /// Whether what is kept is still to be erased; false where it stays for good.
    pub due: bool,
}

/// Erases a caller; `dry_run` finds the same and writes nothing.
pub async fn erase(
    service: &Notification,
    phone: String,
    lead_ids: Vec<Uuid>,
    actor: String,
    dry_run: bool,
    life: &Life,
) -> Result<Vec<Erased>, StoreError> {
    let found = find(service, &phone, lead_ids, actor, dry_run).await?;
    let left = if dry_run {
        let mut left = erasures::left(&mut service.db.read().await?, &phone).await?;
        left.held += found.held;
        left
    } else {
        settle(service, &phone, life).await?
    };
    Ok(receipt(&found, left))
}

struct Found {
    messages: usize,
    /// At Twilio and at Mailgun.
    copies: usize,
    mails: usize,
    held: i64,
    /// Whether the number is a provider's too.
    providers: bool,
}

async fn find(
    service: &Notification,
    phone: &str,
    lead_ids: Vec<Uuid>,
    actor: String,
    dry_run: bool,
) -> Result<Found, StoreError> {
    let (service, phone) = (service.clone(), phone.to_owned());
    unit(async move {
        let mut tx = service.db.begin().await?;
        let shown = phone::readable(&phone);
        let person = Person {
            phone: &phone,
            shown: &shown,
            lead_ids: &lead_ids,
        };
        let named = erasures::naming(&mut tx, &person).await?;
        let mut found = Found {
            messages: named.len(),
            copies: 0,
            mails: 0,
            held: 0,
            providers: erasures::is_a_providers(&mut tx, &phone).await?,
        };
        for message in &named {
            let copies = erasures::copies(&mut tx, message.id).await?.len();
            if message.channel == Channel::Email.name() {
                found.mails += copies;
            } else {
                found.copies += copies;
            }
            found.held += i64::from(message.state == State::Sending.name());
        }
        if !dry_run {
            // A provider's number is told of others' leads: there only the own messages go.
            let (erasure, search) = (ids::random(), !found.providers);
            erasures::open(&mut tx, erasure, &actor, &phone, search, clock::now()).await?;
            for message in &named {
                empty(&mut tx, erasure, message).await?;
            }
            tx.wake_after_commit(&service.erasing);
            tx.commit().await?;
        }
        Ok(found)
    })
    .await
}

async fn empty(tx: &mut Tx, erasure: Uuid, message: &Named) -> Result<(), StoreError> {
    let now = clock::now();
    let taken_back = erasures::take_back(tx, erasure, message.id, now).await?;
    if message.state != State::Sending.name() {
        erasures::empty(tx, message.id, "erasure", now).await?;
    }
    if taken_back && let Some(delivery) = deliveries::of_id(tx, message.id).await? {
        outcomes::publish(tx, &delivery).await?;
    }
    Ok(())
}

/// Waits a little for what is left of this erasure and of earlier ones.
async fn settle(service: &Notification, phone: &str, life: &Life) -> Result<Left, StoreError> {
    let patience = deadline::remaining().map_or(PATIENCE, |left| {
        left.saturating_sub(Duration::from_millis(500))
            .min(PATIENCE)
    });
    let until = Instant::now() + patience;
    loop {
        let left = erasures::left(&mut service.db.read().await?, phone).await?;
        if left == Left::default() || Instant::now() >= until || life.is_stopping() {
            return Ok(left);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn receipt(found: &Found, left: Left) -> Vec<Erased> {
    let mut held = String::new();
    if left.held > 0 {
        held = format!(
            "{} are being sent and are emptied as soon as that is settled",
            left.held
        );
    }
    let mut at_twilio = Vec::new();
    if left.copies > 0 {
        at_twilio.push(format!(
            "{} still to be deleted, tried again until each is gone",
            left.copies
        ));
    }
    if left.searches > 0 {
        at_twilio.push("Twilio has not answered yet what else it holds of the number".to_owned());
    }
    if found.providers {
        at_twilio.push(
            "the number is a provider's too: messages to it that are not about the caller stay"
                .to_owned(),
        );
    }
    let mailed = match found.mails {
        0 => String::new(),
        mails => format!(
            "{mails} mails: Mailgun deletes none on request; its copies and events end with its own \
             retention (1 to 30 days, by plan)"
        ),
    };
    vec![
        Erased {
            store: "notification.messages",
            count: found.messages,
            due: left.held > 0,
            kept: held,
        },
        Erased {
            store: "twilio.messages",
            count: found.copies,
            kept: at_twilio.join("; "),
            due: left.copies > 0 || left.searches > 0,
        },
        Erased {
            store: "mailgun.messages",
            count: 0,
            kept: mailed,
            due: false,
        },
    ]
}
