//! R53: what each agent draws from its conversations, for the summary mail.

use super::*;

const SENTIMENT: &str = "sentiment = ";
const NEXT_STEP: &str = "next_step = ";

fn line(folder: &Folder, start: &str) -> String {
    let text = folder.get(GENEVA).unwrap();
    let line = text.lines().find(|line| line.starts_with(start)).unwrap();
    format!("{line}\n")
}

#[test]
fn r53_every_agent_of_the_sample_draws_sentiment_and_next_step() {
    let catalog = Catalog::sample().unwrap();
    for site in &catalog.sites {
        let agent = site.agent.as_ref().unwrap();
        let drawn = &agent.data_collection.as_ref().unwrap().fields;
        let ids: Vec<_> = drawn.keys().map(String::as_str).collect();
        assert_eq!(ids, ["next_step", "sentiment"], "{}", site.id);
        // Where the words would be about somebody's health, none of it is asked for (D10).
        if site
            .categories
            .iter()
            .any(|id| catalog.category(id).unwrap().health)
        {
            assert!(drawn["next_step"].contains("without any medical detail"));
        }
    }
}

#[test]
fn r53_what_the_summary_mail_shows_is_drawn_and_both_are_named_when_missing() {
    let sample = Folder::sample();
    let without = |start| change(Folder::sample(), GENEVA, &line(&sample, start), "");
    let head = "[agent.data_collection]";
    expect(&without(SENTIMENT), &[(GENEVA, head, "R53")]);
    expect(&without(NEXT_STEP), &[(GENEVA, head, "R53")]);
    let bare = without(NEXT_STEP);
    let empty = change(bare, GENEVA, &line(&sample, SENTIMENT), "");
    expect(&empty, &[(GENEVA, head, "R53")]);
    let told = &breaches(&empty)[0].message;
    assert!(told.contains("lacks sentiment and next_step"), "{told}");
    let none = change(empty, GENEVA, head, "");
    expect(&none, &[(GENEVA, "[agent]", "R53")]);
    let told = &breaches(&none)[0].message;
    assert!(
        told.contains("sentiment") && told.contains("next_step") && told.contains("add"),
        "{told}"
    );
}

#[test]
fn r53_an_id_is_of_small_letters_and_none_is_drawn_twice() {
    let extra = |line: &str| {
        let new = format!("{line}\n{SENTIMENT}");
        change(Folder::sample(), GENEVA, SENTIMENT, &new)
    };
    for wrong in [
        "phone = \"The number.\"",
        "real_need = \"Whether it was real.\"",
        "Mood = \"How it was.\"",
        "mood-2 = \"How it was.\"",
    ] {
        expect(&extra(wrong), &[(GENEVA, wrong, "R53")]);
    }
    let long = format!("mood = \"{}\"", "m".repeat(501));
    expect(&extra(&long), &[(GENEVA, "mood = ", "R53")]);
    let long = format!("{} = \"How it was.\"", "m".repeat(41));
    expect(&extra(&long), &[(GENEVA, &long, "R53")]);
    expect(&extra("mood = 3"), &[(GENEVA, "mood = 3", "format")]);
    expect(&extra("mood = \"How it was.\""), &[]);
    let many: Vec<_> = ('a'..='s').map(|c| format!("x_{c} = \"x\"")).collect();
    expect(
        &extra(&many.join("\n")),
        &[(GENEVA, "[agent.data_collection]", "R53")],
    );
}

#[test]
fn a_table_that_is_none_is_one_breach() {
    let sample = Folder::sample();
    let text = sample.get(GENEVA).unwrap();
    let (before, _) = text.split_once("[agent.data_collection]").unwrap();
    let broken = sample
        .clone()
        .with(GENEVA, &format!("{before}data_collection = \"both\"\n"));
    expect(&broken, &[(GENEVA, "data_collection = ", "format")]);
}
