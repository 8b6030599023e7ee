//! Texts as people write them, and what is made of them.

use proptest::prelude::*;

use super::words::tests as lists;
use super::*;

const REFERENCE: &str = "K7-3F9AQ";
const OTHER: &str = "JA-22222";

/// Sentences with a bar between.
fn list(sentences: &str) -> impl Iterator<Item = &str> {
    sentences.split('|').map(str::trim)
}

fn word(text: &str) -> Word {
    read(text, &[REFERENCE]).word
}

#[test]
fn a_yes_is_understood_in_six_languages() {
    for text in list(
        "oui | OUI | Oui ! | oui merci | Bonjour, oui, j'arrive | OK | ok. | o.k. oui | \
         d'accord | D’accord 👍 | je prends | Oui, je m'en occupe, merci beaucoup | ja | JA! | \
         Ja gerne | na klar | Ja, ich komme in 20 Minuten | einverstanden | ich übernehme | \
         Grüezi, ja, danke | sì | Sí | si | sì, arrivo subito | va bene | accetto | certo | \
         yes | Yes please | yes, on my way | sure | I'll take it | ya | iya pak | siap | \
         bisa | oke | baik, terima kasih | sí, claro | vale | de acuerdo | lo acepto | \
         claro que sí | 1 |  1  | 1️⃣ | １ | 👍 | 👍🏽 | ✅ | ＯＵＩ | oui oui | oui pas de souci | \
         ok no problem | ja kein Problem | sí, no hay problema | bisa, tidak masalah | \
         va bene, nessun problema | oui dans 2 heures | s\u{69}\u{301}",
    ) {
        assert_eq!(word(text), Word::Yes, "{text}");
    }
}

#[test]
fn a_no_is_understood_in_six_languages() {
    for text in list(
        "non | NON | Non merci | non, désolé, je suis en vacances | je ne peux pas | \
         Bonjour, malheureusement pas disponible | nein | Nein danke | leider nicht | \
         ich kann leider nicht | keine Zeit | no | no grazie | non posso | purtroppo no | \
         No thanks | can't | I can’t, sorry | not available | tidak | tidak bisa | \
         maaf, tidak bisa | nggak bisa pak | no puedo | lo siento, no puedo | claro que no | \
         2 | 2. | 2️⃣ | 👎 | ❌ | no, don't",
    ) {
        assert_eq!(word(text), Word::No, "{text}");
    }
}

#[test]
fn both_or_neither_is_unclear() {
    for text in list(
        "|   | … | oui non | oui ou non | ja nein | yes no | 1 2 | oui mais pas demain | \
         ok? | oui ? | who is this? | peut-être | vielleicht | maybe | je ne sais pas | \
         no lo sé | non so | tidak tahu | not yet | pas encore | noch nicht | \
         oui si possible | si possible demain | ya tengo otro | pas de souci | no problem | \
         kein Problem | nessun problema | no hay problema | tidak masalah | merci | danke | \
         terima kasih | bonjour | 12 | 3 | 12 rue du Lac | \
         je suis en route vers un autre client à 2 km | bravo | okapi | jakarta | notice | \
         nonante | ok pas aujourd'hui | oui mais | quel est le prix | ja aber erst morgen | \
         yes but tomorrow | 🙏 | 😀😀 | K7 | not ok | pas ok",
    ) {
        assert_eq!(word(text), Word::Unclear, "{text}");
    }
}

#[test]
fn a_code_or_the_whole_reference_names_the_offer() {
    let known = ["K7-3F9AQ", "B2-ZZZZZ", "JA-22222", "K7-9XXXX"];
    let cases: [(&str, Word, &[usize], bool); 16] = [
        ("OUI K7-3F9AQ", Word::Yes, &[0], false),
        ("K7-3F9AQ oui", Word::Yes, &[0], false),
        ("k73f9aq ja", Word::Yes, &[0], false),
        ("oui b2", Word::Yes, &[1], false),
        ("B2 : NON", Word::No, &[1], false),
        ("(b2) ok merci", Word::Yes, &[1], false),
        ("oui B 2", Word::Yes, &[1], false),
        // Two leads share a code: named, and not decided.
        ("oui k7", Word::Yes, &[0, 3], false),
        ("B2", Word::Unclear, &[1], false),
        ("oui b2 k7-3f9aq", Word::Yes, &[0, 1], false),
        ("oui X9", Word::Yes, &[], true),
        ("oui K7-AAAA2", Word::Yes, &[], true),
        // A code that is a word too.
        ("ja", Word::Yes, &[], false),
        ("ja JA", Word::Yes, &[2], false),
        ("oui ja-22222", Word::Yes, &[2], false),
        ("nein JA", Word::No, &[2], false),
    ];
    for (text, word, named, unknown_code) in cases {
        let found = read(text, &known);
        let expected = Read {
            word,
            named: named.to_vec(),
            unknown_code,
            bare: text == "B2",
        };
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn a_wish_to_cancel_is_heard_in_six_languages_and_its_contrary_too() {
    for text in list(
        "annuler | Bonjour, je voudrais annuler svp | Merci d'annuler mon rendez-vous | \
         je n'en ai plus besoin | stornieren | Ich möchte den Auftrag stornieren | \
         bitte absagen | ich sage den Termin ab | hat sich erledigt | cancel | \
         please cancel my request | no longer needed | annullare | vorrei disdire | \
         non serve più | batal | tolong batalkan | tidak jadi | cancelar | \
         quiero anular la visita | ya no lo necesito",
    ) {
        assert_eq!(wish(text), Wish::Cancel, "{text}");
    }
    for text in list(
        "ne pas annuler | n'annulez pas | bitte nicht stornieren | don't cancel | \
         do not cancel it | non annullare | no cancelar | jangan batalkan",
    ) {
        assert_eq!(wish(text), Wish::Keep, "{text}");
    }
    for text in [
        "",
        "merci",
        "où est le plombier ?",
        "oui",
        "wann kommt er",
        "besok jam 9",
    ] {
        assert_eq!(wish(text), Wish::None, "{text}");
    }
}

#[test]
fn keywords_are_the_carriers_word_or_the_exact_text() {
    assert_eq!(keyword("STOP", "arrêtez"), Some(Keyword::Stop));
    assert_eq!(keyword("start", ""), Some(Keyword::Start));
    assert_eq!(keyword("HELP", "x"), Some(Keyword::Help));
    assert_eq!(keyword("", " Stop. "), Some(Keyword::Stop));
    assert_eq!(keyword("", "START"), Some(Keyword::Start));
    assert_eq!(keyword("", "aide"), Some(Keyword::Help));
    for text in [
        "stop by at noon",
        "je stoppe la fuite",
        "don't stop",
        "cancel",
        "restart",
        "",
    ] {
        assert_eq!(keyword("", text), None, "{text}");
    }
}

#[test]
fn a_proofs_code_is_digits_only() {
    for (text, code) in [
        ("123456", "123456"),
        (" 123 456 ", "123456"),
        ("12-34", "1234"),
    ] {
        assert_eq!(proof_code(text).as_deref(), Some(code), "{text}");
    }
    for text in list("| 1 | 123 | 123456789 | code 123456 | +41791234567 | -1234 | 12a4 | １２３４")
    {
        assert_eq!(proof_code(text), None, "{text}");
    }
}

/// Words of no language: none of them is part of a list.
const NOISE: &str = "[bcdfghjklmnpqrstvwxz]{4,9}( [bcdfghjklmnpqrstvwxz]{4,9}){0,12}";

fn any_of(list: Vec<&'static str>) -> impl Strategy<Value = String> {
    prop::sample::select(list).prop_map(|phrase| {
        let phrase = phrase.replace("yes_mark", "👍").replace("no_mark", "👎");
        phrase.replace("si_accented", "sí")
    })
}

#[test]
fn a_stop_between_two_words_keeps_them_apart() {
    assert_eq!(word("je prends, pas le temps"), Word::Unclear);
    assert_eq!(word("je prends pas, le temps manque"), Word::No);
}

proptest! {
    #[test]
    fn a_text_with_a_yes_and_a_no_is_never_a_yes(
        yes in any_of(lists::yes()), no in any_of(lists::no()), turned: bool,
    ) {
        let text = if turned { format!("{no}, {yes}") } else { format!("{yes}, {no}") };
        prop_assert_ne!(word(&text), Word::Yes, "{}", text);
        if !turned {
            prop_assert_eq!(word(&text), Word::Unclear, "{}", text);
        }
    }

    #[test]
    fn case_punctuation_politeness_and_the_code_change_nothing(
        said in prop_oneof![any_of(lists::yes()), any_of(lists::no())],
        polite in any_of(lists::neutral()), place in 0..4, upper: bool,
    ) {
        let plain = word(&said);
        prop_assert_ne!(plain, Word::Unclear, "{}", said);
        let said = if upper { said.to_uppercase() } else { said };
        let text = match place {
            0 => format!("{said}!!"),
            1 => format!(" … {said}. {REFERENCE}"),
            2 => format!("{REFERENCE}: {said}"),
            _ => format!("{said} K7, {polite}."),
        };
        prop_assert_eq!(word(&text), plain, "{}", text);
    }

    #[test]
    fn noise_is_unclear(text in NOISE) {
        prop_assert_eq!(word(&text), Word::Unclear, "{}", text);
        prop_assert_eq!(wish(&text), Wish::None);
        prop_assert_eq!(keyword("", &text), None);
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,60}", other in any::<String>()) {
        for text in [text, other] {
            let found = read(&text, &[REFERENCE, OTHER]);
            prop_assert!(found.named.iter().all(|i| *i < 2));
            let (_, _, _) = (wish(&text), keyword("", &text), proof_code(&text));
        }
    }
}
