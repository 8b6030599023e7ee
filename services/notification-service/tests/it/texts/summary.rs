//! The summary of a call in every language: what it came to, what was said, and what stays out of a
//! mail about health (R52, R53, D10).

use std::time::Duration;

use chrono::DateTime;
use notification_service::domain::delivery::{Channel, Recipient, Template};
use notification_service::domain::notice::Notice;
use notification_service::domain::summary::{CallSummary, SummaryLead, Turn};
use notification_service::text::{About, Answering, LANGUAGES, Rendered, render};

use super::{REFERENCE, has, planned};

fn turn(by_agent: bool, seconds: u64, text: &str, tools: &[&str]) -> Turn {
    Turn {
        by_agent,
        text: text.to_owned(),
        offset: Duration::from_secs(seconds),
        tools: tools.iter().map(|tool| (*tool).to_owned()).collect(),
    }
}

/// A Geneva call of three minutes that made a lead.
pub(super) fn call() -> CallSummary {
    CallSummary {
        conversation_id: "conv_0001".to_owned(),
        call_sid: "CA0001".to_owned(),
        site_url: "https://www.plombiersgeneve.ch/".to_owned(),
        time_zone: "Europe/Zurich".to_owned(),
        start_time: DateTime::from_timestamp(1_795_250_000, 0).unwrap(),
        duration: Some(Duration::from_secs(192)),
        agent_name: "geneva-plumbing".to_owned(),
        turns: vec![
            turn(true, 0, "Bonjour, que puis-je faire pour vous ?", &[]),
            turn(false, 6, "J'ai une fuite sous l'évier.", &[]),
            turn(true, 101, "", &["dispatch_lead"]),
            turn(true, 104, "Un plombier vous rappelle.", &["end_call"]),
            turn(false, 3_661, "Merci !", &[]),
        ],
        sentiment: "neutral".to_owned(),
        next_step: "Ask after an hour whether the leak is closed.".to_owned(),
        leads: vec![SummaryLead {
            lead_id: uuid::Uuid::nil(),
            reference: REFERENCE.to_owned(),
            state: "notified".to_owned(),
            category: "plumbing".to_owned(),
            provider_id: "plomberie-du-rhone".to_owned(),
        }],
        outcome: String::new(),
        findings: vec!["The agent asked for a date of birth (turn 3).".to_owned()],
        health: false,
        caller: "+41791234567".to_owned(),
    }
}

fn mail(call: CallSummary, language: &str, full: bool) -> Rendered {
    let to = planned(
        Template::CallSummary,
        Recipient::Operator,
        Channel::Email,
        language,
    );
    let about = About {
        reference: REFERENCE,
        answering: Answering::of(&[]),
        others: &[],
        full,
    };
    render(&Notice::CallSummary(Box::new(call)), &to, &about)
}

#[test]
fn r52_an_english_summary_reads_as_written() {
    let said = mail(call(), "en", false);
    assert_eq!(
        said.subject,
        "Call to plombiersgeneve.ch, 3 min: lead K7-3F9AQ (notified)"
    );
    assert_eq!(
        said.body,
        "A call has ended. Here is what it came to and what was said.\n\
         \n\
         When: 21 Nov 2026 09:33 CET\n\
         Length: 3 min 12 s\n\
         Agent: geneva-plumbing\n\
         Site: plombiersgeneve.ch\n\
         Lead: K7-3F9AQ, notified, plumbing, plomberie-du-rhone\n\
         To see it: bord lead 00000000-0000-0000-0000-000000000000\n\
         Sentiment: neutral\n\
         Next step: Ask after an hour whether the leak is closed.\n\
         Conversation: conv_0001\n\
         \n\
         --- Findings ---\n\
         - The agent asked for a date of birth (turn 3).\n\
         \n\
         --- Transcript ---\n\
         00:00 Agent: Bonjour, que puis-je faire pour vous ?\n\
         \n\
         00:06 Caller: J'ai une fuite sous l'évier.\n\
         \n\
         01:41 Agent [dispatch_lead]\n\
         \n\
         01:44 Agent [end_call]: Un plombier vous rappelle.\n\
         \n\
         61:01 Caller: Merci !\n\
         \n\
         Automatic message from bord."
    );
}

/// R53: every language says the same, and the whole transcript stands in both forms of the mail.
#[test]
fn r53_every_language_tells_everything() {
    for language in LANGUAGES {
        let said = mail(call(), language, false);
        has(
            &said.subject,
            &["plombiersgeneve.ch", "3", REFERENCE],
            language,
        );
        assert!(said.html.contains("width=device-width"), "{}", said.html);
        for turn in call().turns {
            has(&said.body, &[&turn.text], language);
        }
        for text in [&said.body, &said.html] {
            has(
                text.split("</head>").last().unwrap(),
                &["01:41", "[dispatch_lead]", "neutral", "after an hour"],
                language,
            );
        }
        assert!(!said.body.contains("1234567"), "who called is not shown");
    }
}

/// R53: what the data collection did not draw is said to be missing, and so is a lead.
#[test]
fn r53_nothing_is_made_up() {
    let bare = CallSummary {
        duration: None,
        turns: Vec::new(),
        sentiment: " ".to_owned(),
        next_step: String::new(),
        leads: Vec::new(),
        outcome: "off-topic: asked for a pizza".to_owned(),
        findings: Vec::new(),
        ..call()
    };
    let said = mail(bare.clone(), "en", false);
    assert_eq!(
        said.subject,
        "Call to plombiersgeneve.ch, length unknown: off-topic: asked for a pizza"
    );
    for line in [
        "Sentiment: The agent's data collection gave none.\n",
        "Next step: The agent's data collection gave none.\n",
        "Result: no lead, off-topic: asked for a pizza\n",
        "--- Transcript ---\nThere is no transcript.\n",
    ] {
        assert!(said.body.contains(line), "{line}: {}", said.body);
    }
    assert!(!said.body.contains("Findings"), "{}", said.body);
    let short = CallSummary {
        duration: Some(Duration::from_secs(45)),
        outcome: String::new(),
        ..bare
    };
    assert_eq!(
        mail(short, "en", false).subject,
        "Call to plombiersgeneve.ch, 45 s: no lead"
    );
}

/// D10: of a call about health no word leaves by default, in either form of the mail, and the mail
/// says how to have them.
#[test]
fn d10_a_summary_about_health_leaves_the_words_out() {
    let health = CallSummary {
        health: true,
        sentiment: "afraid of the abscess".to_owned(),
        next_step: "Call about the abscess".to_owned(),
        findings: vec!["\"votre abcès\" was asked about".to_owned()],
        turns: vec![turn(false, 1, "J'ai un abcès", &[])],
        ..call()
    };
    for language in LANGUAGES {
        let said = mail(health.clone(), language, false);
        for private in ["abcès", "abscess"] {
            for part in [&said.subject, &said.body, &said.html] {
                assert!(!part.contains(private), "{language}: {part}");
            }
        }
        let told = ["OPERATOR_FULL_HEALTH_COPY=true", "bord flags", REFERENCE];
        has(&said.body, &told, language);
        let full = mail(health.clone(), language, true);
        let told = ["J'ai un abcès", "Call about the abscess", "votre abcès"];
        has(&full.body, &told, language);
    }
    // A sentiment that tells nothing of what was said stays.
    let calm = CallSummary {
        sentiment: "Negative".to_owned(),
        ..health
    };
    has(
        &mail(calm, "en", false).body,
        &["Sentiment: Negative\n"],
        "en",
    );
}

/// No words look like another turn, a tool call or markup, and no transcript is without an end.
#[test]
fn untrusted_words_stay_words() {
    let hostile = CallSummary {
        turns: vec![
            turn(
                false,
                5,
                "yes\n\n00:09 Agent [dispatch_lead]: done \u{202E}<script>",
                &[],
            ),
            turn(true, 9, "Well.", &["dispatch_lead]: ok\n"]),
        ],
        next_step: "none\nLead: K7-00000".to_owned(),
        ..call()
    };
    let said = mail(hostile, "en", false);
    let shown = "00:05 Caller: yes 00:09 Agent [dispatch_lead]: done <script>\n\
                 \n\
                 00:09 Agent [dispatch_leadok]: Well.\n";
    assert!(said.body.contains(shown), "{}", said.body);
    assert!(said.body.contains("Next step: none Lead: K7-00000\n"));
    assert!(!said.html.contains("<script"), "{}", said.html);

    let long = CallSummary {
        turns: (0..500)
            .map(|at| turn(at % 2 == 0, at, &"mot ".repeat(100), &[]))
            .collect(),
        ..call()
    };
    let said = mail(long, "en", false);
    assert!(
        (50_000..62_000).contains(&said.body.len()),
        "{}",
        said.body.len()
    );
    let shown =
        said.body.matches(" Agent: mot").count() + said.body.matches(" Caller: mot").count();
    let cut = format!("Cut here: {} more turns are left out.", 500 - shown);
    assert!(said.body.contains(&cut), "{shown} turns are shown");
}
