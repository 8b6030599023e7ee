//! People: the providers of a run at their telephones. They answer offers by the quick reply, by
//! text message or on the page; some accept, some decline, some stay silent, some come late.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher as _};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use vendor_twin::{Mail, Message, Reply};

use crate::arena::Arena;
use crate::page;
use crate::provider::{Flaw, Person};

/// By what a person answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Button,
    Words,
    Page,
}

/// What a person does with an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Answer {
    accepts: bool,
    after: Duration,
}

/// An answer on its way, for as long as this lives.
struct UnderWay(Arc<Arena>);

impl UnderWay {
    fn begin(arena: &Arc<Arena>) -> Self {
        arena.answering.fetch_add(1, Ordering::SeqCst);
        Self(arena.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.answering.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Watches the carriers until the arena's life ends.
pub async fn answer(arena: Arc<Arena>) {
    let mut by_address: BTreeMap<String, Person> = BTreeMap::new();
    for person in &arena.people {
        by_address.insert(format!("whatsapp:{}", person.whatsapp), person.clone());
        by_address.insert(person.sms.clone(), person.clone());
        by_address.insert(person.email.clone(), person.clone());
    }
    let (mut messages, mut mails) = (0, 0);
    while !arena.life.is_stopping() {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let new = arena.twin.messages_after(messages);
        messages += new.len();
        for message in new.iter().filter(|m| m.direction != "inbound") {
            if let Some(person) = by_address.get(&message.to) {
                to_message(&arena, person, message);
            }
        }
        let new = arena.twin.mails_after(mails);
        mails += new.len();
        for mail in &new {
            let person = mail.to.iter().find_map(|to| by_address.get(to));
            if let Some(person) = person {
                to_mail(&arena, person, mail);
            }
        }
    }
}

/// Each person has one way that works.
fn way(person: &Person) -> Way {
    let chosen = [Way::Button, Way::Words, Way::Page][(mixed(&person.provider_id) % 3) as usize];
    match (chosen, person.flaw) {
        (Way::Words, _) if !person.cell.two_way_sms => Way::Button,
        (Way::Words, Flaw::Sms(_)) | (Way::Page, Flaw::Mail(_)) => Way::Button,
        (Way::Button, Flaw::Whatsapp(_)) => Way::Page,
        (way, _) => way,
    }
}

fn mixed(value: impl std::hash::Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// What this person does with this offer; the seed decides.
fn decided(seed: u64, person: &Person, offer: &str) -> Option<Answer> {
    let number = mixed((seed, &person.provider_id, offer));
    let soon = Duration::from_millis(200 + number / 100 % 3_000);
    let (accepts, after) = match number % 100 {
        0..50 => (true, soon),
        50..72 => (false, soon),
        72..80 => (true, Duration::from_secs(20 + number / 100 % 20)),
        _ => return None,
    };
    Some(Answer { accepts, after })
}

fn to_message(arena: &Arc<Arena>, person: &Person, message: &Message) {
    let Some(from) = message.from.clone() else {
        return;
    };
    if message.is_whatsapp() {
        let Some(offer) = message.content_variables["9"].as_str() else {
            return;
        };
        // Only an offer's ninth variable is lead and attempt.
        if way(person) != Way::Button || offer.len() < 36 {
            return;
        }
        if let Some(answer) = decided(arena.seed, person, offer) {
            let verb = if answer.accepts { "accept" } else { "decline" };
            let reply = Reply::button(&message.to, &from, verb, &format!("{verb}:{offer}"));
            send(arena, "button", answer, reply);
        }
    } else if way(person) == Way::Words {
        let Some(reference) = reference(&message.body) else {
            return;
        };
        if let Some(answer) = decided(arena.seed, person, reference) {
            let code = reference.split('-').next().unwrap_or_default();
            let text = format!("{} {code}", word(person.cell.language, answer.accepts));
            send(
                arena,
                "words",
                answer,
                Reply::sms(&message.to, &from, &text),
            );
        }
    }
}

fn to_mail(arena: &Arc<Arena>, person: &Person, mail: &Mail) {
    if way(person) != Way::Page {
        return;
    }
    let Some(link) = page::link(&mail.text).or_else(|| page::link(&mail.html)) else {
        return;
    };
    let Some(answer) = decided(arena.seed, person, &link) else {
        return;
    };
    let (arena, under_way) = (arena.clone(), UnderWay::begin(arena));
    chassis::run::spawn(async move {
        let _under_way = under_way;
        tokio::time::sleep(answer.after).await;
        for _ in 0..6 {
            if page::answer(&link, answer.accepts).await {
                arena.tally.count("answered by page");
                return;
            }
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
        arena.tally.count("page never answered");
    });
}

/// Sends an inbound message; a person whose message got nowhere sends it again.
fn send(arena: &Arc<Arena>, way: &'static str, answer: Answer, reply: Reply) {
    let (arena, under_way) = (arena.clone(), UnderWay::begin(arena));
    chassis::run::spawn(async move {
        let _under_way = under_way;
        tokio::time::sleep(answer.after).await;
        let sid = format!(
            "SM{:032x}",
            u128::from(mixed((&reply.from, &reply.body, &reply.button_payload)))
        );
        let reply = Reply {
            message_sid: Some(sid),
            ..reply
        };
        for _ in 0..6 {
            if arena.twin.reply(reply.clone()).await.is_ok() {
                arena.tally.count(format!("answered by {way}"));
                return;
            }
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    });
}

/// The short reference that every message about a lead shows: "K7-3F9AQ".
fn reference(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .find(|word| {
            let bytes = word.as_bytes();
            bytes.len() == 8
                && bytes[2] == b'-'
                && bytes[0].is_ascii_uppercase()
                && bytes
                    .iter()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'-')
        })
}

fn word(language: &str, yes: bool) -> &'static str {
    match (language, yes) {
        ("fr", true) => "Oui",
        ("de", true) => "Ja",
        ("it", true) => "Sì",
        ("es", true) => "Sí",
        (_, true) => "OK",
        ("de", false) => "Nein",
        ("fr", false) => "Non",
        (_, false) => "No",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_found_and_a_date_is_not() {
        assert_eq!(
            reference("Fuite, Carouge\nRéf. K7-3F9AQ\nOUI K7"),
            Some("K7-3F9AQ")
        );
        assert_eq!(reference("2026-11-21 12-34567"), None);
    }
}
