//! All of bord speaking mutual TLS, each program by a certificate of its own, looked into as the
//! operator: who shows the operator's certificate gets in, who shows none or another's does not.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bord::peers::Addresses;
use bord::stack::{self, Ports, Sockets};
use bord::{ready, settings};
use chassis::config::Env;
use chassis::run::Life;
use chassis::transport::{self, Transport};
use test_support::TestDb;
use test_support::tools::{self, Ran};
use url::Url;
use vendor_twin::{Twin, TwinConfig};

use crate::certificates::{Authority, shown};
use crate::cookbook;
use crate::inspect::with_details;
use crate::shutdown::binary;

const READY: Duration = Duration::from_secs(30);
const DATABASES: [(&str, &str); 5] = [
    ("TELEPHONY_DATABASE_URL", "telephony"),
    ("LEAD_DATABASE_URL", "lead"),
    ("ROSTER_DATABASE_URL", "roster"),
    ("NOTIFICATION_DATABASE_URL", "notification"),
    ("QUALITY_DATABASE_URL", "quality"),
];
const LIST: &str = "bord.roster.v1.RosterService/ListProviders";
const GET: &str = "bord.roster.v1.RosterService/GetProvider";
const HEALTH: &str = "grpc.health.v1.Health/Check";

struct Secured {
    authority: Authority,
    addresses: Addresses,
    lives: Vec<Life>,
    _twin: Twin,
    // Its files go with it.
    _db: TestDb,
}

impl Drop for Secured {
    fn drop(&mut self) {
        self.lives.iter().for_each(Life::stop);
    }
}

/// The socket behind `http://127.0.0.1:PORT`, by the name that a port-forward gives it.
fn by_name(url: &Url) -> Url {
    let port = url.port().expect("a port");
    Url::parse(&format!("https://localhost:{port}")).expect("a URL")
}

impl Secured {
    /// All six programs, each with its own certificate and with what `change` makes of its transport.
    async fn start(change: impl Fn(Transport) -> Transport) -> Self {
        chassis::telemetry::install_crypto();
        let authority = Authority::new();
        let db = TestDb::sqlite().await;
        let sockets = Sockets::bind(Ports::Free).await.expect("free ports");
        let plain = sockets.addresses();
        let addresses = Addresses {
            telephony: by_name(&plain.telephony),
            lead: by_name(&plain.lead),
            roster: by_name(&plain.roster),
            notification: by_name(&plain.notification),
            quality: by_name(&plain.quality),
        };
        let gateway = sockets.gateway_url();
        let base = gateway.as_str().trim_end_matches('/');
        let twin = TwinConfig {
            public_base_url: Some(base.to_owned()),
            bord_base_url: Some(base.to_owned()),
            ..TwinConfig::default()
        };
        let twin = Twin::start(twin).await.expect("the twin starts");
        let mut env = settings::made_up(&Env::default(), "sqlite:unused", base);
        settings::point_at_twin(&mut env, &twin.url());
        for (setting, service) in DATABASES {
            env.set(setting, db.url(service));
        }
        let env = stack::with_addresses(&env, &addresses);
        let mut lives = Vec::new();
        for (name, bound) in sockets.by_name() {
            let own = Arc::new(change(authority.transport(name)));
            let life = Life::for_test();
            let starting = async { stack::start_one(&env, name, bound, &life) };
            let started = transport::with(own, starting).await;
            started.expect("settings are complete");
            lives.push(life);
        }
        let operator = Arc::new(authority.transport("operator"));
        let ready = transport::with(operator, ready::all(&addresses, READY)).await;
        ready.expect("all become ready, by TLS");
        Self {
            authority,
            addresses,
            lives,
            _twin: twin,
            _db: db,
        }
    }

    /// grpcurl with the certificate of `name`, as the cookbook writes it.
    async fn grpcurl(&self, name: &str, arguments: &[&str]) -> Ran {
        let files = self.authority.issue(name);
        let tls = [
            "-cacert",
            shown(&files.ca),
            "-cert",
            shown(&files.cert),
            "-key",
            shown(&files.key),
            "-max-time",
            "20",
        ];
        tools::run("grpcurl", &[&tls[..], arguments].concat()).await
    }

    /// `bord` as a person at a port-forward runs it, with the certificate of `name`.
    async fn bord(&self, name: &str, arguments: &[&str]) -> Ran {
        let files = self.authority.issue(name);
        let at = &self.addresses;
        let settings = [
            ("TLS_CERT", shown(&files.cert)),
            ("TLS_KEY", shown(&files.key)),
            ("TLS_CA", shown(&files.ca)),
            ("TELEPHONY_URL", at.telephony.as_str()),
            ("LEAD_URL", at.lead.as_str()),
            ("ROSTER_URL", at.roster.as_str()),
            ("NOTIFICATION_URL", at.notification.as_str()),
            ("QUALITY_URL", at.quality.as_str()),
        ];
        tools::run_program(&binary("bord"), arguments, &settings).await
    }
}

/// The contract itself, for callers to whom nothing is described.
fn described() -> [String; 4] {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let contracts = tests.parent().expect("the workspace").join("proto");
    let file = "bord/roster/v1/roster_service.proto";
    ["-import-path", shown(&contracts), "-proto", file].map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_operators_certificate_opens_every_service_to_grpcurl_and_bord() {
    let secured = Secured::start(|transport| transport).await;
    for (service, url) in secured.addresses.by_name() {
        let listed = secured
            .grpcurl("operator", &[url.authority(), "list"])
            .await;
        assert!(listed.good().contains("bord."), "{service}");
        let health = secured
            .grpcurl("operator", &[url.authority(), HEALTH])
            .await;
        assert!(health.good().contains("SERVING"), "{service}");
    }
    // As the cookbook writes it, in the folder of the three files.
    let folder = secured.authority.issue("operator").cert;
    let folder = folder.parent().expect("its folder").display();
    let roster = secured.addresses.roster.authority();
    let line = format!("cd '{folder}'\ng {roster} list");
    let listed = cookbook::run(&cookbook::with_certificate(), &line).await;
    assert!(listed.good().contains("bord.roster.v1.RosterService"));
    // The catalogue goes to four services, one of which asks another: every hop by TLS.
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let catalog = tests.parent().expect("the workspace").join("k8s/catalog");
    let applied = secured
        .bord("operator", &["catalog", "apply", shown(&catalog)])
        .await;
    assert!(applied.good().contains(" 0 failed"));
    let providers = secured
        .bord("operator", &["providers", "--json"])
        .await
        .good();
    let providers: serde_json::Value = serde_json::from_str(&providers).expect("JSON");
    let first = providers[0]["provider_id"]
        .as_str()
        .expect("a provider's id");
    let read = format!(r#"{{"provider_id":"{first}"}}"#);
    let read = secured
        .grpcurl("operator", &["-d", &read, roster, GET])
        .await;
    assert!(read.good().contains(first));
    let health = format!("https://{roster}/{HEALTH}");
    let files = secured.authority.issue("operator");
    let mut by_buf = vec!["curl", "--protocol", "grpc", "--cacert", shown(&files.ca)];
    by_buf.extend([
        "--cert",
        shown(&files.cert),
        "--key",
        shown(&files.key),
        &health,
    ]);
    let health = tools::run("buf", &by_buf).await;
    assert!(health.good().contains("SERVING"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_certificate_nobody_gets_in_and_with_anothers_nobody_gets_further() {
    let secured = Secured::start(|transport| transport).await;
    let roster = secured.addresses.roster.authority();
    let public = secured.authority.public();
    let limits = ["-connect-timeout", "3", "-max-time", "5"];
    let nameless = ["-cacert", shown(&public), roster, "list"];
    let nameless = tools::run("grpcurl", &[&limits[..], &nameless].concat()).await;
    let said = nameless.refused();
    assert!(
        !said.contains("bord.") && said.contains("ailed to"),
        "{said}"
    );
    let plain = ["-plaintext", roster, "list"];
    let plain = tools::run("grpcurl", &[&limits[..], &plain].concat()).await;
    assert!(!plain.refused().contains("bord."));
    // lead-service may read providers, and describe or store nothing.
    let listed = secured.grpcurl("lead-service", &[roster, "list"]).await;
    let said = listed.refused();
    assert!(
        said.contains("lead-service may not call this method"),
        "{said}"
    );
    let described = described();
    let described: Vec<&str> = described.iter().map(String::as_str).collect();
    let allowed = [&described[..], &["-d", r#"{"page_size":5}"#, roster, LIST]].concat();
    secured.grpcurl("lead-service", &allowed).await.good();
    let put = "bord.roster.v1.RosterService/PutProvider";
    let refused = [&described[..], &[roster, put]].concat();
    let said = secured.grpcurl("lead-service", &refused).await.refused();
    assert!(said.contains("Code: PermissionDenied"), "{said}");
    let said = with_details(said);
    assert!(said.contains("PEER_NOT_ALLOWED"), "{said}");
    let said = secured.bord("gateway", &["providers"]).await.refused();
    assert!(said.contains("PEER_NOT_ALLOWED"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_reflection_off_nothing_is_described_and_everything_served() {
    let hidden = |transport| Transport {
        hide_reflection: true,
        ..transport
    };
    let secured = Secured::start(hidden).await;
    let roster = secured.addresses.roster.authority();
    let said = secured
        .grpcurl("operator", &[roster, "list"])
        .await
        .refused();
    assert!(
        said.contains("does not support the reflection API"),
        "{said}"
    );
    let described = described();
    let described: Vec<&str> = described.iter().map(String::as_str).collect();
    let asked = [&described[..], &["-d", r#"{"page_size":5}"#, roster, LIST]].concat();
    secured.grpcurl("operator", &asked).await.good();
    secured
        .bord("operator", &["providers", "--json"])
        .await
        .good();
}
