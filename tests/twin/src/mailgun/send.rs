//! A mail: accepted from multipart/form-data under its own Message-Id where it brings one. There
//! is no idempotency: two posts are two mails, also under the same Message-Id.

use std::collections::BTreeMap;

use axum::extract::{FromRequest as _, Multipart, Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use chrono::{DateTime, Utc};
use http::header;
use serde::Serialize;
use serde_json::json;

use super::{error, events};
use crate::faults::Vendor;
use crate::gate::Under;
use crate::hub::{Accepted, Shared, now, random_text};

/// A mail that the twin accepted.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Mail {
    /// The Message-Id without `<>`, as events carry it.
    pub message_id: String,
    pub from: String,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// `h:` fields.
    pub headers: BTreeMap<String, String>,
    /// `v:` fields: what comes back in events as user variables.
    pub variables: BTreeMap<String, String>,
    /// `o:` fields.
    pub options: BTreeMap<String, String>,
    pub tags: Vec<String>,
    pub attachments: Vec<String>,
    pub created: DateTime<Utc>,
    /// accepted, delivered, failed.
    pub status: String,
    /// The fault under which the mail was accepted.
    pub fault: Option<String>,
}

pub(super) async fn create(
    State(hub): State<Shared>,
    Path(domain): Path<String>,
    Extension(under): Extension<Under>,
    request: Request,
) -> Response {
    if domain != hub.config.mailgun_domain {
        return error(404, &format!("Domain not found: {domain}"));
    }
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok());
    let kind = kind
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .to_owned();
    if kind != "multipart/form-data" {
        return error(
            400,
            &format!("Expecting 'multipart/form-data' but got '{kind}'"),
        );
    }
    let mut mail = match Multipart::from_request(request, &()).await {
        Ok(parts) => match read(parts).await {
            Ok(mail) => mail,
            Err(refused) => return error(400, &refused),
        },
        Err(_) => return error(400, "Bad Request"),
    };
    if let Some(refused) = fault_of(&mail) {
        return error(400, &refused);
    }
    let own = mail
        .headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("message-id"));
    let own = own.map(|(_, id)| id.trim_matches(['<', '>']).to_owned());
    mail.message_id = own
        .filter(|id| id.split('@').filter(|part| !part.is_empty()).count() == 2)
        .unwrap_or_else(|| {
            let unique = random_text(16, b"0123456789ABCDEF");
            format!("{}.1.{unique}@{domain}", now().format("%Y%m%d%H%M%S"))
        });
    mail.created = now();
    mail.status = "accepted".to_owned();
    mail.fault = under.name();
    let id = mail.message_id.clone();
    let index = {
        let mut world = hub.world();
        world.ledger.push(Accepted {
            at: mail.created,
            vendor: Vendor::Mailgun,
            operation: "mail.send".to_owned(),
            id: id.clone(),
            to: mail.to.join(", "),
            fault: under.name(),
        });
        world.mailgun.mails.push(mail);
        world.mailgun.mails.len() - 1
    };
    events::start(&hub, index);
    Json(json!({"id": format!("<{id}>"), "message": "Queued. Thank you."})).into_response()
}

async fn read(mut parts: Multipart) -> Result<Mail, String> {
    let mut mail = Mail::default();
    let mut options_size = 0;
    let bad = |_| "Bad multipart body".to_owned();
    while let Some(field) = parts.next_field().await.map_err(bad)? {
        let name = field.name().unwrap_or_default().to_owned();
        if matches!(name.as_str(), "attachment" | "inline") {
            mail.attachments
                .push(field.file_name().unwrap_or_default().to_owned());
            field.bytes().await.map_err(bad)?;
            continue;
        }
        let value = field.text().await.map_err(bad)?;
        if name.starts_with("o:") || name.starts_with("h:") || name.starts_with("v:") {
            options_size += name.len() + value.len();
        }
        match name.as_str() {
            "from" => mail.from = value,
            "to" => mail
                .to
                .extend(value.split(',').map(|to| to.trim().to_owned())),
            "cc" => mail.cc.push(value),
            "subject" => mail.subject = value,
            "text" => mail.text = value,
            "html" => mail.html = value,
            "o:tag" => mail.tags.push(value),
            other => {
                if let Some(header) = other.strip_prefix("h:") {
                    if !header.is_ascii() {
                        return Err(format!("Header name must be pure ASCII: {header}"));
                    }
                    mail.headers.insert(header.to_owned(), value);
                } else if let Some(variable) = other.strip_prefix("v:") {
                    mail.variables.insert(variable.to_owned(), value);
                } else if let Some(option) = other.strip_prefix("o:") {
                    mail.options.insert(option.to_owned(), value);
                }
            }
        }
    }
    if options_size > 16 * 1024 {
        return Err(
            "Send options (parameters starting with o:, h:, or v:) are limited to 16 kB total"
                .into(),
        );
    }
    Ok(mail)
}

fn fault_of(mail: &Mail) -> Option<String> {
    let invalid = |field: &str| {
        Some(format!(
            "{field} parameter is not a valid address. please check documentation"
        ))
    };
    if mail.from.is_empty() {
        return Some("from parameter is missing".to_owned());
    }
    if mail.to.is_empty() {
        return Some("to parameter is missing".to_owned());
    }
    if !is_address(&mail.from) {
        return invalid("from");
    }
    if !mail.to.iter().all(|to| is_address(to)) {
        return invalid("to");
    }
    if mail.text.is_empty() && mail.html.is_empty() {
        return Some(
            "Need at least one of 'text', 'html', 'amp-html' or 'template' parameters specified."
                .to_owned(),
        );
    }
    None
}

/// The address inside `Name <a@b>`.
pub(super) fn bare(address: &str) -> &str {
    let inside = address
        .rsplit_once('<')
        .map_or(address, |(_, rest)| rest.trim_end_matches('>'));
    inside.trim()
}

fn is_address(address: &str) -> bool {
    bare(address).split_once('@').is_some_and(|(user, domain)| {
        !user.is_empty() && domain.contains('.') && !domain.contains(['@', ' '])
    })
}

pub(super) async fn signing_key(State(hub): State<Shared>) -> Response {
    Json(json!({"http_signing_key": hub.config.mailgun_signing_key})).into_response()
}
