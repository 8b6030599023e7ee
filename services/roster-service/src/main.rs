//! roster-service: providers, coverage, capacity and assignments. `roster-service migrate` brings
//! the schema up to date and ends.

use roster_service::Config;

fn main() -> std::process::ExitCode {
    chassis::run::main("roster-service", async |env, life| {
        let config = Config::read(env);
        env.finish()?;
        match std::env::args().nth(1).as_deref() {
            None => roster_service::start(config.clone(), config.listen, life).await,
            Some("migrate") => roster_service::migrate(&config).await,
            Some(other) => anyhow::bail!("unknown command {other}; give none, or migrate"),
        }
    })
}
