//! The page of an offer as a person's browser uses it: read the forms, press one button.

use std::time::Duration;

/// The first offer link in a text.
#[must_use]
pub fn link(text: &str) -> Option<String> {
    let at = text.find("/c/")?;
    let start = text.get(..at)?.rfind("http")?;
    let rest = text.get(start..)?;
    let end = rest.find(|c: char| c.is_whitespace() || "\"'<>)".contains(c));
    rest.get(..end.unwrap_or(rest.len())).map(str::to_owned)
}

/// Opens the page and sends its accept or decline form; true when the answer was taken or is over.
pub async fn answer(link: &str, accepts: bool) -> bool {
    let client = chassis::http::client();
    let opened = client
        .get(link)
        .timeout(Duration::from_secs(8))
        .send()
        .await;
    let Ok(page) = opened else {
        return false;
    };
    if !page.status().is_success() {
        return page.status().is_client_error();
    }
    let Ok(html) = page.text().await else {
        return false;
    };
    let verb = if accepts { "accept" } else { "decline" };
    let Some(fields) = form(&html, verb) else {
        // No such button any more: the offer is over or answered.
        return true;
    };
    let body = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect::<Vec<_>>()
        .join("&");
    let sent = client
        .post(link)
        .timeout(Duration::from_secs(8))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await;
    sent.is_ok_and(|answer| !answer.status().is_server_error())
}

/// The fields that pressing the button of `verb` sends: its form's hidden fields, and its own.
fn form(html: &str, verb: &str) -> Option<Vec<(String, String)>> {
    let value = format!("value=\"{verb}\"");
    let form = html.split("<form").skip(1).find_map(|rest| {
        let form = rest.split("</form").next()?;
        form.contains(&value).then_some(form)
    })?;
    let mut fields = Vec::new();
    for tag in form.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let (Some(name), given) = (attribute(tag, "name"), attribute(tag, "value")) else {
            continue;
        };
        let given = given.unwrap_or_default();
        let hidden = tag.starts_with("input") && tag.contains("type=\"hidden\"");
        if hidden || given == verb {
            fields.push((name, given));
        }
    }
    Some(fields)
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next().map(str::to_owned)
}

fn encoded(text: &str) -> String {
    let byte = |b: u8| match b {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(b).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_ends_where_the_text_goes_on() {
        let text = "Répondre: http://127.0.0.1:8080/c/abc.def\nMerci";
        assert_eq!(
            link(text).as_deref(),
            Some("http://127.0.0.1:8080/c/abc.def")
        );
        assert_eq!(
            link("<a href=\"https://x.ch/c/t\">ici</a>").as_deref(),
            Some("https://x.ch/c/t")
        );
        assert_eq!(link("nothing"), None);
    }

    #[test]
    fn a_button_sends_its_own_value_and_the_hidden_fields() {
        let html = r#"<form method="post"><input type="hidden" name="v" value="3">
            <button name="answer" value="accept">Oui</button>
            <button name="answer" value="decline">Non</button></form>"#;
        let fields = form(html, "decline").unwrap();
        let expected =
            [("v", "3"), ("answer", "decline")].map(|(n, v)| (n.to_owned(), v.to_owned()));
        assert_eq!(fields, expected);
        assert!(form(html, "won").is_none());
    }
}
