//! The load: clients that place needs as the agent's platform does, with retries, and write down
//! what they were told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinHandle;

use crate::arena::Arena;
use crate::ledger::client::{Key, Outcome, Told};
use crate::need::{Habit, Need};

/// The platform waits so long for a tool.
const PATIENCE: Duration = Duration::from_secs(8);
/// An agent that is told to try again does; then the caller hangs up.
const TRIES: usize = 12;

/// Clients under way. Needs are numbered across all loads of a run.
pub struct Load {
    stop: Arc<AtomicBool>,
    clients: Vec<JoinHandle<()>>,
}

/// Numbers the needs of a run.
#[derive(Clone, Default)]
pub struct Counter(Arc<AtomicUsize>);

impl Counter {
    fn next(&self) -> usize {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

impl Load {
    /// Starts `clients`, each with a pause between two needs. A strict load takes the first request
    /// that does not succeed as a broken promise.
    #[must_use]
    pub fn start(
        arena: &Arc<Arena>,
        counter: &Counter,
        clients: usize,
        pause: Duration,
        strict: bool,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let clients = (0..clients)
            .map(|_| {
                let (arena, counter, stop) = (arena.clone(), counter.clone(), stop.clone());
                chassis::run::spawn(async move {
                    while !stop.load(Ordering::Relaxed) {
                        let need = Need::nth(arena.seed, counter.next());
                        if strict {
                            once(&arena, &need).await;
                        } else {
                            place(&arena, &need).await;
                        }
                        tokio::time::sleep(pause).await;
                    }
                })
            })
            .collect();
        Self { stop, clients }
    }

    /// No new needs; waits until those under way have ended.
    pub async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        for client in self.clients {
            let _ = client.await;
        }
    }
}

/// One need with everything that its caller does.
pub async fn place(arena: &Arena, need: &Need) {
    let key = key(need, false);
    if let Habit::Impatient(ms) = need.habit {
        let outcome = ask(arena, need, &need.body, Duration::from_millis(ms)).await;
        arena.client().note(&key, outcome);
    }
    if !insist(arena, need, &key, &need.body).await {
        return;
    }
    match need.habit {
        Habit::Again => {
            for _ in 0..2 {
                let outcome = ask(arena, need, &need.body, PATIENCE).await;
                arena.client().note(&key, outcome);
            }
        }
        Habit::Amends => {
            let mut outcome = ask(arena, need, &need.amended(), PATIENCE).await;
            if let Outcome::Ok(told) = &mut outcome {
                // Other arguments may get another sentence; the lead is the same.
                told.status = format!("amended:{}", told.status);
            }
            arena.client().note(&key, outcome);
        }
        Habit::Another => {
            let second = Key {
                second: true,
                ..key
            };
            insist(arena, need, &second, &need.another()).await;
        }
        Habit::Plain | Habit::Impatient(_) => {}
    }
}

/// Asks until it is acknowledged, or the caller hangs up.
async fn insist(arena: &Arena, need: &Need, key: &Key, body: &Value) -> bool {
    for n in 0..TRIES {
        let outcome = ask(arena, need, body, PATIENCE).await;
        let done = matches!(outcome, Outcome::Ok(_));
        arena.client().note(key, outcome);
        if done {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(200 * (n as u64 + 1))).await;
    }
    false
}

/// One request, which must succeed: nothing is broken now.
async fn once(arena: &Arena, need: &Need) {
    let outcome = ask(arena, need, &need.body, PATIENCE).await;
    if !matches!(outcome, Outcome::Ok(_)) {
        let hint = "a request failed while nothing but a rolling restart went on (I21)";
        arena.trouble(
            "FAILED_REQUEST",
            format!("{} {outcome:?}", need.conversation),
            hint,
        );
    }
    arena.client().note(&key(need, false), outcome);
}

fn key(need: &Need, second: bool) -> Key {
    Key {
        conversation: need.conversation.clone(),
        second,
    }
}

/// One tool call through the gateway.
pub async fn ask(arena: &Arena, need: &Need, body: &Value, patience: Duration) -> Outcome {
    let sent = chassis::http::client()
        .post(format!("{}/elevenlabs/tools/dispatch_lead", arena.gateway))
        .header("X-Bord-Tool-Secret", &arena.secrets.tool)
        .header("X-Bord-Call", need.token(&arena.secrets.call))
        .header("connection", "close")
        .timeout(patience)
        .json(body)
        .send()
        .await;
    let answer = match sent {
        Ok(answer) => answer,
        Err(error) if error.is_connect() => return Outcome::Failed,
        Err(_) => return Outcome::Unknown,
    };
    if !answer.status().is_success() {
        return Outcome::Failed;
    }
    let Ok(said) = answer.json::<Value>().await else {
        return Outcome::Unknown;
    };
    understood(&said)
}

/// What an answer of the tool says.
#[must_use]
pub fn understood(said: &Value) -> Outcome {
    let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
    if said["ok"] == true {
        Outcome::Ok(Told {
            lead_id: text("lead_id"),
            status: text("status"),
            say: text("say"),
        })
    } else {
        Outcome::Failed
    }
}
