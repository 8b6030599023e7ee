//! The table of who may call what: one line for each method, its path and the names of its callers.
//!
//! ```text
//! # Comments start with a hash; `*` is everybody whom our authority gave a certificate.
//! package.Service/Method: lead-service operator
//! ```
//! What is not in the table nobody may call.

use std::collections::BTreeMap;

use tonic::Status;

use crate::fault::{self, Kind};
use crate::transport::Peer;

#[derive(Debug)]
pub struct Callers(BTreeMap<&'static str, Vec<&'static str>>);

/// A line that is not a line of the table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the table of callers: {wrong}")]
pub struct Malformed {
    pub line: usize,
    pub wrong: &'static str,
}

impl Callers {
    pub fn parse(text: &'static str) -> Result<Self, Malformed> {
        let mut methods = BTreeMap::new();
        for (at, line) in text.lines().enumerate() {
            let malformed = |wrong| Malformed {
                line: at + 1,
                wrong,
            };
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let (path, names) = line.split_once(':').ok_or(malformed("has no colon"))?;
            if path.split('/').count() != 2 || path.contains(char::is_whitespace) {
                return Err(malformed("does not start with package.Service/Method"));
            }
            let names = names.split_whitespace().collect();
            if methods.insert(path, names).is_some() {
                return Err(malformed("names a method for the second time"));
            }
        }
        Ok(Self(methods))
    }

    /// Every method of the table with its callers.
    pub fn methods(&self) -> impl Iterator<Item = (&'static str, &[&'static str])> {
        self.0.iter().map(|(path, names)| (*path, names.as_slice()))
    }

    /// True when `path`, as in `package.Service/Method`, is in the table.
    #[must_use]
    pub fn knows(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    #[must_use]
    pub fn allow(&self, path: &str, name: &str) -> bool {
        let callers = self.0.get(path).map(Vec::as_slice).unwrap_or_default();
        callers
            .iter()
            .any(|caller| *caller == "*" || *caller == name)
    }

    pub(super) fn check(&self, path: &str, peer: &Peer) -> Result<(), Status> {
        let name = peer.0.as_deref();
        if name.is_some_and(|name| self.allow(path, name)) {
            return Ok(());
        }
        let name = name.unwrap_or("a caller without a name");
        let text = format!("{name} may not call this method");
        Err(fault::plain(Kind::Forbidden, "PEER_NOT_ALLOWED", &text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "
        # Who may dispatch.
        a.Lead/Dispatch: gateway operator   # nobody else
        a.Lead/Watch:
        grpc.health.v1.Health/Check: *
    ";

    fn peer(name: &str) -> Peer {
        Peer(Some(name.into()))
    }

    #[test]
    fn only_those_named_may_call_and_what_is_not_named_nobody() {
        let callers = Callers::parse(TABLE).unwrap();
        assert!(callers.check("a.Lead/Dispatch", &peer("gateway")).is_ok());
        assert!(callers.check("a.Lead/Dispatch", &peer("operator")).is_ok());
        for (path, peer) in [
            ("a.Lead/Dispatch", peer("roster-service")),
            ("a.Lead/Dispatch", peer("*")),
            ("a.Lead/Dispatch", peer("#")),
            ("a.Lead/Dispatch", Peer(None)),
            ("a.Lead/Watch", peer("gateway")),
            ("a.Lead/Other", peer("operator")),
        ] {
            let refused = callers.check(path, &peer).unwrap_err();
            assert_eq!(refused.code(), tonic::Code::PermissionDenied);
            assert_eq!(fault::reason(&refused).as_deref(), Some("PEER_NOT_ALLOWED"));
        }
    }

    #[test]
    fn everybody_with_a_name_may_call_what_is_marked_so() {
        let callers = Callers::parse(TABLE).unwrap();
        let health = "grpc.health.v1.Health/Check";
        assert!(callers.check(health, &peer("roster-service")).is_ok());
        assert!(callers.check(health, &Peer(None)).is_err());
    }

    #[test]
    fn a_line_that_cannot_be_read_is_refused_with_its_number() {
        for text in ["a.B/C gateway", "a.B: gateway", "\na.B/C: x\na.B/C: y"] {
            assert!(Callers::parse(text).is_err(), "{text}");
        }
        assert_eq!(Callers::parse("# fine\na.B/C").unwrap_err().line, 2);
    }
}
