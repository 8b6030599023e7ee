//! The words by which people say yes and no in the six languages, folded, phrases before words.
//!
//! A comma ends a phrase. The longest phrase wins, so that "no problem" is no "no" and "tidak bisa"
//! no "bisa". What is missing here costs one polite question; what is wrong here costs a lead.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a phrase does to the reading of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Yes,
    No,
    /// Means something only when nothing else stands beside it: "si" is also French for if, "1"
    /// and "2" count things.
    WeakYes,
    WeakNo,
    /// Politeness, and idioms with a "no" in them that deny nothing.
    Neutral,
    /// Takes the yes of its text away.
    Negation,
    /// Makes yes and no uncertain.
    Hedge,
}

/// Stand for marks of approval and refusal; no folded text holds an underscore.
pub(super) const YES_MARK: &str = "yes_mark";
pub(super) const NO_MARK: &str = "no_mark";
/// "sí" and "sì", whose accent folding takes away.
pub(super) const ACCENTED_SI: &str = "si_accented";

const YES: &str = "yes_mark, si_accented, ok, okay, oke, okey, oki, \
    oui, ouais, d accord, daccord, entendu, volontiers, avec plaisir, bien sur, je prends, \
    je le prends, je la prends, j accepte, accepte, je confirme, ca marche, j arrive, \
    je m en occupe, j y vais, je viens, \
    ja, jawohl, jo, jep, klar, na klar, gerne, gern, einverstanden, in ordnung, mach ich, \
    mache ich, nehme ich, ich nehme, ich nehme es, ich nehme an, ich ubernehme, ubernehme ich, \
    ich komme, angenommen, bestatigt, ich bestatige, \
    certo, certamente, va bene, d accordo, accetto, lo prendo, la prendo, confermo, volentieri, \
    arrivo, vengo, ci penso io, \
    yes, yep, yeah, yup, sure, accept, accepted, i accept, confirm, confirmed, i confirm, \
    i ll take it, i will take it, i take it, take it, will do, on my way, of course, agreed, \
    iya, siap, setuju, terima, saya terima, saya ambil, bisa, boleh, bersedia, tentu, baik, \
    vale, claro, claro que si, claro que si_accented, por supuesto, acepto, lo acepto, confirmo, \
    lo tomo, de acuerdo, con gusto, voy";

const NO: &str = "no_mark, \
    non, nan, je ne peux pas, je peux pas, peux pas, impossible, pas possible, pas disponible, \
    indisponible, je refuse, refuse, je decline, pas le temps, pas interesse, je ne prends pas, \
    je prends pas, j accepte pas, je n accepte pas, pas d accord, \
    nein, nee, nope, leider nicht, leider nein, geht nicht, geht leider nicht, kann nicht, \
    kann leider nicht, ich kann nicht, ich kann leider nicht, keine zeit, kein interesse, \
    nicht moglich, unmoglich, nicht verfugbar, ich lehne ab, lehne ab, abgelehnt, ablehnen, \
    ich nehme nicht an, nicht einverstanden, ich komme nicht, \
    no, non posso, non riesco, impossibile, non disponibile, rifiuto, non accetto, non vengo, \
    purtroppo no, purtroppo non posso, non mi interessa, non ho tempo, certo che no, \
    nah, cannot, can not, can t, cant, i can t, i cant, not available, unavailable, decline, \
    declined, i refuse, reject, rejected, not possible, not interested, no time, of course not, \
    tidak, tdk, nggak, enggak, ngga, gak, ga, tak, tidak bisa, tdk bisa, nggak bisa, ga bisa, \
    gak bisa, tak bisa, tolak, saya tolak, menolak, tidak terima, tidak setuju, tidak mau, \
    tidak bersedia, tidak boleh, \
    no puedo, imposible, no disponible, rechazo, no acepto, no me interesa, no tengo tiempo, \
    claro que no, no lo acepto, no voy, no confirmo";

const WEAK_YES: &str = "si, ya, y, 1";
const WEAK_NO: &str = "2";

const NEUTRAL: &str = "pas de souci, pas de soucis, pas de probleme, sans souci, sans probleme, \
    aucun souci, aucun probleme, pas de quoi, pourquoi pas, y a pas de souci, \
    il n y a pas de probleme, kein problem, gar kein problem, keine sorge, kein thema, \
    warum nicht, nessun problema, non c e problema, senza problemi, perche no, no problem, \
    no problems, no problemo, no worries, not a problem, no doubt, why not, no hay problema, \
    sin problema, sin problemas, no hay de que, por que no, tidak masalah, gak masalah, \
    ga masalah, nggak masalah, tak masalah, tidak apa apa, tidak apa, gak apa apa, nggak apa apa, \
    kenapa tidak, \
    merci, beaucoup, merci bien, svp, stp, s il vous plait, s il te plait, bonjour, bonsoir, \
    salut, coucou, cordialement, cdlt, desole, desolee, je suis desole, malheureusement, \
    monsieur, madame, parfait, super, tres bien, bien, tout de suite, moi, \
    hallo, guten tag, guten morgen, guten abend, gruezi, danke, danke schon, vielen dank, \
    besten dank, bitte, mit freundlichen grussen, freundliche grusse, viele grusse, grusse, mfg, \
    lg, leider, perfekt, gut, sehr gut, alles klar, sofort, ich, herr, frau, \
    ciao, salve, buongiorno, buonasera, grazie, mille, grazie mille, prego, per favore, \
    per piacere, saluti, cordiali saluti, purtroppo, mi dispiace, scusi, scusa, perfetto, bene, \
    subito, io, \
    hello, hi, hey, good morning, good afternoon, good evening, please, thanks, thank you, \
    thank you very much, thank you so much, many thanks, thx, regards, best regards, \
    kind regards, sorry, i m sorry, i am sorry, unfortunately, great, good, perfect, fine, \
    right away, sir, i, \
    halo, selamat pagi, selamat siang, selamat sore, selamat malam, pagi, siang, sore, malam, \
    terima kasih, terimakasih, makasih, trims, tolong, mohon, maaf, mohon maaf, pak, bu, bapak, \
    ibu, mas, mbak, segera, saya, salam, \
    hola, buenos dias, buenas tardes, buenas noches, buenas, gracias, muchas gracias, por favor, \
    saludos, un saludo, lo siento, lamentablemente, perfecto, muy bien, bueno, enseguida, senor, \
    senora, yo";

const NEGATION: &str = "pas, ne, n, jamais, nicht, kein, keine, keinen, nie, not, don t, dont, \
    won t, wont, isn t, never, without, sans, ohne, senza, sin, mai, nunca, bukan, jangan";

const HEDGE: &str = "mais, aber, but, ma, tapi, tetapi, pero, sauf, ausser, except, eccetto, \
    kecuali, salvo, ou, oder, or, oppure, atau, \
    peut etre, vielleicht, maybe, perhaps, forse, mungkin, quizas, quiza, tal vez, \
    if, wenn, falls, kalau, jika, se, \
    je ne sais pas, je sais pas, sais pas, pas sur, weiss nicht, ich weiss nicht, don t know, \
    dont know, i don t know, not sure, non so, non lo so, no se, no lo se, tidak tahu, gak tahu, \
    gak tau, ga tau, not yet, pas encore, noch nicht, non ancora, todavia no, aun no, belum, \
    je ne comprends pas, je comprends pas, comprends pas, verstehe nicht, ich verstehe nicht, \
    don t understand, i don t understand, non capisco, no entiendo, tidak mengerti, \
    tidak paham";

type Phrases = HashMap<&'static str, Vec<(Vec<&'static str>, Class)>>;

/// Every phrase under its first word, the longest first.
static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let lists = [
        (YES, Class::Yes),
        (NO, Class::No),
        (WEAK_YES, Class::WeakYes),
        (WEAK_NO, Class::WeakNo),
        (NEUTRAL, Class::Neutral),
        (NEGATION, Class::Negation),
        (HEDGE, Class::Hedge),
    ];
    let mut phrases = Phrases::new();
    for (list, class) in lists {
        for phrase in split(list) {
            let words: Vec<&str> = phrase.split(' ').collect();
            phrases.entry(words[0]).or_default().push((words, class));
        }
    }
    for known in phrases.values_mut() {
        known.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    }
    phrases
});

/// The longest phrase with which `tokens` begins: how many words, and what they do.
pub(super) fn longest(tokens: &[&str]) -> Option<(usize, Class)> {
    let (words, class) = PHRASES
        .get(tokens.first()?)?
        .iter()
        .find(|(words, _)| tokens.starts_with(words))?;
    Some((words.len(), *class))
}

/// The phrases of a list.
pub(super) fn split(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split(',').map(str::trim).filter(|p| !p.is_empty())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::fold::fold;

    pub(crate) fn yes() -> Vec<&'static str> {
        split(YES).collect()
    }

    pub(crate) fn no() -> Vec<&'static str> {
        split(NO).collect()
    }

    pub(crate) fn neutral() -> Vec<&'static str> {
        split(NEUTRAL).collect()
    }

    #[test]
    fn every_phrase_stands_once_and_folded() {
        let mut seen = std::collections::BTreeSet::new();
        for list in [YES, NO, WEAK_YES, WEAK_NO, NEUTRAL, NEGATION, HEDGE] {
            for phrase in split(list) {
                assert!(seen.insert(phrase), "{phrase} stands twice");
                if !phrase.contains('_') {
                    assert_eq!(fold(phrase), phrase);
                }
            }
        }
    }
}
