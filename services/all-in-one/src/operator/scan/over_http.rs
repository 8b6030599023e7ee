//! `bord scan --over-http`: asks the gateway's route for the scan of the slot that stands, as a cron
//! service outside would, and does not wait for its end.

use anyhow::Context as _;
use chassis::config::Env;
use serde_json::Value;

use crate::terminal;

const ROUTE: &str = "/api/elevenlabs-quality-scan";

/// # Errors
/// What the route answered instead, with what to do about it.
pub(super) async fn run(json: bool) -> anyhow::Result<()> {
    let mut env = Env::from_process();
    let gateway = env.url_or("GATEWAY_URL", "http://127.0.0.1:8080");
    let secrets = env.secrets("CRON_SECRET");
    env.finish()?;
    // The newest of several: gateways that were not restarted yet know it as well.
    let secret = secrets.first().context("CRON_SECRET holds no value")?;
    let url = gateway.join(ROUTE).context("GATEWAY_URL makes no URL")?;
    let request = chassis::http::client()
        .post(url)
        .bearer_auth(secret.expose());
    let answer = chassis::http::send("bord.scan", request)
        .await
        .with_context(|| {
            format!(
                "no answer from {gateway}: start bord with `bord up`, or set GATEWAY_URL to where \
                 the gateway listens"
            )
        })?;
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap_or_default();
    anyhow::ensure!(matches!(status, 200 | 202), "{}", refused(status, &body));
    if json {
        terminal::json(&body);
        return Ok(());
    }
    let text = |name: &str| body[name].as_str().unwrap_or("-").to_owned();
    let began = if status == 202 { "started" } else { "known" };
    terminal::line(format!(
        "scan {} of the slot {} {began}: {}",
        text("scan_id"),
        text("slot_time"),
        text("state"),
    ));
    Ok(())
}

fn refused(status: u16, body: &Value) -> String {
    let title = body["title"].as_str().unwrap_or("no scan was started");
    let remedy = match status {
        401 | 403 => "CRON_SECRET must hold one of the values that the gateway was given",
        404 | 405 => "GATEWAY_URL must name bord's gateway",
        _ => {
            "a scan runs by quality-service's own schedule as well; `bord status` shows who does not serve"
        }
    };
    format!("the gateway answered {status}, {title}: {remedy}")
}
