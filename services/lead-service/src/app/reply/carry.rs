//! Carries a decision out: the verb, then the answer. Both have keys and may run twice.

use std::sync::Arc;

use super::super::Leads;
use super::super::error::Failure;
use super::super::prove;
use super::super::verb::Verb;
use super::decide::evidence;
use crate::domain::evidence::EvidenceKind;
use crate::domain::lead::Lead;
use crate::domain::reply::plan::{Act, Plan, Say, To, Understood};
use crate::outbound::answer::Answer;
use crate::store::replies::Due;
use crate::store::{attempts, leads};

/// Does what was decided; as what the message was understood in the end.
pub(super) async fn out(app: &Arc<Leads>, due: &Due, plan: &Plan) -> Result<Understood, Failure> {
    let (understood, say) = match plan.act {
        None => (plan.understood, plan.say),
        Some(act) => acted(app, due, plan, act).await?,
    };
    if let Some(say) = say {
        answer(app, due, plan, say).await?;
    }
    Ok(understood)
}

/// The verb, and what is answered to it.
///
/// A yes is answered by the lead's own notice, which goes by every channel of the provider; an
/// answer beside it would say the same twice.
async fn acted(
    app: &Arc<Leads>,
    due: &Due,
    plan: &Plan,
    act: Act,
) -> Result<(Understood, Option<Say>), Failure> {
    let by = |who: &str| format!("{who}:{}", due.channel);
    let verb = |actor: String, words: &str| Verb {
        lead_id: plan.lead_id.unwrap_or_default(),
        attempt: plan.attempt,
        actor,
        words: words.to_owned(),
        ..Verb::default()
    };
    let (done, then) = match act {
        Act::Confirm => {
            let done = app.confirm_lead(verb(by("provider"), "")).await;
            (done, (Understood::Confirmed, None))
        }
        Act::Decline => {
            // The words are the operator's to read in its copy; a bare no is no reason.
            let done = app.decline_lead(verb(by("provider"), "")).await;
            (done, (Understood::Declined, Some(Say::Declined)))
        }
        Act::Cancel => {
            let done = app.cancel_lead(verb("customer:sms".to_owned(), "")).await;
            (done, (Understood::Cancelled, Some(Say::Cancelled)))
        }
        Act::Prove => return proven(app, due).await,
    };
    match done {
        Ok(_) => Ok(then),
        // Released, cancelled or finished meanwhile.
        Err(Failure::OfferOver) if act != Act::Cancel => Ok((Understood::Late, Some(Say::Late))),
        // What only the operator may do, and what is no longer to be done.
        Err(
            Failure::Illegal(_)
            | Failure::IllegalVerb { .. }
            | Failure::OfferOver
            | Failure::UnknownOffer
            | Failure::UnknownLead,
        ) => match act {
            Act::Cancel => Ok((Understood::Customer, None)),
            _ => Ok((Understood::Unclear, None)),
        },
        Err(failed) => Err(failed),
    }
}

/// The roster compares the digits; whether they proved the channel is read from the channel, so
/// that a repeat answers the same.
async fn proven(app: &Arc<Leads>, due: &Due) -> Result<(Understood, Option<Say>), Failure> {
    let sender = prove::e164(&due.sender).unwrap_or_default();
    let code = evidence(due, EvidenceKind::Code, "");
    match app.roster.record_evidence(&code, Some(&sender)).await {
        Ok(_) => {}
        Err(refused) if refused.is_for_good() => return Ok((Understood::Proof, None)),
        Err(failed) => return Err(failed.into()),
    }
    let contacts = app.roster.contacts(&sender, &due.channel).await?;
    let proven = contacts.iter().any(|contact| contact.proven);
    Ok((Understood::Proof, proven.then_some(Say::Proven)))
}

async fn answer(app: &Arc<Leads>, due: &Due, plan: &Plan, say: Say) -> Result<(), Failure> {
    let known = app.knowledge().await?;
    let mut tx = app.db.read().await?;
    let lead = match plan.lead_id {
        Some(id) => leads::find(&mut tx, id).await?,
        None => None,
    };
    let mut choices: Vec<Lead> = Vec::new();
    for (id, attempt) in &plan.choices {
        if let Some(mut choice) = leads::find(&mut tx, *id).await? {
            choice.attempt = *attempt;
            choices.push(choice);
        }
    }
    let offered = match plan.lead_id {
        Some(id) if plan.attempt > 0 => attempts::find(&mut tx, id, plan.attempt).await?,
        _ => None,
    };
    drop(tx);
    // Its notices are about the attempt that was answered, which need not stand any more.
    let lead = lead.map(|mut lead| {
        if plan.attempt > 0 {
            lead.attempt = plan.attempt;
        }
        lead
    });
    if lead.is_none() && say != Say::Proven {
        return Ok(());
    }
    // Where the page helps: to go, or to answer there.
    let page = matches!(say, Say::Confirmed | Say::Unclear);
    let answer_url = match (&plan.to, offered) {
        (To::Provider { .. }, Some(offered)) if page => {
            let links = app.notifications.links();
            links.offer(offered.lead_id, offered.attempt, offered.offer_time)
        }
        _ => String::new(),
    };
    let sender = prove::e164(&due.sender).unwrap_or_default();
    let answer = Answer {
        message_sid: &due.message_sid,
        channel: &due.channel,
        address: &sender,
        say,
        to: &plan.to,
        lead: lead.as_ref(),
        choices: &choices,
        answer_url,
    };
    match app.notifications.answer(answer, &known).await {
        // It would be refused again, and the message must not wait for ever.
        Err(refused) if refused.is_for_good() => {
            tracing::warn!(causes = %refused, "an answer is refused");
            metrics::counter!("lead_answers_refused_total").increment(1);
            Ok(())
        }
        done => Ok(done?),
    }
}
