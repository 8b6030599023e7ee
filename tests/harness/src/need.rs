//! A need: what one caller wants, as the agent's tool call carries it. The seed and the number of
//! the need decide all of it, so that a run can be replayed.

use chassis::config::Secret;
use chrono::TimeDelta;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

use crate::cell::{CELLS, Cell};

/// A signed token must outlive every jump of a clock.
const TOKEN_LIFE: TimeDelta = TimeDelta::minutes(120);

/// What the caller does besides asking once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// Asks until there is an answer.
    Plain,
    /// The first request is given up after so many milliseconds.
    Impatient(u64),
    /// Asks again after the answer, in the same words.
    Again,
    /// Asks again with another phone number: an amendment.
    Amends,
    /// Has a second, different need.
    Another,
}

#[derive(Clone)]
pub struct Need {
    pub conversation: String,
    pub cell: &'static Cell,
    pub body: Value,
    pub habit: Habit,
}

impl Need {
    /// The `n`th need of a run.
    #[must_use]
    pub fn nth(seed: u64, n: usize) -> Self {
        let mut rng = StdRng::seed_from_u64(seed ^ (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let cell = &CELLS[n % CELLS.len()];
        let phone = cell.number(n);
        let conversation = format!("conv_{seed:x}_{n}");
        let urgency = ["emergency", "soon", "flexible", ""][rng.random_range(0..4)];
        let habit = match rng.random_range(0..100) {
            0..12 => Habit::Impatient(rng.random_range(10..120)),
            12..22 => Habit::Again,
            22..28 => Habit::Amends,
            28..32 => Habit::Another,
            _ => Habit::Plain,
        };
        let body = json!({
            "customer_name": format!("Caller {n}"), "phone": phone, "language": cell.language,
            "service": cell.need, "location": cell.place, "urgency": urgency, "another_need": "",
            "conversation_id": conversation, "caller_id": phone, "called_number": cell.did,
            "agent_id": "agent_x", "call_sid": format!("CA{:032x}", rng.random::<u128>()),
        });
        Self {
            conversation,
            cell,
            body,
            habit,
        }
    }

    /// The same need with another number to call back.
    #[must_use]
    pub fn amended(&self) -> Value {
        let mut body = self.body.clone();
        body["customer_name"] = json!("Somebody else");
        body
    }

    /// A second need of the same caller. It names a trade that no site's words cover here, so that
    /// it is stored for the operator.
    #[must_use]
    pub fn another(&self) -> Value {
        let mut body = self.body.clone();
        body["service"] = json!("the piano wants to be tuned");
        body["another_need"] = json!("true");
        body
    }

    /// The token that telephony sends along with the call.
    #[must_use]
    pub fn token(&self, secret: &str) -> String {
        let until = chassis::clock::now() + TOKEN_LIFE;
        let claims = json!({
            "call_sid": self.body["call_sid"], "site_id": self.cell.site,
            "called_number": self.cell.did, "country": self.cell.country,
            "caller": self.body["caller_id"], "exp": until.timestamp(),
        });
        chassis::token::sign(&Secret::new(secret), "call", &claims, until)
    }
}
