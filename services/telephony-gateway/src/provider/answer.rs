//! A vendor's answer: read up to a limit, refused with status and code only. A vendor's own text
//! may echo a caller's number, so it never enters an error (I25).

use chassis::fault::{Fault, Kind};
use serde_json::Value;

/// Transcripts with their tool calls stay far below this.
pub(crate) const LIMIT: usize = 8 * 1024 * 1024;

#[derive(Debug, thiserror::Error)]
pub(crate) enum VendorError {
    #[error(transparent)]
    Http(#[from] chassis::http::Error),
    /// An answer with a status other than 2xx.
    #[error("{operation} was refused with {status} {code}")]
    Refused {
        operation: &'static str,
        status: u16,
        code: String,
    },
    #[error("{operation} answered what cannot be read")]
    Unreadable { operation: &'static str },
}

impl VendorError {
    /// Whether the vendor may have done what was asked although nobody heard so (B7).
    #[must_use]
    pub(crate) fn is_ambiguous(&self) -> bool {
        match self {
            Self::Http(error) => error.is_unknown(),
            Self::Refused { status, .. } => *status >= 500,
            Self::Unreadable { .. } => true,
        }
    }

    #[must_use]
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    /// Whether the vendor refused the request's content.
    #[must_use]
    pub(crate) fn is_validation(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                status: 400 | 422,
                ..
            }
        )
    }

    /// The vendor's own code: Twilio's number, ElevenLabs' word.
    #[must_use]
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            _ => None,
        }
    }
}

impl Fault for VendorError {
    fn kind(&self) -> Kind {
        match self {
            Self::Refused {
                status: 400..=428, ..
            } => Kind::Refused,
            _ => Kind::Unavailable,
        }
    }

    fn reason(&self) -> &'static str {
        match self.kind() {
            Kind::Refused => "VENDOR_REFUSED",
            _ => "VENDOR_UNAVAILABLE",
        }
    }
}

/// The body as text, at most `LIMIT` bytes.
pub(crate) async fn text(
    operation: &'static str,
    mut response: reqwest::Response,
) -> Result<String, VendorError> {
    let status = response.status();
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= LIMIT => body.extend_from_slice(&chunk),
            Ok(None) => break,
            Ok(Some(_)) | Err(_) => return Err(VendorError::Unreadable { operation }),
        }
    }
    let body = String::from_utf8(body).map_err(|_| VendorError::Unreadable { operation })?;
    if status.is_success() {
        return Ok(body);
    }
    Err(VendorError::Refused {
        operation,
        status: status.as_u16(),
        code: code_of(&body),
    })
}

pub(crate) async fn json(
    operation: &'static str,
    response: reqwest::Response,
) -> Result<Value, VendorError> {
    let body = text(operation, response).await?;
    serde_json::from_str(&body).map_err(|_| VendorError::Unreadable { operation })
}

/// The code in an error's body: Twilio's `code`, or one of ElevenLabs' three shapes. Only plain
/// words and digits pass, so that nothing of a caller does.
fn code_of(body: &str) -> String {
    let Ok(body) = serde_json::from_str::<Value>(body) else {
        return "not_json".to_owned();
    };
    let detail = &body["detail"];
    let code = match detail {
        Value::Array(_) => "validation".to_owned(),
        Value::Object(_) => ["code", "status", "type"]
            .into_iter()
            .find_map(|name| detail[name].as_str())
            .unwrap_or("unknown")
            .to_owned(),
        _ => match &body["code"] {
            Value::Number(code) => code.to_string(),
            Value::String(code) => code.clone(),
            _ => "unknown".to_owned(),
        },
    };
    code.chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .take(60)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_read_from_every_shape_of_error_body() {
        for (body, code) in [
            (
                r#"{"detail":{"type":"validation_error","code":"invalid_parameters"}}"#,
                "invalid_parameters",
            ),
            (
                r#"{"detail":{"status":"conversation_not_found","message":"+41 79 …"}}"#,
                "conversation_not_found",
            ),
            (
                r#"{"detail":[{"loc":["body"],"msg":"x","type":"y"}]}"#,
                "validation",
            ),
            (r#"{"code":21631,"message":"x","status":400}"#, "21631"),
            ("<html>Bad Gateway</html>", "not_json"),
            (r#"{"message":"+41791234567"}"#, "unknown"),
        ] {
            assert_eq!(code_of(body), code);
        }
    }
}
