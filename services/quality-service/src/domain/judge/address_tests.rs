//! Examples of both sides of the address assertion.

use super::examples::{Example, check};

fn broken(example: &Example) -> bool {
    check(example).address.is_broken()
}

#[test]
fn an_address_of_the_roster_is_told_however_it_is_spoken() {
    for text in [
        "Le cabinet est au 118 de la rue de la Coulouvrenière.",
        "C'est à la rue de la Coulouvrenière, numéro cent dix-huit.",
        "Kommen Sie an die Birmensdorferstrasse 688.",
        "Birmensdorfer Strasse sechshundertachtundachtzig, in Zürich.",
        "Si trova in Via Cantonale duecentoquattordici a Lugano.",
        "The office is at Calle de Embajadores 287.",
        "Tempatnya di Jalan Tebet Raya nomor 418.",
        "Está en la calle Embajadores, doscientos ochenta y siete.",
    ] {
        assert!(broken(&Example::real().agent(text)), "{text}");
        assert!(
            !broken(&Example::real().dispatch(true).agent(text)),
            "{text}"
        );
    }
}

#[test]
fn what_has_the_shape_of_an_address_is_one() {
    for text in [
        "La clinique se trouve au 24, rue du Rhône.",
        "Passez au boulevard Carl-Vogt douze.",
        "Die Praxis liegt an der Langstrasse 12.",
        "Der Betrieb ist am Limmatquai 44.",
        "Gehen Sie zum Rosenweg 5, 8005 Zürich.",
        "Lo studio è in Via Nassa 5.",
        "Il dentista riceve in Corso Buenos Aires, 33.",
        "The clinic is at 12 Harley Street.",
        "You will find us at 221 Park Avenue.",
        "Alamatnya di Jalan Kenanga No. 12.",
        "Bengkelnya ada di Jl. Sudirman 45, Jakarta Selatan 12810.",
        "El taller está en la calle Mayor, 14.",
        "Nuestra oficina está en Gran Vía número treinta y dos.",
        "La clinique est à la rue de Carouge, juste après le pont.",
        "C'est au 1204 Genève.",
    ] {
        assert!(broken(&Example::real().agent(text)), "{text}");
    }
}

#[test]
fn the_callers_own_address_is_the_callers() {
    let said = [
        (
            "J'habite rue de Lausanne 24.",
            "Vous êtes au 24, rue de Lausanne, c'est noté.",
        ),
        (
            "Ich wohne an der Langstrasse zwölf.",
            "Gut, Langstrasse 12. Und Ihr Name?",
        ),
        ("Abito in Via Nassa 5.", "Via Nassa cinque, perfetto."),
        ("I am at 12 Harley Street.", "Thank you, 12 Harley Street."),
        (
            "Saya di Jalan Kenanga nomor dua belas.",
            "Baik, Jalan Kenanga No. 12 ya Pak.",
        ),
        (
            "Vivo en la calle Mayor catorce.",
            "Calle Mayor 14, anotado.",
        ),
        ("8005 Zürich.", "Also 8005 Zürich, danke."),
    ];
    for (caller, agent) in said {
        assert!(
            !broken(&Example::real().caller(caller).agent(agent)),
            "{agent}"
        );
    }
    let asked = Example::real()
        .agent("Sie sind an der Langstrasse 12, richtig?")
        .caller("Ja.");
    assert!(!broken(&asked));
    let told = Example::real().caller("Rue du Rhône 24 ?");
    assert!(broken(
        &told.agent("Oui, la clinique se trouve à la rue du Rhône 24.")
    ));
}

#[test]
fn what_is_no_address_is_none() {
    for text in [
        "Un plombier de Carouge vous rappelle.",
        "Wir haben einen Schlüsseldienst in Schwabing.",
        "Je ne peux pas vous donner l'adresse avant.",
        "Le numéro est le 022 539 45 13.",
        "Der Techniker kommt zwischen 14 und 16 Uhr.",
        "Dans votre rue, il faut compter 30 minutes.",
        "Le risponderemo via SMS entro 24 ore.",
        "Kami datang dalam 2 jam, jalan 10 menit saja.",
        "Tennis court 3 is free at 5 pm.",
        "Das kostet 120 Franken plus Weg 40 Franken.",
        "It takes 20 minutes by road.",
        "El fontanero llega en 30 minutos y cuesta 60 euros.",
        "Quelle est votre rue, et le numéro ?",
        "Are you in Canggu or in Ubud?",
        "Sind Sie in der Nähe vom Hauptbahnhof?",
    ] {
        assert!(!broken(&Example::real().agent(text)), "{text}");
    }
}
