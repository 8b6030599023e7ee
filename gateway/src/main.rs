//! Starts the gateway: settings, listener, server.

use std::process::ExitCode;

use chassis::server::Bound;
use gateway::config::Config;

fn main() -> ExitCode {
    chassis::run::main("gateway", async |env, life| {
        let config = Config::read(env);
        env.finish()?;
        let bound = Bound::at(config.listen).await?;
        gateway::start(config, bound, life).await
    })
}
