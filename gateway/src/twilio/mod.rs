//! Twilio's webhooks: signed forms about calls and messages.

pub mod form;
pub mod messages;
pub mod signature;
pub mod twiml;
pub mod voice;

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use chassis::crash::Points;

use crate::body::{self, Pieces};
use crate::problem::Problem;
use form::Form;
use signature::{Content, Keys};

const SIGNATURE: &str = "x-twilio-signature";
const SETTINGS: &str = "x-twilio-webhooks-signature-settings";
const FORM: &str = "application/x-www-form-urlencoded";

/// What proves that a request is Twilio's.
#[derive(Debug, Clone)]
pub struct Proof {
    pub keys: Keys,
    pub public_base_url: String,
}

/// A form whose signature was checked, with the query of its URL.
#[derive(Debug, Clone)]
pub struct Signed {
    pub form: Form,
    pub query: Option<String>,
}

/// A request read under its limits, of which nothing is proven yet.
#[derive(Debug)]
pub struct Unproven {
    parts: Parts,
    signature: String,
    body: Bytes,
}

impl Unproven {
    /// Reads the body; without a signature not even that.
    pub async fn read(request: Request) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let Some(signature) = only(&parts.headers, SIGNATURE).map(str::to_owned) else {
            return Err(refused("SIGNATURE_MISSING"));
        };
        let body = Pieces::of(&parts.headers, body, body::FORM)?.all().await?;
        Ok(Self {
            parts,
            signature,
            body,
        })
    }
}

fn refused(reason: &'static str) -> Problem {
    Problem::unproven(StatusCode::FORBIDDEN, reason)
}

impl Proof {
    /// Reads the form and checks its signature, before anything else happens (I16).
    pub async fn check(&self, request: Request) -> Result<Signed, Problem> {
        self.verify(&Unproven::read(request).await?)
    }

    /// As `check`, past the points at which a test can break the gateway.
    pub async fn check_passing(
        &self,
        request: Request,
        points: &Points,
    ) -> Result<Signed, Problem> {
        let unproven = Unproven::read(request).await?;
        points.pass("gateway.after_read").await?;
        let signed = self.verify(&unproven)?;
        points.pass("gateway.after_verify").await?;
        Ok(signed)
    }

    fn verify(&self, unproven: &Unproven) -> Result<Signed, Problem> {
        let Unproven {
            parts,
            signature,
            body,
        } = unproven;
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let url = format!("{}{path}", self.public_base_url);
        let media_type = parts
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let is_form = media_type.is_none_or(|value| {
            value
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .eq_ignore_ascii_case(FORM)
        });
        let form = if is_form {
            Form::decode(body).map_err(|_| {
                Problem::bad_body(
                    "FORM_TOO_LONG",
                    "The form has more fields than any webhook.",
                )
            })?
        } else {
            Form::default()
        };
        let content = if is_form {
            Content::Form(&form)
        } else {
            Content::Raw(body)
        };
        let settings = parts
            .headers
            .get(SETTINGS)
            .map(|value| value.to_str().unwrap_or_default());
        if !signature::verify(&self.keys, &url, content, signature, settings) {
            return Err(refused("SIGNATURE_INVALID"));
        }
        if !is_form {
            return Err(Problem::unsupported_type(FORM));
        }
        Ok(Signed {
            form,
            query: parts.uri.query().map(str::to_owned),
        })
    }
}

/// The header's value when it was sent exactly once, so that nobody can hide a second one.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values
        .next()?
        .to_str()
        .ok()
        .filter(|value| !value.is_empty());
    if values.next().is_some() { None } else { value }
}
