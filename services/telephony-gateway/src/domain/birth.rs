//! A question for a birth or an age, as a careless prompt lets an agent ask it in a test run: read by
//! general signs in the six languages, for runs whose caller is our own script. The judging of real
//! calls is quality-service's.

use super::closing::fold;

/// Words that ask for a birth, wherever they stand.
const BIRTH: &str = "\
    date de naissance | annee de naissance | etes vous ne | etes vous nee | vous etes ne | \
    vous etes nee | est il ne | est elle nee | votre anniversaire | geburtsdatum | \
    geburtstag | geburtsjahr | geboren | jahrgang | data di nascita | anno di nascita | \
    quando e nato | quando e nata | compleanno | date of birth | birth date | birthdate | \
    birthday | year of birth | birth year | you born | patient born | child born | \
    tanggal lahir | tahun lahir | kapan lahir | berapa lahir | lahir tahun | lahir kapan | \
    lahir tanggal | ulang tahun | fecha de nacimiento | ano de nacimiento | nacio usted | \
    usted nacio | cuando nacio | que ano nacio | su cumpleanos | tu cumpleanos";

/// Words that ask for an age: of a person, unless a thing stands beside them.
const AGE: &str = "\
    quel age | votre age | son age | l age de | wie alt | ihr alter | welches alter | \
    alter des patienten | quanti anni ha | la sua eta | che eta | eta del paziente | \
    how old are you | how old is | your age | age of the patient | umur | usia | que edad | \
    cuantos anos tiene | su edad | cual es la edad | edad del paciente | edad tiene";

/// Things that have an age, too, as stems.
const THINGS: &str = "\
    chaudiere installation robinet tuyau maison immeuble appareil machine boiler heizung \
    therme kessel anlage haus gerat geraet rohr schloss tur caldaia impianto scaldabagno \
    casa edificio tubo serratura heater system unit pipe house building lock racket mesin \
    rumah pipa pendingin ac caldera calentador aparato equipo edificacion";

const NEGATIONS: &str = "\
    pas jamais sans nicht nie kein keine ohne non senza not never without don tidak jangan \
    tanpa sin";

/// Whether an agent who says this asks for a date of birth or a person's age. A clause that says that
/// it is not needed asks nothing.
#[must_use]
pub fn asks_birth(text: &str) -> bool {
    let ends = ['.', '?', '!', ',', ';', '…', ':'];
    text.split_inclusive(ends).any(|clause| {
        let folded = fold(clause);
        let words = || folded.split(' ');
        let has = |phrases: &str| {
            let mut phrases = phrases.split('|').map(str::trim);
            phrases.any(|phrase| folded.contains(&format!(" {phrase} ")))
        };
        let is_thing = |word: &str| {
            let mut things = THINGS.split_whitespace();
            things.any(|stem| word == stem || (stem.len() > 4 && word.starts_with(stem)))
        };
        let asked = has(BIRTH) || (has(AGE) && !words().any(is_thing));
        let denied = words().any(|word| NEGATIONS.split(' ').any(|no| no == word) || word == "no");
        asked && (!denied || clause.ends_with('?'))
    })
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
}
