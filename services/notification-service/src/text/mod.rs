//! Texts: what each delivery says, in the receiver's language. Words stand in `words/`, one file
//! for each language; how they are put together stands here, so that no language lacks a fact.

mod answer;
pub mod facts;
mod follow;
pub mod mail;
mod operator;
pub mod render;
pub mod segments;
pub mod sms;
mod summary;
pub mod time;
pub mod whatsapp;
pub mod words;

pub use render::{About, Answering, Rendered, render};
pub use words::LANGUAGES;

/// Puts `values` into the places `{name}` of `text`, in one pass: a value that itself looks like a
/// place is left as the person wrote it.
fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        let Some(length) = rest[start..].find('}') else {
            break;
        };
        let name = &rest[start + 1..start + length];
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            filled.push_str(value);
        }
        rest = &rest[start + length + 1..];
    }
    filled.push_str(rest);
    filled
}
