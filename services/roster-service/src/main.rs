//! roster-service: providers, coverage, capacity and assignments. `roster-service migrate` brings
//! the schema up to date and ends.

use roster_service::Config;

fn main() -> std::process::ExitCode {
    chassis::run::main("roster-service", async |env, life| {
        match std::env::args().nth(1).as_deref() {
            None => {}
            Some("migrate") => return roster_service::migrate(env).await,
            Some(other) => anyhow::bail!("unknown command {other}; give none, or migrate"),
        }
        let config = Config::read(env);
        env.finish()?;
        let listen = config.listen;
        roster_service::start(config, listen, life).await
    })
}
