//! The page in French.

use super::{
    EndWords, FaultWords, JobWords, NumberWords, OfferWords, ResultWords, Said, TimeWords,
    TroubleWords, Words,
};

pub(super) static WORDS: Words = Words {
    tag: "fr",
    offer: OfferWords {
        heading: "Nouvelle demande",
        need: "Besoin",
        place: "Lieu",
        urgency: "Urgence",
        emergency: "Urgent – il faut intervenir maintenant",
        soon: "Bientôt – dans les prochains jours",
        flexible: "Flexible – rien ne presse",
        received: "Reçue",
        deadline: "Merci de répondre avant",
        reference: "Référence",
        accept_hint: "Dès que vous acceptez, le nom et le numéro du client s'affichent.",
        accept: "Je prends la demande",
        decline_heading: "Vous ne pouvez pas ?",
        decline_reason: "Motif (facultatif)",
        decline: "Je ne peux pas la prendre",
    },
    job: JobWords {
        heading: "La demande est à vous",
        text: "Merci de prendre contact avec le client dès que possible.",
        call: "Appeler le client",
        name: "Nom",
        phone: "Téléphone",
        language: "Parle",
        recording: "Message vocal",
        listen: "Écouter le message",
    },
    result: ResultWords {
        heading: "Qu'en est-il advenu ?",
        text: "Une fois le travail terminé, ou si la demande n'aboutit pas, merci de revenir sur cette page pour nous le dire.",
        won: "Le travail a été réalisé",
        amount: "Montant facturé",
        amount_hint: "Par exemple 450, 450.50 ou 1'200",
        currency: "Monnaie",
        report_won: "Indiquer le montant",
        lost: "La demande n'a pas abouti",
        why: "Pour quelle raison ?",
        report_lost: "Indiquer que la demande n'a pas abouti",
    },
    ends: EndWords {
        declined: Said {
            heading: "Vous avez décliné cette demande",
            text: "Merci de nous l'avoir dit. Nous la transmettons à quelqu'un d'autre ; vous n'avez plus rien à faire.",
        },
        over: Said {
            heading: "Cette demande ne vous est plus ouverte",
            text: "Le délai de réponse était écoulé ou la demande a été retirée : elle est transmise à quelqu'un d'autre. Merci de ne pas contacter le client à ce sujet. Nous vous proposerons volontiers la prochaine.",
        },
        cancelled: Said {
            heading: "Cette demande a été annulée",
            text: "Merci de ne pas vous rendre chez le client. Vous n'avez plus rien à faire.",
        },
        won: Said {
            heading: "Merci, le résultat est enregistré",
            text: "Vous avez indiqué que le travail a été réalisé, pour :",
        },
        lost: Said {
            heading: "Merci, le résultat est enregistré",
            text: "Vous avez indiqué que la demande n'a pas abouti. Votre motif :",
        },
        correction: "Si ce n'est pas exact, répondez à notre message et nous le corrigerons.",
    },
    faults: FaultWords {
        prefix: "Erreur",
        summary: "Merci de vérifier votre saisie",
        amount_missing: "Indiquez le montant que vous avez facturé.",
        amount_unreadable: "Nous n'avons pas pu lire le montant. Écrivez-le par exemple 450, 450.50 ou 1'200.",
        amount_zero: "Le montant doit être supérieur à 0.",
        amount_too_large: "Ce montant est trop élevé. Merci de vérifier le nombre de chiffres.",
        currency: "Choisissez une monnaie de la liste.",
        reason_missing: "Dites-nous pourquoi en quelques mots.",
        reason_too_long: "500 caractères au maximum, s'il vous plaît.",
        action: "Merci d'utiliser l'un des boutons de cette page.",
        changed: "Votre réponse n'a pas pu être enregistrée : la situation a changé entre-temps. Voici où en est la demande.",
    },
    trouble: TroubleWords {
        unknown: Said {
            heading: "Ce lien ne mène nulle part",
            text: "Il a peut-être été coupé lors de la copie. Merci de l'ouvrir à nouveau directement depuis notre message.",
        },
        expired: Said {
            heading: "Ce lien a expiré",
            text: "Si vous en avez encore besoin, répondez à notre message.",
        },
        unusable: Said {
            heading: "Nous n'avons pas pu lire votre saisie",
            text: "Rien n'a été modifié. Merci de rouvrir la page et de recommencer.",
        },
        unavailable: Said {
            heading: "Nous ne sommes pas joignables pour le moment",
            text: "Rien n'est perdu. Merci de réessayer dans un instant.",
        },
        again: "Réessayer",
    },
    time: TimeWords {
        pattern: "{weekday} {day} {month} {year} à {hour}:{minute}",
        weekdays: [
            "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
        ],
        months: [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
    },
    languages: [
        "français",
        "allemand",
        "italien",
        "anglais",
        "indonésien",
        "espagnol",
    ],
    number: NumberWords {
        group: '\u{202f}',
        decimal: ',',
        currency_first: false,
    },
};
