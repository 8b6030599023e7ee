//! A fault: what goes wrong, at which vendor's operation, how often. Faults are set by the typed
//! API or by `POST /admin/faults`; every firing is counted, so that a test can prove that the
//! case which it is about really happened.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::{DateTime, Utc};
use rand::Rng as _;
use serde::{Deserialize, Serialize};

use crate::hub::now;

/// The three vendors that the twin plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vendor {
    Twilio,
    Elevenlabs,
    Mailgun,
}

/// What goes wrong. The first group concerns requests to the twin, the second the webhooks that
/// it sends (operations named `webhook.…`), the third single operations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultKind {
    /// Answers as usual, but later.
    Delay { ms: u64 },
    /// 429, not processed; with `Retry-After` (and Mailgun's `X-RateLimit-Reset`) when given.
    TooManyRequests {
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// An error of the vendor's own, not processed.
    ServerError {
        #[serde(default = "status_500")]
        status: u16,
    },
    /// 401 as for wrong credentials.
    Unauthorized,
    /// An HTML page instead of the API's answer, not processed.
    Html {
        #[serde(default = "status_502")]
        status: u16,
    },
    /// Never answers, not processed.
    Hang,
    /// Processed, then never answers.
    AcceptThenHang,
    /// Processed, then answered with an error.
    AcceptThenError {
        #[serde(default = "status_500")]
        status: u16,
    },
    /// Processed, then the connection is reset.
    AcceptThenReset,
    /// The connection is reset before anything was processed.
    Reset,
    /// The connection is closed before the request was read, as far as a shared port allows; for a
    /// port that refuses connections see [`crate::Twin::refuse_connections`].
    Refuse,
    /// A refusal in the vendor's own form, for example Twilio's 21631.
    Reject {
        status: u16,
        code: u32,
        #[serde(default)]
        message: String,
    },
    /// The webhook is never sent.
    Lost,
    /// The webhook is sent twice.
    Doubled,
    /// The webhook is sent after the next one of the same operation.
    Reordered,
    /// The webhook is sent later.
    Late { ms: u64 },
    /// `webhook.tool`: this call never reaches its receiver, nor does any later one of the same
    /// conversation, however often the agent tries again.
    Severed,
    /// `register_call`: 422.
    Unprocessable,
    /// `register_call`: the TwiML wrapped in a JSON string.
    JsonString,
    /// `register_call`: TwiML without the conversation id.
    NoConversationId,
    /// `register_call`: answered well, but the stream is refused later.
    ExpiredRegistration,
    /// `register_call`: no cost in money is named for the conversation until `Twin::name_costs`.
    Unpriced,
    /// `test_run`: one run fails although the agent behaved.
    FailRun,
}

impl FaultKind {
    /// The kind's name as in JSON.
    pub fn name(&self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        value["kind"].as_str().unwrap_or_default().to_owned()
    }
}

const fn status_500() -> u16 {
    500
}
const fn status_502() -> u16 {
    502
}
fn any() -> String {
    "*".to_owned()
}

/// A fault to set. `operation` is a name such as `messages.create` (see `gate::operation`),
/// `webhook.message_status`, or a prefix with `*`; a bare `*` means every request of the vendor
/// and no webhook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    pub vendor: Vendor,
    #[serde(default = "any")]
    pub operation: String,
    #[serde(flatten)]
    pub kind: FaultKind,
    /// How often it fires; forever when absent.
    #[serde(default)]
    pub times: Option<u32>,
    /// How many matching occasions pass before it begins.
    #[serde(default)]
    pub skip: u32,
    /// Only where path, query or body contain this text (form bodies are searched decoded).
    #[serde(default)]
    pub matching: Option<String>,
    /// Only at every nth matching occasion, the nth one first.
    #[serde(default)]
    pub every: Option<u32>,
    /// Only with this chance at each matching occasion, 0 to 1.
    #[serde(default)]
    pub chance: Option<f64>,
}

impl Fault {
    /// A fault that fires every time.
    pub fn forever(vendor: Vendor, operation: &str, kind: FaultKind) -> Self {
        Self {
            vendor,
            operation: operation.to_owned(),
            kind,
            times: None,
            skip: 0,
            matching: None,
            every: None,
            chance: None,
        }
    }

    /// A fault that fires once.
    pub fn once(vendor: Vendor, operation: &str, kind: FaultKind) -> Self {
        Self::forever(vendor, operation, kind).times(1)
    }

    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    #[must_use]
    pub fn skip(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }

    #[must_use]
    pub fn matching(mut self, text: &str) -> Self {
        self.matching = Some(text.to_owned());
        self
    }

    /// Fires at every nth occasion: `every(3)` loses the third, the sixth, …
    #[must_use]
    pub fn every(mut self, nth: u32) -> Self {
        self.every = Some(nth);
        self
    }

    /// Fires with this chance at each occasion.
    #[must_use]
    pub fn chance(mut self, chance: f64) -> Self {
        self.chance = Some(chance);
        self
    }

    fn applies(&self, vendor: Vendor, operation: &str, text: &str) -> bool {
        let named = if self.operation == "*" {
            !operation.starts_with("webhook.") && operation != "test_run"
        } else if let Some(prefix) = self.operation.strip_suffix('*') {
            operation.starts_with(prefix)
        } else {
            self.operation == operation
        };
        self.vendor == vendor && named && self.matching.as_ref().is_none_or(|m| text.contains(m))
    }
}

/// One firing of a fault.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FaultFired {
    pub fault: usize,
    pub vendor: Vendor,
    pub operation: String,
    pub kind: String,
    pub at: DateTime<Utc>,
}

#[derive(Default)]
struct Book {
    set: Vec<(usize, Fault, u32)>,
    /// Occasions that a fault with `every` saw, by its number.
    seen: HashMap<usize, u32>,
    numbered: usize,
    fired: Vec<FaultFired>,
}

/// The faults that are set and those that fired.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Book>);

impl Faults {
    fn book(&self) -> std::sync::MutexGuard<'_, Book> {
        self.0.lock().expect("no holder of this lock panics")
    }

    pub(crate) fn add(&self, fault: Fault) -> usize {
        let mut book = self.book();
        book.numbered += 1;
        let number = book.numbered;
        book.set.push((number, fault, 0));
        number
    }

    pub(crate) fn clear(&self) {
        self.book().set.clear();
    }

    pub(crate) fn reset(&self) {
        *self.book() = Book::default();
    }

    pub(crate) fn list(&self) -> Vec<(usize, Fault, u32)> {
        self.book().set.clone()
    }

    pub(crate) fn fired(&self) -> Vec<FaultFired> {
        self.book().fired.clone()
    }

    /// The first fault that applies and still has firings left; taking it counts one firing.
    pub(crate) fn take(&self, vendor: Vendor, operation: &str, text: &str) -> Option<FaultKind> {
        let mut book = self.book();
        let Book { set, seen, .. } = &mut *book;
        let mut taken = None;
        for (number, fault, count) in set {
            if !fault.applies(vendor, operation, text) || fault.times == Some(0) {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            if let Some(nth) = fault.every {
                let seen = seen.entry(*number).or_default();
                *seen += 1;
                if !seen.is_multiple_of(nth.max(1)) {
                    continue;
                }
            }
            if let Some(chance) = fault.chance
                && !rand::rng().random_bool(chance.clamp(0.0, 1.0))
            {
                continue;
            }
            if let Some(times) = &mut fault.times {
                *times -= 1;
            }
            *count += 1;
            taken = Some((*number, fault.kind.clone()));
            break;
        }
        let (number, kind) = taken?;
        book.fired.push(FaultFired {
            fault: number,
            vendor,
            operation: operation.to_owned(),
            kind: kind.name(),
            at: now(),
        });
        Some(kind)
    }
}
