//! Starts telephony-gateway; `telephony-gateway migrate` migrates the database and ends.

fn main() -> std::process::ExitCode {
    let migrate_only = std::env::args()
        .nth(1)
        .is_some_and(|argument| argument == "migrate");
    chassis::run::main("telephony-gateway", async |env, life| {
        if migrate_only {
            return telephony_gateway::migrate(env).await;
        }
        let config = telephony_gateway::Config::read(env);
        env.finish()?;
        let bound = chassis::server::Bound::at(config.listen).await?;
        telephony_gateway::start(config, bound, life).await
    })
}
