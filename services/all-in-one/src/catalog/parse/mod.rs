//! From files to values: one file here for each kind of file there. What a field must look like
//! is checked here; what the fields mean together is the lint's.

mod hours;
mod operator;
mod price;
mod provider;
mod rules;
mod site;
mod taxonomy;

use super::breach::{Place, Report};
use super::document::Document;
use super::folder::Folder;
use super::model::{Catalog, Money};
use super::reader::Reader;

/// Files that every catalogue has, and those that `catalog apply` has no use for.
const FIXED: [&str; 5] = [
    "catalog.toml",
    "categories.toml",
    "cities.toml",
    "prices.toml",
    "providers.toml",
];
const NOT_OURS: [&str; 1] = ["kustomization.yaml"];

/// Names of files that are absent or broken. What such a file would have declared is unknown, so
/// a reference into it is no mistake.
#[derive(Debug, Default)]
pub(super) struct Damaged(Vec<&'static str>);

impl Damaged {
    pub(super) fn is(&self, file: &str) -> bool {
        self.0.contains(&file)
    }
}

pub(super) fn read(folder: &Folder, report: &Report) -> (Catalog, Damaged) {
    let mut catalog = Catalog::default();
    let mut damaged = Damaged::default();
    for name in FIXED {
        let Some(text) = folder.get(name) else {
            let message = format!("{name} is missing: every catalogue has one");
            report.error(Some(Place::new(name, 1)), "format", message);
            damaged.0.push(name);
            continue;
        };
        let (document, table) = Document::parse(name, text, report);
        if document.damaged {
            damaged.0.push(name);
        }
        let root = Reader::root(&document, &table, "file", report);
        match name {
            "catalog.toml" => catalog.operator = operator::read(root),
            "categories.toml" => catalog.categories = taxonomy::categories(root),
            "cities.toml" => catalog.cities = taxonomy::cities(root),
            "prices.toml" => catalog.prices = price::read(root, report),
            _ => catalog.providers = provider::read(root, report),
        }
    }
    for name in folder.names() {
        if is_site(name) {
            let text = folder.get(name).unwrap_or_default();
            let (document, table) = Document::parse(name, text, report);
            let root = Reader::root(&document, &table, "site", report);
            catalog.sites.push(site::read(root, folder, report));
        }
    }
    catalog.sites.sort_by(|a, b| a.id.cmp(&b.id));
    report_strays(folder, &catalog, report);
    (catalog, damaged)
}

fn is_site(name: &str) -> bool {
    name.starts_with("site-") && name.ends_with(".toml")
}

/// A file that nothing reads is a file that somebody believes in.
fn report_strays(folder: &Folder, catalog: &Catalog, report: &Report) {
    let named: Vec<&str> = catalog
        .sites
        .iter()
        .filter_map(|site| site.agent.as_ref())
        .flat_map(|agent| [agent.prompt.file.as_str(), agent.faq.file.as_str()])
        .collect();
    for name in folder.names() {
        if !FIXED.contains(&name)
            && !NOT_OURS.contains(&name)
            && !is_site(name)
            && !named.contains(&name)
        {
            let message = format!(
                "no site names {name}, so nothing reads it: name it in a site-*.toml, or remove it"
            );
            report.error(Some(Place::new(name, 1)), "format", message);
        }
    }
}

/// "0.0760" → millionths; at most six decimals, never a float.
fn micros(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |s: &str| s.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > 6 || text.ends_with('.')
    {
        return None;
    }
    let part = format!("{part:0<6}");
    whole
        .parse::<i64>()
        .ok()?
        .checked_mul(1_000_000)?
        .checked_add(part.parse().ok()?)
}

/// The fields `amount` and `currency` of a table.
fn money(reader: &mut Reader<'_>) -> (Option<Money>, String) {
    let amount = reader.text("amount");
    let currency = reader.text("currency");
    let money = micros(&amount).map(|micros| Money { micros, currency });
    (money, amount)
}

/// The remedy for an amount that `money` could not read.
fn amount_fault(amount: &str) -> String {
    format!("`amount` is \"{amount}\": write a decimal of at most six places, such as \"1.15\"")
}

/// A whole table of its own that holds nothing but an amount.
fn money_table(reader: Option<Reader<'_>>, report: &Report) -> Option<Money> {
    let mut reader = reader?;
    let (money, amount) = money(&mut reader);
    let at = reader.finish();
    if money.is_none() {
        report.error(at.field("amount"), "format", amount_fault(&amount));
    }
    money
}

#[cfg(test)]
mod tests {
    use super::micros;

    #[test]
    fn an_amount_is_exact_to_the_millionth() {
        assert_eq!(micros("1.15"), Some(1_150_000));
        assert_eq!(micros("0.0008"), Some(800));
        assert_eq!(micros("13"), Some(13_000_000));
        for wrong in [
            "",
            ".5",
            "1.",
            "-1",
            "1,15",
            "1.2345678",
            "1e3",
            "99999999999999999999",
        ] {
            assert_eq!(micros(wrong), None, "{wrong}");
        }
    }
}
