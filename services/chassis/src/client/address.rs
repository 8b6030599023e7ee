//! One address of a service, connected: its connection, whether that still stands, and how many
//! calls wait on it.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_rustls::{TlsConnector, TlsStream};
use tonic::transport::Channel;
use tower::Service;

use super::target::{Target, Tls};
use crate::transport::Io;

/// For TCP and TLS together.
const CONNECT_LIMIT: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(super) struct Address {
    at: SocketAddr,
    inner: Channel,
    link: Arc<Link>,
}

/// What connection, connector and calls of one address know of each other.
struct Link {
    /// Two for a moment, when an ageing connection is replaced while calls still end on it.
    open: AtomicUsize,
    /// The last connection that was tried did not come about.
    refused: AtomicBool,
    pending: AtomicUsize,
    /// Told when the last connection is gone.
    lost: Arc<Notify>,
}

impl Address {
    /// Connects; only what is connected is ever asked.
    pub(super) async fn dial(
        target: &Target,
        at: SocketAddr,
        lost: Arc<Notify>,
    ) -> Result<Self, tonic::transport::Error> {
        let link = Arc::new(Link {
            open: AtomicUsize::new(0),
            refused: AtomicBool::new(false),
            pending: AtomicUsize::new(0),
            lost,
        });
        let dialler = Dialler {
            at,
            tls: target.tls.clone(),
            link: Arc::clone(&link),
        };
        let inner = target.endpoint.connect_with_connector(dialler).await?;
        Ok(Self { at, inner, link })
    }

    pub(super) fn at(&self) -> SocketAddr {
        self.at
    }

    pub(super) fn is_up(&self) -> bool {
        self.link.open.load(Ordering::SeqCst) > 0 && !self.link.refused.load(Ordering::SeqCst)
    }

    pub(super) fn pending(&self) -> usize {
        self.link.pending.load(Ordering::Relaxed)
    }

    /// The connection for one call, which counts as pending until the first of the two is dropped.
    pub(super) fn take(&self) -> (Pending, Channel) {
        self.link.pending.fetch_add(1, Ordering::Relaxed);
        (Pending(Arc::clone(&self.link)), self.inner.clone())
    }
}

pub(super) struct Pending(Arc<Link>);

impl Drop for Pending {
    fn drop(&mut self) {
        self.0.pending.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Makes the connections of one address: the first, and the next when that has ended.
#[derive(Clone)]
struct Dialler {
    at: SocketAddr,
    tls: Option<Tls>,
    link: Arc<Link>,
}

impl Service<http::Uri> for Dialler {
    type Response = TokioIo<Connection>;
    type Error = std::io::Error;
    type Future = BoxFuture<'static, std::io::Result<TokioIo<Connection>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: http::Uri) -> Self::Future {
        let Self { at, tls, link } = self.clone();
        Box::pin(async move {
            let connecting = tokio::time::timeout(CONNECT_LIMIT, connect(at, tls));
            let connected = connecting.await.unwrap_or_else(|passed| Err(passed.into()));
            link.refused.store(connected.is_err(), Ordering::SeqCst);
            let io = connected?;
            link.open.fetch_add(1, Ordering::SeqCst);
            Ok(TokioIo::new(Connection { io, link }))
        })
    }
}

async fn connect(at: SocketAddr, tls: Option<Tls>) -> std::io::Result<Io> {
    let stream = TcpStream::connect(at).await?;
    // Small requests must not wait for the acknowledgement of the last packet.
    stream.set_nodelay(true)?;
    let Some(Tls { transport, server }) = tls else {
        return Ok(Io::Plain(stream));
    };
    // Asked for each connection, so that new files count from the next one on.
    let identity = transport.identity.as_ref().ok_or_else(no_certificate)?;
    let connector = TlsConnector::from(identity.client());
    let stream = connector.connect(server, stream).await?;
    Ok(Io::Tls(Box::new(TlsStream::Client(stream))))
}

fn no_certificate() -> std::io::Error {
    std::io::Error::other("no certificate to show")
}

/// A connection that tells its address when it is gone.
struct Connection {
    io: Io,
    link: Arc<Link>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.link.open.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.link.lost.notify_one();
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
