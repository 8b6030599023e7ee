//! Starts quality-service; `quality-service migrate` only brings its database up to date.

use std::process::ExitCode;

use chassis::server::Bound;
use quality_service::config::Config;

fn main() -> ExitCode {
    let migrate_only = std::env::args().nth(1).as_deref() == Some("migrate");
    chassis::run::main("quality-service", async |env, life| {
        let config = Config::read(env);
        env.finish()?;
        if migrate_only {
            return quality_service::migrate(&config).await;
        }
        let bound = Bound::at(config.listen).await?;
        quality_service::start(config, bound, life).await
    })
}
