//! `bord up`: everything on the fixed ports until it is told to stop.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use chassis::config::Env;
use chassis::run::Life;
use chassis::transport::{self, Transport};
use url::Url;

use crate::catalog::Catalog;
use crate::stack::{self, Ports, Sockets};
use crate::{provision, ready, running, settings, terminal};

#[derive(clap::Args)]
pub struct Args {
    /// The real vendors instead of the twin. Refuses SQLite, a public URL that is not https, and
    /// any missing secret.
    #[arg(long)]
    live: bool,
    /// The address of this host that everything listens on. With --live the services alone: the
    /// gateway, which the vendors reach, listens on LISTEN_ADDR (0.0.0.0:8080 when left out).
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// Where the embedded databases live (without --live).
    #[arg(long, default_value = "bord-data")]
    data: PathBuf,
    /// The catalogue to apply (without --live); the sample when left out.
    #[arg(long)]
    catalog: Option<PathBuf>,
    /// A vendor twin that runs already, instead of one of its own (without --live).
    #[arg(long)]
    twin: Option<Url>,
}

pub async fn run(args: Args, env: &mut Env, life: Life) -> anyhow::Result<()> {
    // One process calls itself: in plain text, on an address of this host that the operator chose.
    let transport = Transport {
        allow_plaintext: true,
        ..Transport::default()
    };
    transport::with(Arc::new(transport), async {
        if args.live {
            live(&args, env, life).await
        } else {
            with_twin(args, env, life).await
        }
    })
    .await
}

/// The catalogue and the releases are the operator's own commands here: nothing is applied, no
/// prompt goes live, no number is bought by a start.
async fn live(args: &Args, env: &mut Env, life: Life) -> anyhow::Result<()> {
    let gateway = env.parse_or("LISTEN_ADDR", SocketAddr::from(([0, 0, 0, 0], 8080)));
    settings::demand_live(env)?;
    let sockets = Sockets::bind_with_gateway(Ports::Fixed(args.host), gateway).await?;
    let addresses = sockets.addresses();
    stack::start(env, sockets, &life)?;
    ready::all(&addresses, std::time::Duration::from_secs(60)).await?;
    terminal::line("bord answers calls. Ctrl-C stops it and lets running work finish.");
    life.stopping().await;
    Ok(())
}

async fn with_twin(args: Args, env: &Env, life: Life) -> anyhow::Result<()> {
    let catalog = match &args.catalog {
        Some(dir) => Catalog::read(dir),
        None => Catalog::sample(),
    }
    .map_err(|breaches| anyhow::anyhow!(crate::catalog::render(&breaches)))?;
    let ports = Ports::Fixed(args.host);
    let (twin, mut up) = match &args.twin {
        Some(url) => {
            let up = running::beside_twin(env, ports, url, &args.data, &life).await?;
            (None, up)
        }
        None => {
            let (twin, up) = running::with_twin(env, ports, &args.data, &life)
                .await?
                .split();
            (Some(twin), up)
        }
    };
    terminal::line(format!(
        "Ready after {} ms. Applying the catalogue…",
        up.ready_after.as_millis()
    ));
    let told = running::apply_what_goes(&mut up.peers, &catalog).await?;
    terminal::line(told);
    provision::everything(&mut up.peers).await?;
    if let Some(twin) = &twin {
        running::publish_pages(twin, &catalog);
    }
    let released = running::release_all(&up.peers, |agent, passed| {
        terminal::line(format!("  {:<34} {passed}", agent.name));
    })
    .await?;
    terminal::line(format!("{released} agents went through the gate."));
    terminal::line(format!(
        "\nbord is up.\n  gateway        {}\n  telephony      {}\n  lead           {}\n  roster         {}\n  notification   {}\n  quality        {}\n  vendor twin    {}\n\nTry: bord call plombiersgeneve.ch\nCtrl-C stops it and lets running work finish.",
        up.gateway,
        up.addresses.telephony,
        up.addresses.lead,
        up.addresses.roster,
        up.addresses.notification,
        up.addresses.quality,
        twin.as_ref().map_or_else(
            || args.twin.as_ref().map(Url::to_string).unwrap_or_default(),
            vendor_twin::Twin::url
        ),
    ));
    life.stopping().await;
    if let Some(twin) = twin {
        twin.stop();
    }
    Ok(())
}
