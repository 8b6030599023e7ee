//! Twilio's lists: query parameters of the 2010-04-01 API (with `<` and `>` in the names of time
//! filters) and pages whose `next_page_uri` is relative to the base.

use axum::Json;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

/// A query string as Twilio reads it: names may hold `<` and `>`, encoded or not.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(raw: Option<&str>) -> Self {
        Self(
            form_urlencoded::parse(raw.unwrap_or_default().as_bytes())
                .into_owned()
                .collect(),
        )
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// Whether a field passes the filter of that name.
    pub(crate) fn allows(&self, name: &str, value: &str) -> bool {
        self.get(name).is_none_or(|wanted| wanted == value)
    }

    /// Whether a time passes `Name`, `Name<` and `Name>` (a date or a date-time, both inclusive:
    /// `Name<=x` arrives as the name `Name<` with the value `x`).
    pub(crate) fn allows_time(&self, name: &str, at: Option<DateTime<Utc>>) -> bool {
        let bound = |suffix: &str| self.get(&format!("{name}{suffix}")).and_then(Bound::parse);
        let Some(at) = at else {
            return bound("").is_none() && bound("<").is_none() && bound(">").is_none();
        };
        bound("").is_none_or(|bound| bound.start <= at && at <= bound.end)
            && bound(">").is_none_or(|bound| at >= bound.start)
            && bound("<").is_none_or(|bound| at <= bound.end)
    }
}

struct Bound {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

impl Bound {
    /// A day means all of it, a second all of its microseconds.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(at) = DateTime::parse_from_rfc3339(text) {
            let start = at.to_utc();
            return Some(Self {
                start,
                end: start + chrono::Duration::milliseconds(999),
            });
        }
        if let Ok(at) = DateTime::parse_from_rfc2822(text) {
            let start = at.to_utc();
            return Some(Self {
                start,
                end: start + chrono::Duration::milliseconds(999),
            });
        }
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        let start = day.and_hms_opt(0, 0, 0)?.and_utc();
        Some(Self {
            start,
            end: start + chrono::Duration::days(1) - chrono::Duration::microseconds(1),
        })
    }
}

/// One page of a list under the key `key`.
pub(crate) fn page(path: &str, raw: Option<&str>, key: &str, rows: &[Value]) -> Response {
    let query = Query::parse(raw);
    let size = query
        .get("PageSize")
        .and_then(|n| n.parse().ok())
        .unwrap_or(50usize)
        .clamp(1, 1000);
    let number: usize = query.get("Page").and_then(|n| n.parse().ok()).unwrap_or(0);
    let start = number.saturating_mul(size).min(rows.len());
    let end = (start + size).min(rows.len());
    let uri = |page: usize| {
        let kept = query
            .0
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "Page" | "PageSize"));
        let text = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .append_pair("PageSize", &size.to_string())
            .append_pair("Page", &page.to_string())
            .finish();
        format!("{path}?{text}")
    };
    Json(json!({
        key: rows[start..end],
        "end": end.saturating_sub(1).max(start),
        "first_page_uri": uri(0),
        "next_page_uri": if end < rows.len() { json!(uri(number + 1)) } else { Value::Null },
        "page": number,
        "page_size": size,
        "previous_page_uri": if number > 0 { json!(uri(number - 1)) } else { Value::Null },
        "start": start,
        "uri": uri(number),
    }))
    .into_response()
}
