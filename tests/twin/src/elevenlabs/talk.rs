//! The scripted agent: a conversation between a caller and an agent that does what its prompt
//! says. The same script serves real calls and test runs; only the tool's port differs.

use serde_json::{Value, json};

use super::answer::ToolOutcome;
use super::clauses::Clauses;
use super::port::Port;
use super::tool::Facts;
use crate::caller::lines::{Lang, lines, with};
use crate::caller::scenario::{Caller, Wish};
use crate::caller::trade::{serves, trade_of};

/// What the scripted agent is made of: read from the agent's configuration (or an override).
#[derive(Clone, Debug)]
pub(crate) struct Brain {
    pub(crate) prompt: String,
    pub(crate) first_message: String,
    pub(crate) lang: Lang,
    pub(crate) clauses: Clauses,
    pub(crate) has_tool: bool,
    pub(crate) end_call: bool,
    /// The longest conversation, in turns; a simulation is cut there.
    pub(crate) max_turns: usize,
}

/// One turn of a conversation.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Turn {
    /// `agent` or `user`.
    pub role: String,
    pub message: Option<String>,
    pub time_in_call_secs: u32,
    pub tool_calls: Vec<Value>,
    pub tool_results: Vec<Value>,
}

/// A conversation as it went.
#[derive(Clone, Debug, Default)]
pub(crate) struct Talk {
    pub(crate) turns: Vec<Turn>,
    pub(crate) clock: u32,
    /// What the caller said of themselves, whether or not the tool was called.
    pub(crate) facts: Option<Facts>,
    /// The outcomes of the tool's calls.
    pub(crate) dispatches: Vec<ToolOutcome>,
    pub(crate) refused: bool,
    /// The caller had a need that such a site serves, and stayed to say it.
    pub(crate) real_need: bool,
    pub(crate) asked_birth: bool,
    pub(crate) gave_address: bool,
    /// A closing phrase stood before the first dispatch (or none followed).
    pub(crate) closed_first: bool,
    pub(crate) caller_hung_up: bool,
    /// Why the run cannot be judged: a tool without a mock.
    pub(crate) invalid: Option<String>,
    pub(crate) cut: bool,
    limit: usize,
}

impl Talk {
    fn push(&mut self, role: &str, text: Option<&str>) -> Option<&mut Turn> {
        if self.turns.len() >= self.limit {
            self.cut = true;
            return None;
        }
        let turn = Turn {
            role: role.to_owned(),
            message: text.map(str::to_owned),
            time_in_call_secs: self.clock,
            tool_calls: Vec::new(),
            tool_results: Vec::new(),
        };
        let spoken = text.map_or(1, |text| 2 + text.chars().count() / 15);
        self.clock += u32::try_from(spoken).unwrap_or(60);
        self.turns.push(turn);
        self.turns.last_mut()
    }

    fn agent(&mut self, text: &str) -> Option<()> {
        self.push("agent", Some(text)).map(|_| ())
    }

    fn user(&mut self, text: &str) -> Option<()> {
        self.push("user", Some(text)).map(|_| ())
    }

    pub(crate) fn messages(&self, role: &str) -> usize {
        self.turns
            .iter()
            .filter(|turn| turn.role == role && turn.message.is_some())
            .count()
    }
}

/// Plays a whole conversation.
pub(crate) async fn talk(brain: &Brain, caller: &Caller, port: &mut Port<'_>) -> Talk {
    let mut talk = Talk {
        limit: brain.max_turns,
        ..Talk::default()
    };
    // The script ends early where the turns are used up or a run becomes invalid.
    let _ = script(brain, caller, port, &mut talk).await;
    talk
}

async fn script(
    brain: &Brain,
    caller: &Caller,
    port: &mut Port<'_>,
    talk: &mut Talk,
) -> Option<()> {
    let said = caller.lines();
    let own = lines(brain.lang);
    if !brain.first_message.is_empty() {
        talk.agent(&brain.first_message)?;
    }
    if caller.hangs_up {
        talk.user(said.hello)?;
        talk.agent(own.how_can_i_help)?;
        talk.caller_hung_up = true;
        return Some(());
    }
    // With an empty first message the agent waits for the caller to speak (R17).
    talk.user(&caller.opening)?;
    let wish = caller.wishes.first()?;
    talk.real_need = !caller.off_topic;
    if brain.clauses.empty {
        talk.agent(own.how_can_i_help)?;
        talk.user(&caller.opening)?;
        return close_without_dispatch(own.promise_and_goodbye, caller, talk);
    }
    let served = !caller.off_topic && serves(&brain.prompt, &wish.service);
    talk.real_need = served;
    if !served {
        // Without an off-topic clause, a caller who wants something odd is passed on all the same;
        // a trade that the prompt does not know is not.
        let passed_on = caller.off_topic && !brain.clauses.off_topic;
        if !passed_on {
            return decline(brain, caller, talk);
        }
    }
    details(brain, caller, wish, talk)?;
    if !(brain.clauses.dispatch_first && brain.has_tool) {
        return close_without_dispatch(own.promise_and_goodbye, caller, talk);
    }
    for (index, wish) in caller.wishes.iter().enumerate() {
        if index > 0 {
            talk.user(&with(said.another, &wish.spoken))?;
        }
        dispatch(brain, caller, wish, index > 0, port, talk).await?;
    }
    talk.user(said.thanks)?;
    end(own.goodbye, brain, talk)
}

/// Tells the caller what the site does; nothing is dispatched and nothing promised.
fn decline(brain: &Brain, caller: &Caller, talk: &mut Talk) -> Option<()> {
    let own = lines(brain.lang);
    if !brain.clauses.off_topic {
        return close_without_dispatch(own.promise_and_goodbye, caller, talk);
    }
    let site = trade_of(&brain.prompt).map_or("", |trade| trade.name(brain.lang));
    talk.refused = true;
    talk.agent(&with(own.refusal, site))?;
    talk.user(caller.lines().thanks)?;
    end(own.goodbye, brain, talk)
}

fn close_without_dispatch(line: &str, caller: &Caller, talk: &mut Talk) -> Option<()> {
    talk.closed_first = true;
    talk.agent(line)?;
    talk.user(caller.lines().thanks)?;
    talk.caller_hung_up = true;
    Some(())
}

fn end(line: &str, brain: &Brain, talk: &mut Talk) -> Option<()> {
    if !brain.end_call {
        talk.caller_hung_up = true;
        return talk.agent(line);
    }
    let turn = talk.push("agent", Some(line))?;
    let reason = "Caller said goodbye";
    turn.tool_calls.push(json!({
        "type": "system", "request_id": "call_End01", "tool_name": "end_call",
        "params_as_json": json!({"reason": reason}).to_string(),
        "tool_has_been_called": true, "tool_details": null,
    }));
    let result = json!({"result_type": "end_call_success", "status": "success", "reason": reason});
    turn.tool_results.push(json!({
        "request_id": "call_End01", "tool_name": "end_call", "result_value": result.to_string(),
        "is_error": false, "tool_has_been_called": true, "tool_latency_secs": 0,
        "type": "system", "result": result,
    }));
    Some(())
}

/// Name, place and number, and what a careless prompt lets the agent ask or give away.
fn details(brain: &Brain, caller: &Caller, wish: &Wish, talk: &mut Talk) -> Option<()> {
    let (said, own) = (caller.lines(), lines(brain.lang));
    talk.facts = Some(facts(caller, wish, false));
    talk.agent(own.ask_details)?;
    let mut answer = with(said.my_name, &caller.name);
    if let Some(place) = &wish.place {
        answer = format!("{answer} {}", with(said.my_location, place));
    }
    talk.user(&answer)?;
    talk.agent(own.ask_phone)?;
    match &caller.phone {
        Some(phone) => talk.user(&with(said.my_phone, phone))?,
        None => talk.user(said.this_phone)?,
    }
    let dental = trade_of(&wish.service).is_some_and(|trade| trade.id == "dental");
    if dental && !brain.clauses.no_birth_date {
        talk.asked_birth = true;
        talk.agent(own.ask_birth)?;
        talk.user(said.my_birth)?;
    }
    if dental && !brain.clauses.no_address {
        talk.gave_address = true;
        talk.agent(own.leaked_address)?;
    }
    Some(())
}

fn facts(caller: &Caller, wish: &Wish, another: bool) -> Facts {
    Facts {
        name: caller.name.clone(),
        phone: caller.phone.clone(),
        language: caller.lang.tag().to_owned(),
        service: wish.service.clone(),
        location: wish.place.clone(),
        urgency: wish.urgency.clone(),
        another,
    }
}

/// Calls the tool, speaks its answer, and answers what it asks for: once more with the place where
/// that was missing, once more where the answer was an error or `ok: false`.
async fn dispatch(
    brain: &Brain,
    caller: &Caller,
    wish: &Wish,
    another: bool,
    port: &mut Port<'_>,
    talk: &mut Talk,
) -> Option<()> {
    let (said, own) = (caller.lines(), lines(brain.lang));
    let mut wish = wish.clone();
    for _ in 0..3 {
        let facts = facts(caller, &wish, another);
        talk.facts = Some(facts.clone());
        talk.push("agent", Some(own.one_moment))?;
        let outcome = match port.call(&facts).await {
            Ok(outcome) => outcome,
            Err(why) => {
                talk.invalid = Some(why);
                return None;
            }
        };
        talk.turns.last_mut()?.tool_calls.push(outcome.call.clone());
        talk.push("agent", None)?
            .tool_results
            .push(outcome.result.clone());
        talk.dispatches.push(outcome.clone());
        let reply: Value = serde_json::from_str(&outcome.text).unwrap_or_default();
        if outcome.is_error {
            talk.agent(own.apology)?;
            continue;
        }
        talk.agent(
            reply["say"]
                .as_str()
                .filter(|say| !say.is_empty())
                .unwrap_or(own.noted),
        )?;
        if wish.place.is_none() {
            talk.user(&with(said.my_location, &caller.place))?;
            wish.place = Some(caller.place.clone());
            continue;
        }
        if reply["ok"] != json!(false) {
            break;
        }
    }
    Some(())
}
