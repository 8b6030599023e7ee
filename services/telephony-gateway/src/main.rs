//! Starts telephony-gateway; `telephony-gateway migrate` migrates the database and ends.

fn main() -> std::process::ExitCode {
    chassis::run::main("telephony-gateway", async |env, life| {
        match std::env::args().nth(1).as_deref() {
            None => {}
            Some("migrate") => return telephony_gateway::migrate(env).await,
            Some(other) => anyhow::bail!("unknown command {other}; give none, or migrate"),
        }
        let config = telephony_gateway::Config::read(env);
        env.finish()?;
        let bound = chassis::server::Bound::at(config.listen).await?;
        telephony_gateway::start(config, bound, life).await
    })
}
