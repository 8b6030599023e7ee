//! Starts quality-service; `quality-service migrate` only brings its database up to date.

use std::process::ExitCode;

use chassis::server::Bound;
use quality_service::config::Config;

fn main() -> ExitCode {
    chassis::run::main("quality-service", async |env, life| {
        match std::env::args().nth(1).as_deref() {
            None => {}
            Some("migrate") => return quality_service::migrate(env).await,
            Some(other) => anyhow::bail!("unknown command {other}; give none, or migrate"),
        }
        let config = Config::read(env);
        env.finish()?;
        let bound = Bound::at(config.listen).await?;
        quality_service::start(config, bound, life).await
    })
}
