//! What a message is: a button, a keyword, a code, a provider's answer, a customer's word.
//!
//! The decision, the questions that it asks and the evidence that it is commit together, once.

use std::sync::Arc;

use chassis::db::{self, Tx};
use sqlx::types::Json;
use uuid::Uuid;

use super::super::error::Failure;
use super::super::{Leads, prove};
use super::{customer, provider};
use crate::app::lanes::Lane;
use crate::domain::evidence::{Evidence, EvidenceKind};
use crate::domain::lead::Event;
use crate::domain::reply::plan::{Act, Plan, To, Understood};
use crate::domain::reply::{Keyword, Word, keyword, proof_code, read};
use crate::outbound::senders::Contact;
use crate::store::replies::{self, Due};
use crate::store::{attempts, events, evidence, leads, questions};

/// A decision with all that must commit with it.
pub(super) struct Decided {
    pub plan: Plan,
    pub question: Option<Question>,
    pub evidence: Vec<Evidence>,
    /// Leads whose log keeps that their customer wrote.
    pub wrote: Vec<Uuid>,
}

/// A question that is asked back, and as what the message counts where it was asked before.
pub(super) enum Question {
    Offers {
        kind: &'static str,
        offers: Uuid,
        word: Option<Word>,
    },
    Cancel(Uuid),
    /// The answer to a question; another one may have closed it.
    Close(Uuid),
}

impl Decided {
    pub(super) fn new(plan: Plan) -> Self {
        Self {
            plan,
            question: None,
            evidence: Vec::new(),
            wrote: Vec::new(),
        }
    }
}

/// Decides and stores the decision; the first one stands.
pub(super) async fn decide(app: &Arc<Leads>, due: &Due) -> Result<Plan, Failure> {
    let decided = decided(app, due).await?;
    let (this, sid) = (Arc::clone(app), due.message_sid.clone());
    db::unit(async move {
        let mut tx = this.db.begin().await?;
        let mut plan = decided.plan;
        if let Some(Json(stands)) = replies::lock(&mut tx, &sid).await? {
            return Ok(stands);
        }
        let first = match decided.question {
            None => true,
            Some(Question::Offers { kind, offers, word }) => {
                questions::ask_provider(&mut tx, kind, offers, word, &sid).await?
            }
            Some(Question::Cancel(lead)) => {
                let valid = this.settings.cancel_question_valid;
                questions::ask_customer(&mut tx, lead, &sid, valid).await?
            }
            Some(Question::Close(lead)) => questions::close(&mut tx, lead).await?,
        };
        if !first {
            // Somebody asked, or answered, at the same moment.
            plan.understood = match plan.to {
                To::Customer => Understood::Customer,
                To::Provider { .. } => Understood::Unclear,
            };
            (plan.act, plan.say) = (None, None);
        }
        for found in &decided.evidence {
            evidence::store(&mut tx, found).await?;
        }
        for lead in decided.wrote {
            wrote(&mut tx, lead, &plan).await?;
        }
        replies::decide(&mut tx, &sid, &plan).await?;
        this.wakes.after(&mut tx, &[Lane::Leads, Lane::Evidence]);
        tx.commit().await?;
        Ok(plan)
    })
    .await
}

/// The customer's message reaches the lead; its words stay with the message.
async fn wrote(tx: &mut Tx, lead: Uuid, plan: &Plan) -> Result<(), Failure> {
    let Some(lead) = leads::lock(tx, lead).await? else {
        return Ok(());
    };
    let event = Event {
        kind: "customer_wrote",
        from: Some(lead.state),
        to: lead.state,
        actor: "customer:sms".to_owned(),
        cause: "the customer wrote; the operator has a copy".to_owned(),
        attributes: vec![("understood_as", plan.understood.name().to_owned())],
    };
    Ok(events::append(tx, lead.id, &event).await?)
}

async fn decided(app: &Arc<Leads>, due: &Due) -> Result<Decided, Failure> {
    let sender = prove::e164(&due.sender).unwrap_or_default();
    if let Some((verb, lead, attempt)) = button(&due.button_payload) {
        return pressed(app, due, &sender, verb, lead, attempt).await;
    }
    let key = keyword(&due.opt_out_type, &due.body);
    // "YES" is a carrier's word for START, and a provider's for yes.
    let says = read(&due.body, &[]).word;
    match key {
        Some(Keyword::Stop) => return opted(app, due, &sender, Understood::OptedOut).await,
        Some(Keyword::Start) if says != Word::Yes => {
            return opted(app, due, &sender, Understood::OptedIn).await;
        }
        _ => {}
    }
    if sender.is_empty() {
        return Ok(Decided::new(Plan::person(Understood::UnknownSender)));
    }
    let contacts = app.roster.contacts(&sender, &due.channel).await?;
    let mut decided = match (proof_code(&due.body), &contacts[..]) {
        (Some(_), [contact, ..]) => {
            let mut plan = Plan::person(Understood::Proof);
            plan.act = Some(Act::Prove);
            plan.to = to(contact);
            Decided::new(plan)
        }
        _ => both(app, due, &sender, &contacts).await?,
    };
    if key == Some(Keyword::Start) {
        decided
            .evidence
            .push(evidence(due, EvidenceKind::OptedIn, ""));
    }
    Ok(decided)
}

/// A provider's answer, or a customer's word; somebody may be both.
async fn both(
    app: &Arc<Leads>,
    due: &Due,
    sender: &str,
    contacts: &[Contact],
) -> Result<Decided, Failure> {
    if !contacts.is_empty() {
        let found = provider::decide(app, due, contacts).await?;
        let moves = found.plan.act.is_some() || found.question.is_some();
        if moves {
            return Ok(found);
        }
        // It may be a customer as well, who was asked something or of whom nothing is offered.
        let own = customer::decide(app, due, sender).await?;
        let nothing = found.plan.say.is_none();
        return Ok(own
            .filter(|own| own.question.is_some() || nothing)
            .unwrap_or(found));
    }
    let own = customer::decide(app, due, sender).await?;
    Ok(own.unwrap_or_else(|| Decided::new(Plan::person(Understood::UnknownSender))))
}

pub(super) fn to(contact: &Contact) -> To {
    To::Provider {
        provider_id: contact.provider_id.clone(),
        country: contact.country.clone(),
        language: contact.language.clone(),
    }
}

/// `accept:{lead}:{attempt}` and `decline:{lead}:{attempt}`.
fn button(payload: &str) -> Option<(Act, Uuid, i32)> {
    let mut parts = payload.trim().split(':');
    let act = match parts.next()? {
        "accept" => Act::Confirm,
        "decline" => Act::Decline,
        _ => return None,
    };
    let lead = Uuid::try_parse(parts.next()?).ok()?;
    let attempt = parts.next()?.parse().ok().filter(|attempt| *attempt >= 1)?;
    parts.next().is_none().then_some((act, lead, attempt))
}

/// A button counts only when its sender is, or was, a contact of the attempt's provider.
async fn pressed(
    app: &Arc<Leads>,
    due: &Due,
    sender: &str,
    act: Act,
    lead_id: Uuid,
    attempt: i32,
) -> Result<Decided, Failure> {
    let mut tx = app.db.read().await?;
    let offered = attempts::find(&mut tx, lead_id, attempt).await?;
    drop(tx);
    let contacts = match (&offered, sender) {
        (Some(_), sender) if !sender.is_empty() => {
            app.roster.contacts(sender, &due.channel).await?
        }
        _ => Vec::new(),
    };
    let owner = offered.and_then(|offered| {
        let mut contacts = contacts.iter();
        contacts.find(|contact| contact.provider_id == offered.provider_id)
    });
    let Some(contact) = owner else {
        return Ok(Decided::new(Plan::person(Understood::UnknownSender)));
    };
    let understood = match act {
        Act::Confirm => Understood::Confirmed,
        _ => Understood::Declined,
    };
    let plan = Plan {
        act: Some(act),
        to: to(contact),
        lead_id: Some(lead_id),
        attempt,
        ..Plan::person(understood)
    };
    let mut decided = Decided::new(plan);
    let answered = evidence(due, EvidenceKind::Answered, &contact.provider_id);
    decided.evidence.push(answered);
    Ok(decided)
}

async fn opted(
    app: &Arc<Leads>,
    due: &Due,
    sender: &str,
    understood: Understood,
) -> Result<Decided, Failure> {
    let kind = match understood {
        Understood::OptedOut => EvidenceKind::OptedOut,
        _ => EvidenceKind::OptedIn,
    };
    let mut decided = Decided::new(Plan::person(understood));
    decided.evidence.push(evidence(due, kind, ""));
    let mut tx = app.db.read().await?;
    // A customer may mean the lead: it is in its log, and the operator has the copy.
    decided.wrote = customer::open_leads(&mut tx, sender).await?;
    Ok(decided)
}

/// Evidence that a message is: its sender's number is read from the message itself.
pub(super) fn evidence(due: &Due, kind: EvidenceKind, provider_id: &str) -> Evidence {
    Evidence {
        key: format!("{}:{}", due.message_sid, kind.name()),
        kind,
        provider_id: provider_id.to_owned(),
        channel: due.channel.clone(),
        masked_address: String::new(),
        message_sid: Some(due.message_sid.clone()),
        observe_time: due.create_time,
        reason: String::new(),
        code: match kind {
            EvidenceKind::Code => proof_code(&due.body).unwrap_or_default(),
            _ => String::new(),
        },
        proof_id: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_names_verb_lead_and_attempt_and_nothing_else() {
        let lead = Uuid::from_u128(7);
        assert_eq!(
            button(&format!("accept:{lead}:2")),
            Some((Act::Confirm, lead, 2))
        );
        assert_eq!(
            button(&format!("decline:{lead}:1")),
            Some((Act::Decline, lead, 1))
        );
        for text in [
            format!("accept:{lead}"),
            format!("accept:{lead}:0"),
            format!("accept:{lead}:1:2"),
            format!("take:{lead}:1"),
            "accept:x:1".to_owned(),
            String::new(),
        ] {
            assert_eq!(button(&text), None, "{text}");
        }
    }
}
