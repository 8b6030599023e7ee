//! A telephone: a real Chromium without a window, driven over WebDriver, its scripts switched off.
//!
//! `tests/run` installs both programs. Where they are missing a test fails and says so; only what
//! was started here is ended here.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::os::unix::fs::MetadataExt as _;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use futures::FutureExt as _;
use serde_json::json;
use thirtyfour::{
    By, ChromiumLikeCapabilities as _, DesiredCapabilities, Key, WebDriver, WebElement,
    WindowHandle,
};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};

const MISSING: &str = "chromedriver cannot be started: run tests/run, or install Debian's packages \
                       chromium and chromium-driver";
const PATIENCE: Duration = Duration::from_secs(20);
/// WCAG's target size, in CSS pixels; a hair less for rounding.
const TARGET: f64 = 43.9;

/// An open browser.
pub struct Phone {
    driver: WebDriver,
}

/// Runs `work` on a telephone of that width, and ends the browser whatever comes of it.
pub async fn with_phone(width: u32, work: impl AsyncFnOnce(&Phone)) {
    let folder = tempfile::tempdir().unwrap();
    let (mut driver, _output, port) = start(folder.path()).await;
    let phone = Phone {
        driver: connect(port, width).await,
    };
    let outcome = AssertUnwindSafe(work(&phone)).catch_unwind().await;
    // The driver ends the browser that it started; a browser that hangs is ended with its group.
    let closed = tokio::time::timeout(PATIENCE, phone.driver.quit()).await;
    let group = format!("-{}", driver.id().unwrap());
    let ended = Command::new("kill").args(["-KILL", "--", &group]).status();
    assert!(ended.await.unwrap().success());
    driver.wait().await.unwrap();
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
    closed.unwrap().unwrap();
}

/// The driver on a port that it found free itself, in a group and a folder of its own. Its output is
/// kept open: it writes there.
async fn start(folder: &Path) -> (Child, BufReader<ChildStdout>, u16) {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .env("TMPDIR", folder)
        .process_group(0)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect(MISSING);
    let mut output = BufReader::new(driver.stdout.take().unwrap());
    let port = async {
        loop {
            let mut line = String::new();
            let read = output.read_line(&mut line).await.unwrap();
            assert!(read > 0, "{MISSING}");
            let port = line
                .trim_end()
                .trim_end_matches('.')
                .rsplit_once("on port ")
                .and_then(|(_, port)| port.parse().ok());
            if let Some(port) = port
                && line.contains("successfully")
            {
                return port;
            }
        }
    };
    let port = tokio::time::timeout(PATIENCE, port).await.expect(MISSING);
    (driver, output, port)
}

async fn connect(port: u16, width: u32) -> WebDriver {
    let mut arguments = vec!["--headless=new", "--disable-gpu", "--disable-dev-shm-usage"];
    // Chromium's sandbox refuses to run as root, as tests in a container do.
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if is_root {
        arguments.push("--no-sandbox");
    }
    let screen =
        json!({"width": width, "height": 844, "pixelRatio": 3.0, "mobile": true, "touch": true});
    let options = [
        (
            "prefs",
            json!({"profile.managed_default_content_settings.javascript": 2}),
        ),
        ("mobileEmulation", json!({ "deviceMetrics": screen })),
    ];
    let mut wanted = DesiredCapabilities::chrome();
    for argument in arguments {
        wanted.add_arg(argument).unwrap();
    }
    for (name, value) in options {
        wanted.add_experimental_option(name, value).unwrap();
    }
    // The driver's HTTP client is built with our TLS, though all it speaks is loopback HTTP.
    chassis::telemetry::install_crypto();
    WebDriver::new(format!("http://127.0.0.1:{port}"), wanted)
        .await
        .expect("chromium cannot be started: run tests/run, which installs it")
}

impl Phone {
    pub async fn open(&self, url: &str) {
        self.driver.goto(url).await.unwrap();
    }

    pub async fn reload(&self) {
        self.driver.refresh().await.unwrap();
    }

    pub async fn back(&self) {
        self.driver.back().await.unwrap();
    }

    /// Opens another tab, shows it, and gives the one that was shown.
    pub async fn another_tab(&self) -> WindowHandle {
        let before = self.driver.window().await.unwrap();
        let new = self.driver.new_tab().await.unwrap();
        self.show(new).await;
        before
    }

    pub async fn show(&self, tab: WindowHandle) {
        self.driver.switch_to_window(tab).await.unwrap();
    }

    pub async fn find(&self, css: &str) -> WebElement {
        self.driver.find(By::Css(css)).await.expect(css)
    }

    pub async fn count(&self, css: &str) -> usize {
        self.driver.find_all(By::Css(css)).await.unwrap().len()
    }

    /// Presses the button of the form with that action, by its key: with scripts off the driver never
    /// hears of a click's end.
    pub async fn press(&self, action: &str) {
        let button = format!("form:has(input[name=action][value={action}]) button");
        let button = self.find(&button).await;
        button.send_keys(Key::Enter).await.unwrap();
    }

    /// Writes into a field, in place of what stands there.
    pub async fn write(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    pub async fn choose(&self, css: &str, value: &str) {
        self.find(css).await.send_keys(value).await.unwrap();
    }

    pub async fn value(&self, css: &str) -> String {
        let field = self.find(css).await;
        field.prop("value").await.unwrap().unwrap_or_default()
    }

    pub async fn href(&self, css: &str) -> String {
        let link = self.find(css).await;
        link.attr("href").await.unwrap().unwrap_or_default()
    }

    /// Waits until a page with that heading is shown, and checks what every page must be.
    pub async fn sees(&self, heading: &str) {
        let shown = tokio::time::timeout(PATIENCE, async {
            while !self.heading().await.starts_with(heading) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        if shown.await.is_err() {
            let shown = self.heading().await;
            panic!("{heading:?} is not shown but {shown:?}");
        }
        self.fits().await;
    }

    /// Empty while a page loads.
    async fn heading(&self) -> String {
        let Ok(found) = self.driver.find(By::Css("h1")).await else {
            return String::new();
        };
        found.text().await.unwrap_or_default()
    }

    /// The text that a person reads.
    pub async fn text(&self) -> String {
        self.find("main").await.text().await.unwrap()
    }

    pub async fn language(&self) -> String {
        self.find("html").await.attr("lang").await.unwrap().unwrap()
    }

    /// Nothing stands out on the side, and every target can be hit with a thumb.
    async fn fits(&self) {
        let script = "return [document.documentElement.scrollWidth, window.innerWidth]";
        let widths = self.driver.execute(script, Vec::new()).await.unwrap();
        let widths = widths.json();
        let (content, window) = (widths[0].as_u64().unwrap(), widths[1].as_u64().unwrap());
        assert!(content <= window, "{content} on {window} pixels");
        let targets = "button, a, input:not([type=hidden]), select, textarea";
        for target in self.driver.find_all(By::Css(targets)).await.unwrap() {
            let place = target.rect().await.unwrap();
            let (width, height) = (place.width, place.height);
            let shown = target.outer_html().await.unwrap();
            assert!(
                width >= TARGET && height >= TARGET,
                "{width}x{height}: {shown}"
            );
        }
    }
}
