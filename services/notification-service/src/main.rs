//! Starts notification-service; `notification-service migrate` only brings the database up to date.

use std::net::SocketAddr;
use std::process::ExitCode;

use notification_service::{Config, NAME};

fn main() -> ExitCode {
    chassis::run::main(NAME, async |env, life| {
        match std::env::args().nth(1).as_deref() {
            None => {}
            Some("migrate") => {
                env.finish()?;
                return notification_service::migrate(&Config::database(env)).await;
            }
            Some(other) => anyhow::bail!("unknown command {other}; give none, or migrate"),
        }
        let config = Config::read(env);
        let listen = env.parse_or("LISTEN_ADDR", SocketAddr::from(([127, 0, 0, 1], 50054)));
        env.finish()?;
        notification_service::start(config, listen, life).await
    })
}
