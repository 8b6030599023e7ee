//! A named lead: by its id, by the first characters of it, or by the reference that its messages
//! show (K7-3F9AQ). Ids and references are looked up among the leads, newest first.

use contracts::lead::v1 as lead;

use crate::peers::{Peers, explain};

/// Fewer characters of an id are asked for again: they would be unique by luck alone.
const SHORTEST: usize = 4;
/// A page of leads, and how many pages a short name is worth.
const PAGE: i32 = 200;
const PAGES: usize = 50;
/// How an id is written: 8-4-4-4-12.
const UUID_LENGTH: usize = 36;

/// What a text can name.
#[derive(Debug, PartialEq, Eq)]
enum Name {
    Id(String),
    Prefix(String),
    Reference(String),
}

fn name(text: &str) -> anyhow::Result<Name> {
    let text = text.trim();
    let lower = text.to_lowercase();
    let hexadecimal = lower.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    if hexadecimal && lower.len() == UUID_LENGTH {
        return Ok(Name::Id(lower));
    }
    let upper = text.to_uppercase();
    let signs = upper.as_bytes();
    let reference = signs.len() == 8
        && signs[2] == b'-'
        && signs
            .iter()
            .enumerate()
            .all(|(at, sign)| at == 2 || sign.is_ascii_alphanumeric());
    // An id has its first hyphen after eight characters, so the two are never mistaken.
    if reference {
        return Ok(Name::Reference(upper));
    }
    if hexadecimal && lower.len() >= SHORTEST && lower.len() < UUID_LENGTH {
        return Ok(Name::Prefix(lower));
    }
    anyhow::bail!(
        "{text:?} names no lead: give its id, at least the first {SHORTEST} characters of it, or \
         its reference, such as K7-3F9AQ; `bord leads` shows them"
    )
}

impl Name {
    fn fits(&self, lead: &lead::Lead) -> bool {
        match self {
            Self::Id(id) => lead.lead_id == *id,
            Self::Prefix(prefix) => lead.lead_id.starts_with(prefix),
            Self::Reference(reference) => lead.reference == *reference,
        }
    }
}

/// The id of the lead that the text names. An id itself is not looked up: the command that uses it
/// hears whether it is known.
///
/// # Errors
/// When no lead is named so, or several are.
pub async fn lead_id(peers: &mut Peers, text: &str) -> anyhow::Result<String> {
    let name = name(text)?;
    if let Name::Id(id) = name {
        return Ok(id);
    }
    let (mut found, mut token, mut whole) = (Vec::new(), String::new(), false);
    for _ in 0..PAGES {
        let page = peers
            .leads
            .list_leads(lead::ListLeadsRequest {
                page_size: PAGE,
                page_token: token,
                ..Default::default()
            })
            .await
            .map_err(|s| explain("the leads cannot be listed", &s))?
            .into_inner();
        found.extend(page.leads.into_iter().filter(|lead| name.fits(lead)));
        token = page.next_page_token;
        if token.is_empty() {
            whole = true;
            break;
        }
    }
    one(text, &found, whole)
}

fn one(text: &str, found: &[lead::Lead], whole: bool) -> anyhow::Result<String> {
    match found {
        [lead] => Ok(lead.lead_id.clone()),
        [] if whole => anyhow::bail!("no lead is named {text}: `bord leads` lists them"),
        [] => anyhow::bail!(
            "none of the newest {} leads is named {text}: give its whole id",
            PAGES * usize::try_from(PAGE).unwrap_or_default()
        ),
        several => {
            let ids: Vec<_> = several.iter().map(|lead| lead.lead_id.as_str()).collect();
            anyhow::bail!(
                "{text} names {} leads: give more of the id\n  {}",
                ids.len(),
                ids.join("\n  ")
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0b5f2a70-8c2e-5d5b-9a4e-6f2a1b3c4d5e";

    #[test]
    fn an_id_a_prefix_and_a_reference_are_told_apart() {
        assert_eq!(name(&ID.to_uppercase()).unwrap(), Name::Id(ID.to_owned()));
        assert_eq!(name("0b5f").unwrap(), Name::Prefix("0b5f".to_owned()));
        assert_eq!(
            name("0b5f2a70-8c").unwrap(),
            Name::Prefix("0b5f2a70-8c".to_owned())
        );
        assert_eq!(
            name(" k7-3f9aq ").unwrap(),
            Name::Reference("K7-3F9AQ".to_owned())
        );
        // All of its signs are hexadecimal, and it is a reference all the same.
        assert_eq!(
            name("A7-3F9AB").unwrap(),
            Name::Reference("A7-3F9AB".to_owned())
        );
        for wrong in ["", "0b5", "plumber", "K7-3F9AQX", "K7_3F9AQ"] {
            assert!(name(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_name_that_fits_none_or_several_says_what_to_do() {
        let lead = |id: &str| lead::Lead {
            lead_id: id.to_owned(),
            reference: "K7-3F9AQ".to_owned(),
            ..Default::default()
        };
        assert_eq!(one("0b5f", &[lead(ID)], true).unwrap(), ID);
        let none = one("0b5f", &[], true).unwrap_err().to_string();
        assert!(none.contains("`bord leads`"), "{none}");
        let far = one("0b5f", &[], false).unwrap_err().to_string();
        assert!(far.contains("10000") && far.contains("whole id"), "{far}");
        let two = [lead(ID), lead("0b5f9999")];
        let told = one("0b5f", &two, true).unwrap_err().to_string();
        assert!(told.contains(ID) && told.contains("0b5f9999"), "{told}");
        let reference = name("K7-3F9AQ").unwrap();
        assert!(reference.fits(&two[0]));
        assert!(!name("K7-3F9AR").unwrap().fits(&two[0]));
    }
}
