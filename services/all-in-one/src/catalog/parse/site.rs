//! site-<id>.toml: one landing page with its numbers and its agent, and the Markdown files that
//! the agent names.

use crate::catalog::breach::Report;
use crate::catalog::collection::DataCollection;
use crate::catalog::folder::Folder;
use crate::catalog::model::{Agent, Chain, Number, Site, Text};
use crate::catalog::reader::Reader;

use super::money_table;

pub(super) fn read(mut root: Reader<'_>, folder: &Folder, report: &Report) -> Site {
    // Malformed or lost in a broken file is not absent: that has been reported already.
    let fallback_unknown = root.is_damaged() || root.keys().contains(&"fallback_url");
    let mut site = Site {
        id: root.text("id"),
        name: root.text("name"),
        url: root.text("url"),
        fallback_url: root
            .maybe_text("fallback_url")
            .or(fallback_unknown.then(String::new)),
        country: root.text("country"),
        language: root.text("language"),
        languages: root.texts("languages"),
        timezone: root.text("timezone"),
        default_category: root.text("default_category"),
        default_city: root.text("default_city"),
        categories: root.texts("categories"),
        cities: root.texts("cities"),
        allowed_countries: root.texts("allowed_countries"),
        numbers: Vec::new(),
        agent: None,
        at: Default::default(),
    };
    // Every live site has a number of its own (R1, R4) and an agent.
    root = root.missing_breaks("R4");
    site.numbers = root
        .tables("numbers", "number")
        .into_iter()
        .map(|n| number(n, report))
        .collect();
    root = root.missing_breaks("R19");
    site.agent = root
        .table("agent", "agent")
        .map(|reader| agent(reader, folder, report));
    site.at = root.finish();
    site
}

fn number(mut reader: Reader<'_>, report: &Report) -> Number {
    let did = reader.text("did");
    let chain = reader.maybe_table("chain", "chain").map(|mut chain| {
        let mut read = Chain {
            mobile: chain.text("mobile"),
            carrier: chain.text("carrier"),
            monthly: None,
            at: Default::default(),
        };
        read.monthly = money_table(chain.table("monthly", "price"), report);
        read.at = chain.finish();
        read
    });
    Number {
        did,
        chain,
        at: reader.finish(),
    }
}

/// What an agent lacks breaks R19: it has a voice, a model, a prompt, one tool and a wait.
fn agent(reader: Reader<'_>, folder: &Folder, report: &Report) -> Agent {
    let mut reader = reader.missing_breaks("R19");
    let mut agent = Agent {
        name: reader.text("name"),
        language: reader.text("language"),
        voice: reader.text("voice"),
        llm: reader.text("llm"),
        dispatch_fidelity: reader.boolean("dispatch_fidelity"),
        tools: reader.texts("tools"),
        built_in_tools: reader.texts("built_in_tools"),
        first_message: reader.any_text("first_message"),
        initial_wait_time: reader.integer("initial_wait_time"),
        silence_end_call_timeout: reader.integer("silence_end_call_timeout"),
        max_duration_seconds: reader.integer("max_duration_seconds"),
        prompt: Text {
            file: reader.text("prompt"),
            ..Text::default()
        },
        faq: Text {
            file: reader.text("faq"),
            ..Text::default()
        },
        data_collection: None,
        at: Default::default(),
    };
    let collection = reader.maybe_table("data_collection", "data collection");
    agent.data_collection = collection
        .map(DataCollection::read)
        .or_else(|| DataCollection::lost_in(&reader));
    agent.at = reader.finish();
    for (key, text) in [("prompt", &mut agent.prompt), ("faq", &mut agent.faq)] {
        match folder.get(&text.file) {
            Some(found) => {
                text.present = true;
                found.clone_into(&mut text.text);
            }
            None => report.error(
                agent.at.field(key),
                "reference",
                format!(
                    "`{key}` names {}, which is not in the folder: add it",
                    text.file
                ),
            ),
        }
    }
    agent
}
