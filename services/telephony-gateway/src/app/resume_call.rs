//! ResumeCall: what the caller hears when the agent's leg ended. The vendor is asked for two
//! seconds; where it says nothing, the age of our document decides, which stands signed in the
//! redirect's URL.

use std::sync::Arc;
use std::time::Duration;

use chassis::db::{self, Db, StoreError};
use chassis::{clock, feed, token};
use chrono::{DateTime, Utc};

use super::journal::Entry;
use super::settle::{alarm_entry, fallback_entry};
use super::{ResumeClaims, Telephony};
use crate::domain::after_agent::{self, Next, Report};
use crate::domain::call::Event;
use crate::domain::speech;
use crate::domain::twiml;
use crate::store;

#[derive(Debug, Clone)]
pub(crate) struct Resume {
    pub(crate) call_sid: String,
    pub(crate) after_agent: bool,
    pub(crate) to: String,
    pub(crate) token: String,
}

/// For what the database knows of the call, and for noting what was decided.
const STORE: Duration = Duration::from_millis(300);

pub(crate) async fn resume_call(telephony: &Arc<Telephony>, resume: Resume) -> String {
    let claims = claims(telephony, &resume);
    let called = claims
        .as_ref()
        .map_or(resume.to.as_str(), |claims| claims.called_number.as_str());
    let route = telephony
        .directory
        .route(called)
        .or_else(|| telephony.directory.route(&resume.to));
    let speech = speech::of_language(route.as_ref().map_or("en", |route| route.site.language()));
    let (next, reason) = if resume.after_agent {
        let age = claims.as_ref().and_then(age);
        let report = report(telephony, &resume.call_sid).await;
        (after_agent::next(report, age), reason(report))
    } else {
        (Next::Voicemail, "FALLBACK_ROUTE")
    };
    let left = Left {
        call_sid: resume.call_sid,
        next,
        reason,
        time: clock::now(),
    };
    note(telephony, left).await;
    match next {
        Next::HangUp => twiml::hangup(),
        Next::Voicemail => twiml::voicemail(speech, &telephony.voicemail_url()),
    }
}

/// The claims of a token of ours for this very call.
fn claims(telephony: &Telephony, resume: &Resume) -> Option<ResumeClaims> {
    let secrets = &telephony.call_token_secrets;
    let claims: ResumeClaims =
        token::verify(secrets, "resume", &resume.token, clock::now()).ok()?;
    (claims.call_sid == resume.call_sid).then_some(claims)
}

fn age(claims: &ResumeClaims) -> Option<Duration> {
    let answered = DateTime::from_timestamp_micros(claims.answered_us)?;
    (clock::now() - answered).to_std().ok()
}

fn reason(report: Report) -> &'static str {
    match report {
        Report::AgentSpoke => "AGENT_SERVED",
        Report::Failed => "AGENT_FAILED",
        Report::OverWithoutAgent => "AGENT_SILENT",
        Report::NotFinal => "AGENT_NOT_FINAL",
        Report::Unreadable => "AGENT_UNREADABLE",
    }
}

async fn report(telephony: &Telephony, sid: &str) -> Report {
    let asking = async {
        let vendor = &telephony.elevenlabs;
        if let Some(id) = conversation_id(telephony, sid).await {
            return vendor.conversation(&id).await.ok()?;
        }
        let id = vendor.conversation_of_call(sid).await.ok()??;
        let found = vendor.conversation(&id).await.ok()??;
        // A vendor that does not know the filter lists another caller's conversation.
        (found.call_sid.as_deref() == Some(sid)).then_some(found)
    };
    match tokio::time::timeout(telephony.pace.resume_budget, asking).await {
        Ok(Some(conversation)) => conversation.report(),
        Ok(None) | Err(_) => Report::Unreadable,
    }
}

async fn conversation_id(telephony: &Telephony, sid: &str) -> Option<String> {
    let answer = telephony.flights.answer(sid);
    if let Some(id) = answer.and_then(|answer| answer.conversation_id) {
        return Some(id);
    }
    let reading = async {
        let mut tx = telephony.db.read().await?;
        store::call_reads::find(&mut tx, sid).await
    };
    let call = tokio::time::timeout(STORE, reading).await.ok()?.ok()??;
    call.conversation_id
}

/// That a caller came back from the agent's leg, and what followed.
#[derive(Debug, Clone)]
pub(super) struct Left {
    pub(super) call_sid: String,
    next: Next,
    reason: &'static str,
    time: DateTime<Utc>,
}

/// Notes what was decided; a database that is slow or down keeps nobody waiting, and what could not
/// be written is written later, after the call's answer.
async fn note(telephony: &Arc<Telephony>, left: Left) {
    let this = Arc::clone(telephony);
    let noting = telephony.beyond_request(async move {
        let noted = write(&this.db, left.clone()).await;
        let waits = match noted {
            Ok(noted) => !noted && this.journal.holds(&left.call_sid),
            Err(_) => true,
        };
        if waits {
            metrics::counter!("telephony_resume_unnoted_total").increment(1);
            this.journal.keep(Entry::Left(left));
        }
    });
    let _ = tokio::time::timeout(STORE, noting).await;
}

/// Writes the note; false when the call's row does not stand. The fallback is told once.
pub(super) async fn write(db: &Db, left: Left) -> Result<bool, StoreError> {
    let db = db.clone();
    db::unit(async move {
        let Left {
            call_sid: sid,
            next,
            reason,
            time,
        } = left;
        let mut tx = db.begin().await?;
        let Some(call) = store::call_reads::find(&mut tx, &sid).await? else {
            return Ok(false);
        };
        let event = Event::new(time, "agent_left").with("report", reason);
        store::calls::add_event(&mut tx, &sid, &event).await?;
        if next == Next::Voicemail && store::calls::fall_back(&mut tx, &sid, reason).await? {
            let event = Event::new(time, "fallback").with("reason", reason);
            store::calls::add_event(&mut tx, &sid, &event).await?;
            let text = "A caller came back from the agent unserved and got the voicemail.";
            for (kind, body) in [
                fallback_entry(&call, reason),
                alarm_entry(&call, reason, text),
            ] {
                feed::publish(&mut tx, kind, &sid, body).await?;
            }
        }
        tx.commit().await?;
        Ok(true)
    })
    .await
}
