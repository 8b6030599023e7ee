//! The page of a site: the numbers that it shows against those that ring (R8).

use std::collections::BTreeSet;

/// A page longer than this is read up to here.
pub const LONGEST: usize = 1 << 20;

/// How a page differs from the numbers of its site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Linked or shown, and none of the site's; masked, since it may be a person's.
    pub foreign: Vec<String>,
    /// No link of the page calls a number of the site.
    pub no_link: bool,
    /// No number of the site can be read on the page.
    pub not_shown: bool,
}

impl Difference {
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// Compares `html` with the numbers of the site, E.164. `calling_code` without its plus: "41".
#[must_use]
pub fn compare(html: &str, numbers: &[String], calling_code: &str) -> Difference {
    let own: BTreeSet<String> = numbers.iter().map(|number| digits(number)).collect();
    let links: BTreeSet<String> = links(html)
        .map(|link| international(&link, calling_code))
        .collect();
    let shown: BTreeSet<String> = visible_numbers(&text_of(html))
        .map(|number| international(&number, calling_code))
        .collect();
    let foreign: BTreeSet<&String> = links
        .iter()
        .chain(&shown)
        .filter(|number| !own.contains(*number))
        .collect();
    Difference {
        foreign: foreign
            .into_iter()
            .map(|number| chassis::mask::phone(&format!("+{number}")))
            .collect(),
        no_link: links.is_disjoint(&own),
        not_shown: shown.is_disjoint(&own),
    }
}

/// The targets of `tel:` links.
fn links(html: &str) -> impl Iterator<Item = String> {
    let lower = html.to_ascii_lowercase();
    let starts: Vec<usize> = lower.match_indices("tel:").map(|(at, _)| at + 4).collect();
    let html = html.to_owned();
    starts.into_iter().filter_map(move |at| {
        let rest = &html[at..];
        let end = rest.find(['"', '\'', '>', '<', ';', '?'])?;
        let target = rest[..end].replace("%20", " ").replace("%2B", "+");
        (digits(&target).len() >= 7).then_some(target)
    })
}

/// What a reader sees: tags, scripts and styles left out, the commonest entities read.
fn text_of(html: &str) -> String {
    let mut text = String::with_capacity(html.len() / 2);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.extend(rest[..at].chars().map(|c| if c == '\n' { ' ' } else { c }));
        rest = &rest[at..];
        let hidden = ["script", "style", "head", "template", "!--"].into_iter();
        let name = hidden.into_iter().find(|name| {
            let tag = rest[1..].get(..name.len());
            tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name))
        });
        let end = match name {
            Some("!--") => rest.find("-->").map(|at| at + 3),
            Some(name) => {
                let close = format!("</{name}");
                let lower = rest.to_ascii_lowercase();
                lower
                    .find(&close)
                    .and_then(|at| lower[at..].find('>').map(|end| at + end + 1))
            }
            None => rest.find('>').map(|at| at + 1),
        };
        let Some(end) = end else {
            rest = "";
            break;
        };
        // A number may be dressed in a span; a link, a paragraph or a cell ends it.
        let dressing = ["span", "b>", "strong", "em>", "i>", "small", "wbr", "font"];
        let name = rest[1..end].trim_start_matches('/').to_ascii_lowercase();
        let inside = dressing.iter().any(|dress| name.starts_with(dress));
        text.push(if inside { ' ' } else { '\n' });
        rest = &rest[end..];
    }
    text.push_str(rest);
    text.replace("&nbsp;", " ")
        .replace("&#160;", " ")
        .replace("&#43;", "+")
        .replace("&plus;", "+")
}

/// Runs of digits as people write telephone numbers: a plus or a zero first, nine digits at least.
/// A date, a price or a year is none.
fn visible_numbers(text: &str) -> impl Iterator<Item = String> {
    let mut found = Vec::new();
    let mut run = String::new();
    let mut close = |run: &mut String| {
        let count = run.chars().filter(char::is_ascii_digit).count();
        let begins = run.trim_start_matches(['(', ' ']);
        let is_number = begins.starts_with('+') || begins.starts_with('0');
        if is_number && (9..=15).contains(&count) {
            found.push(std::mem::take(run));
        }
        run.clear();
    };
    for sign in text.chars() {
        let sign = match sign {
            '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
            '\u{2011}' | '\u{2013}' => '-',
            other => other,
        };
        match sign {
            '+' => {
                close(&mut run);
                run.push('+');
            }
            '0'..='9' => run.push(sign),
            ' ' | '-' | '.' | '(' | ')' | '/' | '\'' if !run.is_empty() => run.push(sign),
            _ => close(&mut run),
        }
    }
    close(&mut run);
    found.into_iter()
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// With the calling code: "022 539 45 12" is 41225394512 in Switzerland; "(0)" is left out.
fn international(number: &str, calling_code: &str) -> String {
    let number = number.replace("(0)", "");
    let bare = digits(&number);
    if number.trim_start().starts_with('+') {
        bare
    } else if let Some(rest) = bare.strip_prefix("00") {
        rest.to_owned()
    } else if let Some(rest) = bare.strip_prefix('0') {
        format!("{calling_code}{rest}")
    } else {
        bare
    }
}

/// The calling code of a country that bord serves, ISO 3166-1 alpha-2.
#[must_use]
pub fn calling_code(country: &str) -> &'static str {
    match country {
        "CH" => "41",
        "DE" => "49",
        "ES" => "34",
        "FR" => "33",
        "IT" => "39",
        "AT" => "43",
        "GB" => "44",
        "ID" => "62",
        "US" | "CA" => "1",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DID: &str = "+41225394512";

    fn compared(html: &str) -> Difference {
        compare(html, &[DID.to_owned()], "41")
    }

    #[test]
    fn the_number_on_the_page_is_the_one_that_rings_r8() {
        for html in [
            r#"<a href="tel:+41225394512">+41 22 539 45 12</a>"#,
            r#"<a href='tel:022 539 45 12'>022 539 45 12</a>"#,
            r#"<A HREF="TEL:0041225394512">0041 22 539 45 12</A><p>Ouvert 24/7 depuis 2009, dès 120.-</p>"#,
            r#"<a href="tel:+41225394512"><span>+41 22</span> <b>539 45 12</b></a>12.05.2026"#,
            r#"<a href="tel:%2B41225394512">+41&nbsp;(0)22 539 45 12</a>"#,
        ] {
            assert!(compared(html).is_none(), "{html}: {:?}", compared(html));
        }
    }

    #[test]
    fn another_number_in_a_link_or_in_the_text_is_a_difference_r8() {
        let swapped = compared(r#"<a href="tel:+41225550100">+41 22 539 45 12</a>"#);
        assert_eq!(swapped.foreign.len(), 1);
        assert!(swapped.no_link && !swapped.not_shown);
        let shown = compared(r#"<a href="tel:+41225394512">022 555 01 00</a>"#);
        assert!(shown.not_shown && !shown.no_link);
        assert!(!shown.foreign[0].contains("5550100"), "masked");
    }

    #[test]
    fn a_page_without_any_number_shows_it_r8() {
        let bare = compared("<h1>Plombiers</h1>");
        assert!(bare.no_link && bare.not_shown && bare.foreign.is_empty());
    }

    #[test]
    fn what_no_reader_sees_counts_for_nothing_r8() {
        let html = r#"<script>var old = "+41 22 555 01 00";</script><!-- 022 555 01 00 -->
            <a href="tel:+41225394512">022 539 45 12</a> 12.05.2026 10:30, 1 204 Genève"#;
        assert!(compared(html).is_none(), "{:?}", compared(html));
    }
}
