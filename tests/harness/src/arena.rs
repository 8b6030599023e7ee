//! The arena: one whole system under test with everything that is needed to break it and to see
//! what became of it: processes, proxies, database, twin, clients' ledger, tallies.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chassis::run::Life;
use tempfile::TempDir;
use vendor_twin::Twin;

use crate::books::Books;
use crate::equip;
use crate::ground::{folder, free_host, keep_binaries, twin};
use crate::judge::Violation;
use crate::ledger::client::Client;
use crate::postgres::Postgres;
use crate::process::Spec;
use crate::provider::Person;
use crate::proxy::Proxy;
use crate::settings::{self, Secrets};
use crate::slot::{Ready, Slot};
use crate::tally::Tally;
use crate::tell::progress;

/// Binary, name of its URL, replicas that run from the start. Two where work waits in a queue: then
/// one takes over what the other held (I28). The second place of the others is for the rolling
/// restart.
const SERVICES: [(&str, &str, usize); 6] = [
    ("roster-service", "ROSTER_URL", 1),
    ("notification-service", "NOTIFICATION_URL", 2),
    ("lead-service", "LEAD_URL", 2),
    ("telephony-gateway", "TELEPHONY_URL", 1),
    ("quality-service", "QUALITY_URL", 1),
    ("gateway", "GATEWAY_URL", 1),
];

pub struct Arena {
    pub name: &'static str,
    pub seed: u64,
    pub folder: TempDir,
    pub binaries: PathBuf,
    /// The sample catalogue with the run's own providers.
    pub catalog: PathBuf,
    pub life: Life,
    pub twin: Twin,
    pub secrets: Secrets,
    /// Where vendors and clients reach bord.
    pub gateway: String,
    pub slots: Vec<Arc<Slot>>,
    pub database: Option<Database>,
    pub database_url: String,
    pub books: Books,
    pub people: Vec<Person>,
    /// Answers of people that are on their way.
    pub answering: AtomicUsize,
    pub tally: Tally,
    pub client: Mutex<Client>,
    pub troubles: Mutex<Vec<Violation>>,
}

/// Where what a run needs is found.
pub struct Places {
    pub binaries: PathBuf,
    pub catalog: PathBuf,
}

/// The server and the proxy in front of it.
pub struct Database {
    pub server: tokio::sync::Mutex<Postgres>,
    pub proxy: Proxy,
}

impl Arena {
    /// Every service as a process of its own, on a PostgreSQL of its own.
    ///
    /// # Errors
    /// Something does not start.
    pub async fn on_postgres(seed: u64, places: &Places) -> anyhow::Result<Self> {
        let life = Life::new(Duration::from_secs(2));
        let folder = folder()?;
        let binaries = keep_binaries(&places.binaries, &folder)?;
        let people = crate::provider::all();
        let addr = settings::free_port();
        progress("starting PostgreSQL");
        let server = Postgres::start(&folder.path().join("pg"), addr).await?;
        let pg = Proxy::start(vec![addr], &life).await?;
        let url = |addr| format!("postgres://postgres@{addr}/postgres?max_connections=8");
        let gateway = Proxy::start(Vec::new(), &life).await?;
        let secrets = Secrets::new();
        let twin = twin(&gateway.url()).await?;
        let catalog = equip::catalog(&places.catalog, folder.path(), &people, &twin)?;
        let mut vars = settings::shared(&gateway.url(), &twin.url(), &secrets);
        vars.insert("DATABASE_URL".into(), url(pg.addr()));
        let mut places = Vec::new();
        for (service, variable, replicas) in SERVICES {
            let addrs = [settings::free_port(), settings::free_port()];
            let proxy = match service {
                "gateway" => gateway.clone(),
                _ => Proxy::start(Vec::new(), &life).await?,
            };
            proxy.route_to(addrs[..replicas].to_vec());
            vars.insert(variable.to_owned(), proxy.url());
            places.push((service, addrs, replicas, proxy));
        }
        let mut slots = Vec::new();
        for (service, addrs, replicas, proxy) in places {
            for (n, addr) in addrs.into_iter().enumerate() {
                let label = format!("{service}#{}", n + 1);
                let one = slot(&folder, &binaries, &vars, service, label, addr, &proxy);
                one.lock().await.retired = n >= replicas;
                slots.push(Arc::new(one));
            }
        }
        start_all(&slots).await?;
        let database_url = url(addr);
        Ok(Self {
            name: "postgres",
            seed,
            binaries,
            catalog,
            life,
            twin,
            secrets,
            gateway: gateway.url(),
            slots,
            database: Some(Database {
                server: tokio::sync::Mutex::new(server),
                proxy: pg,
            }),
            books: Books::open(&database_url).await?,
            database_url,
            folder,
            people,
            answering: AtomicUsize::default(),
            tally: Tally::default(),
            client: Mutex::default(),
            troubles: Mutex::default(),
        })
    }

    /// `bord up`: everything in one process, on SQLite; only the twin stands outside, so that what
    /// carriers took survives every kill.
    ///
    /// # Errors
    /// It does not start.
    pub async fn on_sqlite(seed: u64, places: &Places) -> anyhow::Result<Self> {
        let life = Life::new(Duration::from_secs(2));
        let folder = folder()?;
        let binaries = keep_binaries(&places.binaries, &folder)?;
        let people = crate::provider::all();
        let host = free_host(seed)?;
        let addr = SocketAddr::new(host, 8080);
        let gateway = format!("http://{addr}");
        let secrets = Secrets::new();
        let twin = twin(&gateway).await?;
        let catalog = equip::catalog(&places.catalog, folder.path(), &people, &twin)?;
        let data = folder.path().join("data");
        let mut vars = settings::shared(&gateway, &twin.url(), &secrets);
        for (name, port) in [
            ("TELEPHONY", 50051),
            ("LEAD", 50052),
            ("ROSTER", 50053),
            ("NOTIFICATION", 50054),
            ("QUALITY", 50055),
        ] {
            vars.insert(format!("{name}_URL"), format!("http://{host}:{port}"));
        }
        let spec = Spec {
            program: binaries.join("bord"),
            args: [
                "up",
                "--host",
                &host.to_string(),
                "--twin",
                &twin.url(),
                "--catalog",
                &catalog.display().to_string(),
                "--data",
                &data.display().to_string(),
            ]
            .map(str::to_owned)
            .into(),
            vars,
            log: folder.path().join("bord.log"),
            ignore_file_limit: true,
        };
        let ready = Ready::Line("bord is up.");
        let slot = Arc::new(Slot::new(
            "bord",
            "bord".to_owned(),
            addr,
            None,
            spec,
            ready,
        ));
        start_all(std::slice::from_ref(&slot)).await?;
        let database_url = format!("sqlite:{}", data.display());
        Ok(Self {
            name: "sqlite",
            seed,
            binaries,
            catalog,
            life,
            twin,
            secrets,
            gateway,
            slots: vec![slot],
            database: None,
            books: Books::open(&database_url).await?,
            database_url,
            folder,
            people,
            answering: AtomicUsize::default(),
            tally: Tally::default(),
            client: Mutex::default(),
            troubles: Mutex::default(),
        })
    }

    /// The slots of a service, the one that calls go to first.
    pub fn replicas(&self, service: &str) -> impl Iterator<Item = &Arc<Slot>> {
        self.slots
            .iter()
            .filter(move |slot| slot.service == service)
    }

    /// A service's address for clients of the harness.
    #[must_use]
    pub fn url(&self, variable: &str) -> String {
        let slot = self.slots.first();
        let found = slot.and_then(|slot| slot.spec.vars.get(variable));
        found.cloned().unwrap_or_default()
    }

    pub fn trouble(&self, kind: &'static str, ids: impl Into<String>, hint: impl Into<String>) {
        let violation = Violation::new(kind, ids, hint);
        progress(format!(
            "{}: {} ({})",
            violation.kind, violation.ids, violation.hint
        ));
        self.troubles
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(violation);
    }

    pub fn client(&self) -> std::sync::MutexGuard<'_, Client> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends everything that was started.
    pub async fn close(&self) {
        self.life.stop();
        for slot in &self.slots {
            if let Some(process) = &mut slot.lock().await.process {
                process.kill().await;
            }
        }
        if let Some(database) = &self.database {
            database.server.lock().await.stop_at_once().await;
        }
        self.twin.stop();
    }
}

fn slot(
    folder: &TempDir,
    binaries: &Path,
    vars: &crate::process::Vars,
    service: &'static str,
    label: String,
    addr: SocketAddr,
    proxy: &Proxy,
) -> Slot {
    let mut vars = vars.clone();
    vars.insert("LISTEN_ADDR".to_owned(), addr.to_string());
    let spec = Spec {
        program: binaries.join(service),
        args: Vec::new(),
        vars,
        log: folder.path().join(format!("{label}.log")),
        ignore_file_limit: false,
    };
    let ready = match service {
        "gateway" => Ready::Http,
        _ => Ready::Grpc,
    };
    Slot::new(service, label, addr, Some(proxy.clone()), spec, ready)
}

/// All at once: they take turns at the migrations by themselves.
async fn start_all(slots: &[Arc<Slot>]) -> anyhow::Result<()> {
    let starting = slots.iter().map(|slot| async move {
        let started = slot.revive(&mut *slot.lock().await).await;
        if started.is_err() {
            slot.tell_last_words();
        }
        started
    });
    futures::future::try_join_all(starting).await?;
    Ok(())
}
