//! The twin's connections: a listener that can refuse (its port is closed for a while) and
//! sockets that a fault can reset, so that a client sees what a broken carrier shows.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Resets the connection that carries it, at the next write.
#[derive(Clone, Default)]
pub(crate) struct Cut(Arc<AtomicBool>);

impl Cut {
    pub(crate) fn reset(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Connected<IncomingStream<'_, Port>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Port>) -> Self {
        stream.io().cut.clone()
    }
}

pub(crate) struct Wire {
    stream: TcpStream,
    cut: Cut,
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.cut.0.load(Ordering::SeqCst) {
            // With no time to linger, closing sends RST instead of FIN.
            let _ = self.stream.set_zero_linger();
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The listening port. While `refusing` holds true the socket is closed, so that connecting to it
/// is refused by the operating system; afterwards the same port is bound again.
pub(crate) struct Port {
    address: SocketAddr,
    inner: Option<TcpListener>,
    refusing: watch::Receiver<bool>,
}

impl Port {
    pub(crate) async fn bind(
        listen: SocketAddr,
        refusing: watch::Receiver<bool>,
    ) -> io::Result<Self> {
        let inner = TcpListener::bind(listen).await?;
        Ok(Self {
            address: inner.local_addr()?,
            inner: Some(inner),
            refusing,
        })
    }

    async fn next(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        if *self.refusing.borrow_and_update() {
            self.inner = None;
            let _ = self.refusing.wait_for(|refusing| !refusing).await;
        }
        let inner = match self.inner.take() {
            Some(inner) => inner,
            None => TcpListener::bind(self.address).await?,
        };
        let inner = self.inner.insert(inner);
        tokio::select! {
            accepted = TcpListener::accept(inner) => accepted,
            () = changed(&mut self.refusing) => Err(io::ErrorKind::Interrupted.into()),
        }
    }
}

async fn changed(refusing: &mut watch::Receiver<bool>) {
    if refusing.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

impl Listener for Port {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        loop {
            match self.next().await {
                Ok((stream, peer)) => {
                    return (
                        Wire {
                            stream,
                            cut: Cut::default(),
                        },
                        peer,
                    );
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
