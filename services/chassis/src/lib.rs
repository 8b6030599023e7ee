//! What every service of bord shares; it knows no word of the domain.
//!
//! How each piece is used:
//!
//! ```text
//! // main.rs: settings, telemetry, signals, drain, exit code.
//! fn main() -> std::process::ExitCode {
//!     chassis::run::main("lead-service", async |env, life| {
//!         let config = Config::read(env);          // records faults
//!         env.finish()?;                           // tells all of them at once
//!         lead_service::start(config, life).await
//!     })
//! }
//!
//! // config.rs
//! let database = db::url(env, "lead");             // LEAD_DATABASE_URL, DATABASE_URL, sqlite:data
//! let listen: SocketAddr = env.parse_or("LISTEN_ADDR", ([0, 0, 0, 0], 50052).into());
//! let roster = env.url_or("ROSTER_URL", "http://127.0.0.1:50053");
//! let links = env.secrets("LINK_SECRET");          // new first, old still accepted
//!
//! // Writing: a unit that no cancelled request can drop.
//! pub static MIGRATIONS: Migrator = sqlx::migrate!();
//! let db = Db::open(database.expose(), "lead", &MIGRATIONS).await?;
//! db::unit(async move {
//!     let mut tx = db.begin().await?;
//!     let moved = on!(tx, c => sqlx::query("UPDATE lead SET ... WHERE id = $1")
//!         .bind(id).execute(c).await?.rows_affected());
//!     feed::publish(&mut tx, "lead.assigned", &id.to_string(), json!({ ... })).await?;
//!     tx.wake_after_commit(&self.wake);            // an Arc<Notify> that a worker sleeps on
//!     tx.commit().await
//! }).await?;
//!
//! // Reading.
//! let mut tx = db.read().await?;
//! let rows: Vec<LeadRow> = on!(tx, c => sqlx::query_as("SELECT ...").fetch_all(c).await?);
//!
//! // Serving. `listen` is a SocketAddr, or a Bound made before (tests: Bound::local()). With
//! // TLS_CERT, TLS_KEY and TLS_CA callers show a certificate, and the table says what each may call.
//! Server::new("lead-service", listen)
//!     .add(LeadServiceServer::new(Api::new(..)), contracts::DESCRIPTOR)
//!     .callers(contracts::CALLERS)
//!     .serve(life).await?;
//!
//! // Calling: trace and remaining deadline travel by themselves; a host with several addresses is
//! // asked at all of them; https shows this process's certificate.
//! let roster = RosterServiceClient::new(client::channel(&config.roster)?);
//! let answer = client::with_timeout(Duration::from_millis(800), roster.assign(request)).await;
//! match fault::reason(&status).as_deref() { Some("ATTEMPT_CLOSED") => .., _ => .. }
//!
//! // Errors: implement Fault, map once.
//! .map_err(|error| fault::status(&error))
//!
//! // Background work.
//! life.spawn(worker::run("deliveries", life.clone(), wake, Duration::from_secs(1), async move || {
//!     deliver_batch(&db).await                     // Ok(true): there was work, ask again at once
//! }));
//!
//! // Published streams (owner): number rows in the background, stream them to followers.
//! life.spawn(feed::publisher(db.clone(), life.clone()));
//! let entries = feed::stream(db, Position::new(epoch, number), life);   // Stream of Entry
//! // (follower): position and effect in one transaction; or RPC effects, then the position.
//! life.spawn(feed::follow(db, "roster", life.clone(), open_stream, effect_in_tx));
//! life.spawn(feed::follow_with_calls(db, "calls", life.clone(), open_stream, effect));
//!
//! // Several services in one process: each starts under its own name.
//! life.spawn(run::named("lead-service", lead_service::start(config, life.child())));
//!
//! // Numbers: one list for each service says what they mean; a counter begins at 0.
//! metrics::describe(&[Metric::counter("lead_unmatched_total", "Leads that nobody could take.")]);
//!
//! // Outside vendors.
//! let http = http::client();
//! let response = http::send("twilio.messages.create", http.post(url).form(&form)).await?;
//! ```

pub mod client;
pub mod clock;
pub mod config;
mod context;
pub mod crash;
pub mod db;
pub mod deadline;
pub mod fault;
pub mod feed;
pub mod host;
pub mod http;
pub mod ids;
pub mod mask;
pub mod metrics;
pub mod run;
pub mod server;
pub mod telemetry;
pub mod token;
pub mod transport;
pub mod worker;

pub use context::service;
