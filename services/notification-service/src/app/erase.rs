//! Erase (B10): what was said to and about a caller is emptied here, and each copy at Twilio becomes a
//! stored job. What has not left is taken back; what a worker holds is emptied once it is settled.

use chassis::db::{StoreError, Tx, unit};
use chassis::{clock, ids};
use uuid::Uuid;

use crate::domain::delivery::{Channel, State};
use crate::domain::phone;
use crate::store::erasures::{self, Named, Person};
use crate::store::{deliveries, outcomes};

use super::Notification;

/// What was erased in one store.
pub struct Erased {
    pub store: &'static str,
    pub count: usize,
    /// What could not be erased yet, or never, and why.
    pub kept: String,
}

/// Erases a caller; `dry_run` finds the same and writes nothing.
pub async fn erase(
    service: &Notification,
    phone: String,
    lead_ids: Vec<Uuid>,
    actor: String,
    dry_run: bool,
) -> Result<Vec<Erased>, StoreError> {
    let service = service.clone();
    unit(async move {
        let mut tx = service.db.begin().await?;
        let shown = phone::readable(&phone);
        let person = Person {
            phone: &phone,
            shown: &shown,
            lead_ids: &lead_ids,
        };
        let named = erasures::naming(&mut tx, &person).await?;
        let providers = erasures::is_a_providers(&mut tx, &phone).await?;
        let (mut copies, mut mails, mut held) = (0, 0, 0);
        for message in &named {
            let found = erasures::copies(&mut tx, message.id).await?.len();
            if message.channel == Channel::Email.name() {
                mails += found;
            } else {
                copies += found;
            }
            held += usize::from(message.state == State::Sending.name());
        }
        if !dry_run {
            for message in &named {
                empty(&mut tx, message).await?;
            }
            // A provider's number is told of others' leads: there only the own messages go.
            let search = if providers { "" } else { phone.as_str() };
            erasures::open(&mut tx, ids::random(), &actor, search, clock::now()).await?;
            tx.wake_after_commit(&service.erasing);
            tx.commit().await?;
        }
        Ok(receipt(&named, copies, mails, held, providers))
    })
    .await
}

async fn empty(tx: &mut Tx, message: &Named) -> Result<(), StoreError> {
    let now = clock::now();
    let taken_back = erasures::take_back(tx, message.id, now).await?;
    if message.state != State::Sending.name() {
        erasures::empty(tx, message.id, "erasure", now).await?;
    }
    if taken_back && let Some(delivery) = deliveries::of_id(tx, message.id).await? {
        outcomes::publish(tx, &delivery).await?;
    }
    Ok(())
}

fn receipt(
    named: &[Named],
    copies: usize,
    mails: usize,
    held: usize,
    providers: bool,
) -> Vec<Erased> {
    let held = match held {
        0 => String::new(),
        held => format!("{held} are being sent and are emptied as soon as that is settled"),
    };
    let mut at_twilio = Vec::new();
    if copies > 0 {
        at_twilio.push("deleted one by one, and tried again until each is gone".to_owned());
    }
    if providers {
        at_twilio.push(
            "the number is a provider's too: messages to it that are not about the caller stay"
                .to_owned(),
        );
    }
    let mailed = match mails {
        0 => String::new(),
        mails => format!(
            "{mails} mails: Mailgun deletes none on request; its copies and events end with its own \
             retention (1 to 30 days, by plan)"
        ),
    };
    vec![
        Erased {
            store: "notification.messages",
            count: named.len(),
            kept: held,
        },
        Erased {
            store: "twilio.messages",
            count: copies,
            kept: at_twilio.join("; "),
        },
        Erased {
            store: "mailgun.messages",
            count: 0,
            kept: mailed,
        },
    ]
}
