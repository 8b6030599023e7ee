//! Starts notification-service; `notification-service migrate` only brings the database up to date.

use std::net::SocketAddr;
use std::process::ExitCode;

use notification_service::{Config, NAME};

fn main() -> ExitCode {
    chassis::run::main(NAME, async |env, life| {
        let config = Config::read(env);
        let listen = env.parse_or("LISTEN_ADDR", SocketAddr::from(([127, 0, 0, 1], 50054)));
        env.finish()?;
        if std::env::args().nth(1).as_deref() == Some("migrate") {
            return notification_service::migrate(&config).await;
        }
        notification_service::start(config, listen, life).await
    })
}
