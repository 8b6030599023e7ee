//! Named points at which a test can break or hold a process: error, panic, kill, sleep, hang, hold.
//!
//! Present under `debug_assertions` only; a release build passes every point. An armed point fires
//! once. Each service names its own points in one list and arms them from BORD_CRASH_POINT.

use std::collections::BTreeSet;
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;

use crate::config::Env;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Error,
    Panic,
    /// Ends the process at once, as SIGKILL does.
    Kill,
    Sleep(Duration),
    /// Never goes on: to the rest of the world the task is dead.
    Hang,
    /// Goes on when the test releases the point, so that a test can force an order. Not for
    /// BORD_CRASH_POINT: from outside nobody could release it.
    Hold,
}

/// What is armed, and what has fired. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Points(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    armed: Vec<(String, Action)>,
    fired: Vec<String>,
    released: BTreeSet<String>,
    wake: Arc<Notify>,
}

/// The error of an armed point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("crash point {0}")]
pub struct Crashed(pub &'static str);

/// "POINT:ACTION", as in `lead.after_assign:kill` or `lead.before_notify:sleep=5000`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Armed(pub String, pub Action);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not POINT:error, :panic, :kill, :hang or :sleep=MILLISECONDS")]
pub struct InvalidArming;

/// Several, separated by commas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arming(pub Vec<Armed>);

impl FromStr for Arming {
    type Err = InvalidArming;

    fn from_str(text: &str) -> Result<Self, InvalidArming> {
        text.split(',')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl FromStr for Armed {
    type Err = InvalidArming;

    fn from_str(text: &str) -> Result<Self, InvalidArming> {
        let (point, action) = text.split_once(':').ok_or(InvalidArming)?;
        let action = match (action, action.strip_prefix("sleep=")) {
            ("error", _) => Action::Error,
            ("panic", _) => Action::Panic,
            ("kill", _) => Action::Kill,
            ("hang", _) => Action::Hang,
            (_, Some(ms)) => Action::Sleep(Duration::from_millis(
                ms.parse().map_err(|_| InvalidArming)?,
            )),
            _ => return Err(InvalidArming),
        };
        Ok(Self(point.to_owned(), action))
    }
}

impl Points {
    /// Armed with BORD_CRASH_POINT, several separated by commas, where it names points of `names`;
    /// another service's are left to it.
    pub fn read(env: &mut Env, names: &[&str]) -> Self {
        let points = Self::default();
        if cfg!(debug_assertions)
            && let Some(Arming(armed)) = env.parse_optional("BORD_CRASH_POINT")
        {
            for Armed(point, action) in armed {
                if names.contains(&point.as_str()) {
                    points.arm(&point, action);
                }
            }
        }
        points
    }

    pub fn arm(&self, point: &str, action: Action) {
        self.state().armed.push((point.to_owned(), action));
    }

    /// Lets everybody go on who is held at the point, now or later.
    pub fn release(&self, point: &str) {
        let mut state = self.state();
        state.released.insert(point.to_owned());
        state.wake.notify_waiters();
    }

    /// How often the point was passed while it was armed.
    #[must_use]
    pub fn fired(&self, point: &str) -> usize {
        self.state()
            .fired
            .iter()
            .filter(|fired| *fired == point)
            .count()
    }

    /// Passes a point, or does what it is armed with.
    pub async fn pass(&self, point: &'static str) -> Result<(), Crashed> {
        if !cfg!(debug_assertions) {
            return Ok(());
        }
        let action = {
            let mut state = self.state();
            let Some(index) = state.armed.iter().position(|(armed, _)| armed == point) else {
                return Ok(());
            };
            state.fired.push(point.to_owned());
            state.armed.remove(index).1
        };
        tracing::warn!(point, ?action, "crash point");
        match action {
            Action::Error => Err(Crashed(point)),
            Action::Panic => panic!("crash point {point}"),
            Action::Kill => std::process::abort(),
            Action::Sleep(length) => {
                tokio::time::sleep(length).await;
                Ok(())
            }
            Action::Hang => std::future::pending().await,
            Action::Hold => {
                self.held(point).await;
                Ok(())
            }
        }
    }

    async fn held(&self, point: &str) {
        let wake = Arc::clone(&self.state().wake);
        loop {
            // Listens before it looks, so that no release falls between.
            let woken = wake.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            if self.state().released.contains(point) {
                return;
            }
            woken.await;
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // A panic under this lock leaves a plain list, which is as good as before.
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
