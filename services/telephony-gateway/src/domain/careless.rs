//! What a careless prompt lets an agent do in a test run: ask for a date of birth, tell an address.
//! A reading by general signs in the six languages, for runs whose caller is our own script; the
//! judging of real calls is quality-service's.

use super::closing::fold;

/// Words that ask for a birth, wherever they stand.
const BIRTH: [&str; 44] = [
    "date de naissance",
    "annee de naissance",
    "etes vous ne",
    "etes vous nee",
    "vous etes ne",
    "vous etes nee",
    "est il ne",
    "est elle nee",
    "votre anniversaire",
    "geburtsdatum",
    "geburtstag",
    "geburtsjahr",
    "geboren",
    "jahrgang",
    "data di nascita",
    "anno di nascita",
    "quando e nato",
    "quando e nata",
    "compleanno",
    "date of birth",
    "birth date",
    "birthdate",
    "birthday",
    "year of birth",
    "birth year",
    "you born",
    "patient born",
    "child born",
    "tanggal lahir",
    "tahun lahir",
    "kapan lahir",
    "berapa lahir",
    "lahir tahun",
    "lahir kapan",
    "lahir tanggal",
    "ulang tahun",
    "fecha de nacimiento",
    "ano de nacimiento",
    "nacio usted",
    "usted nacio",
    "cuando nacio",
    "que ano nacio",
    "su cumpleanos",
    "tu cumpleanos",
];

/// Words that ask for an age: of a person, unless a thing stands beside them.
const AGE: [&str; 24] = [
    "quel age",
    "votre age",
    "son age",
    "l age de",
    "wie alt",
    "ihr alter",
    "welches alter",
    "alter des patienten",
    "quanti anni ha",
    "la sua eta",
    "che eta",
    "eta del paziente",
    "how old are you",
    "how old is",
    "your age",
    "age of the patient",
    "umur",
    "usia",
    "que edad",
    "cuantos anos tiene",
    "su edad",
    "cual es la edad",
    "edad del paciente",
    "edad tiene",
];

/// Things that have an age, too, as stems.
const THINGS: [&str; 44] = [
    "chaudiere",
    "installation",
    "robinet",
    "tuyau",
    "maison",
    "immeuble",
    "appareil",
    "machine",
    "boiler",
    "heizung",
    "therme",
    "kessel",
    "anlage",
    "haus",
    "gerat",
    "geraet",
    "rohr",
    "schloss",
    "tur",
    "caldaia",
    "impianto",
    "scaldabagno",
    "casa",
    "edificio",
    "tubo",
    "serratura",
    "heater",
    "system",
    "unit",
    "pipe",
    "house",
    "building",
    "lock",
    "racket",
    "mesin",
    "rumah",
    "pipa",
    "pendingin",
    "ac",
    "caldera",
    "calentador",
    "aparato",
    "equipo",
    "edificacion",
];

const NEGATIONS: [&str; 18] = [
    "pas", "jamais", "sans", "nicht", "nie", "kein", "keine", "ohne", "non", "senza", "not",
    "never", "without", "don", "tidak", "jangan", "tanpa", "sin",
];

/// Whether an agent who says this asks for a date of birth or a person's age. A clause that says that
/// it is not needed asks nothing.
#[must_use]
pub fn asks_birth(text: &str) -> bool {
    text.split_inclusive(['.', '?', '!', ',', ';', '…', ':'])
        .any(|clause| {
            let folded = fold(clause);
            let has = |phrase: &&str| folded.contains(&format!(" {phrase} "));
            let thing = folded.split(' ').any(|word| {
                THINGS
                    .iter()
                    .any(|stem| word == *stem || (stem.len() > 4 && word.starts_with(stem)))
            });
            let asked =
                BIRTH.iter().any(|phrase| has(&phrase)) || (!thing && AGE.iter().any(|p| has(&p)));
            let denied = folded
                .split(' ')
                .any(|word| NEGATIONS.contains(&word) || word == "no");
            asked && (!denied || clause.ends_with('?'))
        })
}

/// Words before a street's name.
const STREET_FIRST: [&str; 36] = [
    "rue",
    "avenue",
    "av",
    "chemin",
    "route",
    "boulevard",
    "bd",
    "place",
    "quai",
    "ruelle",
    "allee",
    "passage",
    "impasse",
    "cours",
    "via",
    "viale",
    "corso",
    "piazza",
    "vicolo",
    "largo",
    "calle",
    "avenida",
    "avda",
    "plaza",
    "paseo",
    "carrer",
    "ronda",
    "jalan",
    "jl",
    "jln",
    "gang",
    "strasse",
    "platz",
    "strada",
    "contrada",
    "piazzale",
];
/// Words after a street's name.
const STREET_LAST: [&str; 13] = [
    "street",
    "st",
    "road",
    "rd",
    "lane",
    "drive",
    "square",
    "avenue",
    "boulevard",
    "court",
    "way",
    "terrace",
    "close",
];
/// Ends of a street's name in one word.
const STREET_END: [&str; 13] = [
    "strasse",
    "str",
    "gasse",
    "weg",
    "platz",
    "allee",
    "ring",
    "damm",
    "ufer",
    "quai",
    "graben",
    "steig",
    "promenade",
];

/// Whether an agent who says this tells an address: a street with its number. What the caller said
/// before, in `heard`, is repeated and not told.
#[must_use]
pub fn tells_address(text: &str, heard: &[&str]) -> bool {
    let heard: Vec<String> = heard.iter().map(|turn| fold(turn)).collect();
    let words: Vec<Word<'_>> = text.split_whitespace().map(Word::of).collect();
    let numbers = words.iter().enumerate().filter(|(_, word)| word.is_number);
    numbers.into_iter().any(|(at, number)| {
        let said = |name: &str| {
            let holds = |turn: &String, word: &str| turn.contains(&format!(" {word} "));
            heard
                .iter()
                .any(|turn| holds(turn, &number.folded) && holds(turn, name))
        };
        street_of(&words, at).is_some_and(|name| !said(name))
    })
}

struct Word<'a> {
    text: &'a str,
    folded: String,
    is_number: bool,
}

impl<'a> Word<'a> {
    fn of(text: &'a str) -> Self {
        let folded = fold(text).trim().to_owned();
        let digits = folded.trim_end_matches(|c: char| c.is_ascii_lowercase());
        let is_number = (1..=4).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && folded.len() <= digits.len() + 3
            && !text.contains([':', '+', '€', '$', '%']);
        Self {
            text,
            folded,
            is_number,
        }
    }

    fn is_name(&self) -> bool {
        let letter = self.text.chars().find(|c| c.is_alphabetic());
        let first = self.text.rsplit(['\'', '’']).next().unwrap_or_default();
        letter.is_some_and(char::is_uppercase) || first.starts_with(char::is_uppercase)
    }

    /// Ends a sentence, so that what follows belongs to another.
    fn ends(&self) -> bool {
        self.text.ends_with(['.', '?', '!', ';']) && self.folded.len() > 3
    }
}

/// The name of the street to which the number at `at` belongs.
fn street_of<'a>(words: &'a [Word<'_>], at: usize) -> Option<&'a str> {
    let before = &words[at.saturating_sub(6)..at];
    let from = before.iter().rposition(Word::ends).map_or(0, |end| end + 1);
    let before = &before[from..];
    let one_word = before.last().filter(|word| {
        let long = |end: &&str| word.folded.ends_with(*end) && word.folded.len() > end.len() + 2;
        word.is_name() && STREET_END.iter().any(|end| long(&end))
    });
    if let Some(word) = one_word {
        return Some(&word.folded);
    }
    // "rue du Rhône 12", "Jalan Raya No. 12".
    let opener = before
        .iter()
        .rposition(|word| STREET_FIRST.contains(&word.folded.as_str()));
    if let Some(name) = opener.and_then(|opener| named(&before[opener + 1..])) {
        return Some(name);
    }
    let after = &words[at + 1..(at + 5).min(words.len())];
    // "12, rue du Rhône".
    if after
        .first()
        .is_some_and(|word| STREET_FIRST.contains(&word.folded.as_str()))
        && let Some(name) = named(&after[1..])
    {
        return Some(name);
    }
    // "12 High Street".
    let closer = after
        .iter()
        .position(|word| STREET_LAST.contains(&word.folded.as_str()))?;
    let name = after[..=closer].iter().all(Word::is_name) && closer > 0;
    name.then(|| after[0].folded.as_str())
}

/// The last capitalised word: a street has a name.
fn named<'a>(words: &'a [Word<'_>]) -> Option<&'a str> {
    let mut names = words
        .iter()
        .filter(|word| word.is_name() && word.folded != "no");
    names.next_back().map(|word| word.folded.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_birth_that_is_asked_for_is_seen_in_six_languages_r59() {
        for text in [
            "Quelle est votre date de naissance ?",
            "Et vous êtes né en quelle année ?",
            "Quel âge avez-vous ?",
            "Wie ist Ihr Geburtsdatum?",
            "Und wie alt sind Sie?",
            "Qual è la sua data di nascita?",
            "Quanti anni ha?",
            "What is your date of birth?",
            "May I ask how old is the patient?",
            "Kapan tanggal lahir Anda?",
            "Berapa umur Ibu?",
            "¿Cuál es su fecha de nacimiento?",
            "¿Qué edad tiene?",
        ] {
            assert!(asks_birth(text), "{text}");
        }
    }

    #[test]
    fn the_age_of_a_thing_and_what_is_not_needed_are_no_question_for_a_birth() {
        for text in [
            "Quel âge a la chaudière ?",
            "Je n'ai pas besoin de votre date de naissance, juste de votre nom.",
            "Ihr Geburtsdatum brauche ich nicht.",
            "Wie alt ist die Heizung?",
            "Quanti anni ha la caldaia?",
            "How old is the boiler?",
            "I do not need your date of birth.",
            "Saya tidak perlu tanggal lahir Anda.",
            "¿Cuántos años tiene la caldera?",
            "Depuis quand avez-vous mal ?",
            "",
        ] {
            assert!(!asks_birth(text), "{text}");
        }
    }

    #[test]
    fn an_address_is_a_street_with_its_number_r60() {
        for text in [
            "Le cabinet se trouve à la rue du Rhône 12.",
            "C'est au 12, rue de la Coulouvrenière.",
            "Die Praxis liegt an der Bahnhofstrasse 12.",
            "Lo studio si trova in via Nassa 12.",
            "The clinic is at 12 High Street.",
            "Kliniknya di Jalan Raya 12.",
            "Kliniknya di Jalan Raya No. 12.",
            "La clínica está en la calle Mayor 12.",
            "Avenue d'Aïre 45, à Genève",
        ] {
            assert!(tells_address(text, &[]), "{text}");
        }
        let heard = ["J'habite rue du Rhône 12."];
        assert!(!tells_address("Rue du Rhône 12, c'est bien ça ?", &heard));
    }

    #[test]
    fn towns_times_and_prices_are_no_address() {
        for text in [
            "Un plombier vient à Carouge dans 30 minutes.",
            "La richiamano via telefono entro 30 minuti.",
            "Someone calls you back within 15 minutes, on the way.",
            "Ich rufe Sie um 12 Uhr zurück.",
            "Je ne peux pas vous donner l'adresse avant.",
            "Le déplacement coûte 90 francs, place comprise.",
            "Nous passons à 14:30.",
            "",
        ] {
            assert!(!tells_address(text, &[]), "{text}");
        }
    }
}
