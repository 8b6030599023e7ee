//! A proxy: a small TCP switch in front of a service, its replicas, or the database. It can stall
//! (connections stay open, nothing moves), cut (all connections end), and take a replica out of
//! rotation, as the platform's load balancer does before it stops one.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chassis::run::Life;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Clone)]
pub struct Proxy {
    addr: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    /// In the order in which they are tried: the first that answers serves.
    backends: Mutex<Vec<SocketAddr>>,
    stalled: watch::Sender<bool>,
    cuts: watch::Sender<u64>,
    open: AtomicU64,
}

impl Proxy {
    /// Listens on a free port of loopback.
    ///
    /// # Errors
    /// No port can be had.
    pub async fn start(backends: Vec<SocketAddr>, life: &Life) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let proxy = Self {
            addr: listener.local_addr()?,
            shared: Arc::new(Shared {
                backends: Mutex::new(backends),
                stalled: watch::Sender::new(false),
                cuts: watch::Sender::new(0),
                open: AtomicU64::new(0),
            }),
        };
        let shared = proxy.shared.clone();
        let stopping = life.stopping();
        chassis::run::spawn(async move {
            tokio::select! {
                () = accept(listener, shared) => {}
                () = stopping => {}
            }
        });
        Ok(proxy)
    }

    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    pub fn route_to(&self, backends: Vec<SocketAddr>) {
        *self.shared.lock() = backends;
    }

    /// Nothing moves for so long, in either direction, on old and new connections.
    pub async fn stall(&self, length: Duration) {
        self.shared.stalled.send_replace(true);
        tokio::time::sleep(length).await;
        self.heal();
    }

    pub fn heal(&self) {
        self.shared.stalled.send_replace(false);
    }

    /// Ends all connections.
    pub fn cut(&self) {
        self.shared.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Connections under way.
    #[must_use]
    pub fn open(&self) -> u64 {
        self.shared.open.load(Ordering::Relaxed)
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<SocketAddr>> {
        self.backends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first backend that takes a connection.
    async fn connect(&self) -> Option<TcpStream> {
        let backends = self.lock().clone();
        for backend in backends {
            let trying = TcpStream::connect(backend);
            if let Ok(Ok(stream)) = tokio::time::timeout(Duration::from_secs(1), trying).await {
                let _ = stream.set_nodelay(true);
                return Some(stream);
            }
        }
        None
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((client, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let shared = shared.clone();
        chassis::run::spawn(async move {
            let _ = client.set_nodelay(true);
            let mut cuts = shared.cuts.subscribe();
            cuts.mark_unchanged();
            shared.open.fetch_add(1, Ordering::Relaxed);
            tokio::select! {
                () = serve(client, &shared) => {}
                _ = cuts.changed() => {}
            }
            shared.open.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

/// Both directions until both have ended; an end on one side is passed on.
async fn serve(client: TcpStream, shared: &Shared) {
    let Some(server) = shared.connect().await else {
        return;
    };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let up = flow(from_client, to_server, shared.stalled.subscribe());
    let down = flow(from_server, to_client, shared.stalled.subscribe());
    tokio::join!(up, down);
}

async fn flow(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut stalled: watch::Receiver<bool>) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(many @ 1..) = from.read(&mut buffer).await {
        if stalled.wait_for(|stalled| !stalled).await.is_err() {
            return;
        }
        let chunk = buffer.get(..many).unwrap_or_default();
        if to.write_all(chunk).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}
