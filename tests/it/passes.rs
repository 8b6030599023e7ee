//! Who the programs of a world are to each other: on PostgreSQL each has a certificate of the test's
//! own authority, as in production, so that every flow goes by mutual TLS and by the table of callers;
//! on SQLite they speak in plain text on loopback, as `bord up` does.

use std::collections::BTreeMap;
use std::sync::Arc;

use bord::peers::Addresses;
use bord::stack;
use chassis::transport::{self, Files, Identity, Transport};
use test_support::{Authority, TestDb};
use url::Url;

pub(crate) const OPERATOR: &str = "operator";

/// Nobody has a pass in plain text.
#[derive(Default)]
pub(crate) struct Passes(BTreeMap<&'static str, Arc<Transport>>);

impl Passes {
    pub(crate) fn for_world(db: &TestDb) -> Self {
        if db.is_postgres() {
            Self::certified()
        } else {
            Self::default()
        }
    }

    fn certified() -> Self {
        let authority = Authority::new("bord's test");
        let everybody = stack::SERVICES.into_iter().chain([OPERATOR]);
        Self(
            everybody
                .map(|name| (name, Arc::new(certified(&authority, name))))
                .collect(),
        )
    }

    /// Where the services are found, in the way in which these programs reach each other.
    pub(crate) fn spell(&self, at: Addresses) -> Addresses {
        if self.0.is_empty() {
            return at;
        }
        let secure = |url: Url| {
            Url::parse(&url.as_str().replacen("http:", "https:", 1)).expect("still an address")
        };
        Addresses {
            telephony: secure(at.telephony),
            lead: secure(at.lead),
            roster: secure(at.roster),
            notification: secure(at.notification),
            quality: secure(at.quality),
        }
    }

    /// Runs `future` as the program `name`: what it serves and calls shows that name.
    pub(crate) async fn run<F: Future>(&self, name: &str, future: F) -> F::Output {
        let pass = self.0.get(name).cloned().unwrap_or_default();
        transport::with(pass, future).await
    }
}

fn certified(authority: &Authority, name: &str) -> Transport {
    let folder = tempfile::tempdir().expect("a folder");
    let written = authority.write(folder.path(), name, "127.0.0.1", &authority.pem);
    let files = Files {
        cert: written.cert,
        key: written.key,
        ca: written.ca,
    };
    Transport {
        identity: Some(Identity::load(files).expect("files that fit each other")),
        ..Transport::default()
    }
}
