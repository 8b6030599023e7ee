//! Starts lead-service, or with `migrate` only brings its database up to date.

use std::process::ExitCode;

use lead_service::Config;

fn main() -> ExitCode {
    chassis::run::main("lead-service", async |env, life| {
        match std::env::args().nth(1).as_deref() {
            None => {}
            Some("migrate") => return lead_service::migrate(env).await,
            Some(other) => anyhow::bail!("unknown command {other}; give none, or migrate"),
        }
        let config = Config::read(env);
        env.finish()?;
        let listen = config.listen;
        lead_service::start(config, listen, life).await
    })
}
