//! A service of one method whose behaviour a test writes as a closure, served by the real chassis.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use chassis::client::Channel;
use chassis::run::Life;
use chassis::server::{Bound, Server};
use futures::future::BoxFuture;
use http::uri::PathAndQuery;
use tonic::body::Body;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

type Handler = Arc<dyn Fn(String) -> BoxFuture<'static, Result<String, Status>> + Send + Sync>;

#[derive(Clone)]
pub(crate) struct Echo(Handler);

impl Echo {
    pub(crate) fn new<F, G>(handler: F) -> Self
    where
        F: Fn(String) -> G + Send + Sync + 'static,
        G: Future<Output = Result<String, Status>> + Send + 'static,
    {
        Self(Arc::new(move |text| Box::pin(handler(text))))
    }
}

impl tonic::server::NamedService for Echo {
    const NAME: &'static str = "test.Echo";
}

impl tower::Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let handler = Arc::clone(&self.0);
        let unary = tower::service_fn(move |request: Request<String>| {
            let answer = handler(request.into_inner());
            async move { answer.await.map(Response::new) }
        });
        Box::pin(async move {
            let mut grpc = tonic::server::Grpc::new(ProstCodec::<String, String>::default());
            Ok(grpc.unary(unary, request).await)
        })
    }
}

/// A running server; `stopped` is its end.
pub(crate) struct Running {
    pub(crate) url: String,
    pub(crate) addr: std::net::SocketAddr,
    pub(crate) life: Life,
    pub(crate) stopped: tokio::task::JoinHandle<anyhow::Result<()>>,
}

pub(crate) async fn serve(echo: Echo) -> Running {
    serve_with(echo, |server| server).await
}

pub(crate) async fn serve_with(echo: Echo, set: impl FnOnce(Server) -> Server) -> Running {
    let bound = Bound::local().await.unwrap();
    let (url, addr) = (bound.url(), bound.addr());
    let life = Life::new(Duration::from_secs(1));
    let server = set(Server::new("echo-service", bound).add(echo, &[]));
    let stopped = chassis::run::spawn(server.serve(life.clone()));
    Running {
        url,
        addr,
        life,
        stopped,
    }
}

pub(crate) async fn say(channel: &Channel, text: &str) -> Result<String, Status> {
    say_through(channel.clone(), Request::new(text.to_owned())).await
}

pub(crate) async fn say_through<C>(channel: C, request: Request<String>) -> Result<String, Status>
where
    C: tonic::client::GrpcService<Body>,
    C::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    C::ResponseBody: http_body::Body<Data = bytes::Bytes> + Send + 'static,
    <C::ResponseBody as http_body::Body>::Error:
        Into<Box<dyn std::error::Error + Send + Sync>> + Send,
{
    let mut grpc = tonic::client::Grpc::new(channel);
    grpc.ready()
        .await
        .map_err(|_| Status::unavailable("not ready"))?;
    let path = PathAndQuery::from_static("/test.Echo/Say");
    let codec = ProstCodec::<String, String>::default();
    grpc.unary(request, path, codec)
        .await
        .map(Response::into_inner)
}
