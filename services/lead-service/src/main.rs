//! Starts lead-service, or with `migrate` only brings its database up to date.

use std::process::ExitCode;

use lead_service::Config;

fn main() -> ExitCode {
    chassis::run::main("lead-service", async |env, life| {
        let config = Config::read(env);
        env.finish()?;
        if std::env::args().nth(1).as_deref() == Some("migrate") {
            return lead_service::migrate(&config).await;
        }
        let listen = config.listen;
        lead_service::start(config, listen, life).await
    })
}
