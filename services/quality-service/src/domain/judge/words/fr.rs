//! The French words of births, ages and partings.

use super::super::birth::Notion;
use super::super::closing::Parting;
use super::Words;
use super::place::fr as place;

pub(super) const WORDS: Words = Words {
    birth: BIRTH,
    closing: CLOSING,
    address: place::ADDRESS,
    numbers: place::NUMBERS,
};

const BIRTH: &[(Notion, &str)] = &[
    (
        Notion::Date,
        "naissance, {date|année|jour|mois|lieu} de naissance, {|la |votre |sa }date \
        d anniversaire, ddn, année où vous êtes né",
    ),
    (
        Notion::Day,
        "anniversaire, anniversaires, fêtez .. {ans|année}, soufflez .. bougies",
    ),
    (
        Notion::Born,
        "né, {êtes|est|es|était|étiez|sont|soit} ne, {êtes|est|es|était|étiez} nes, \
        êtes nee, est nee, {venu|venue|venir|viendrait} au monde, {vu|vit|voir} le jour, naître, \
        naquit, naquîtes, naissiez",
    ),
    (
        Notion::BornOn,
        "né le, né en, est ne le, êtes ne le, êtes ne en, est ne en",
    ),
    (
        Notion::Age,
        "âge, âges, {tranche|tranches} d âge, de quelle génération",
    ),
    (
        Notion::AgeYou,
        "{votre|ton} âge, âge {du|de la|de l|de votre|de vos} {patient|patiente|enfant|enfants|\
        fils|fille|personne|élève|petit|petite|bébé|joueur|garçon}",
    ),
    (
        Notion::HowOld,
        "{quel|quelle} âge, combien d années a, âge .. combien, \
        combien .. {printemps|bougies|balais|berges|piges|hivers|étés}, {sur|dans} {ses|vos|tes} combien, {va|allez|vas} sur {ses|vos|tes}, combien .. au compteur, \
        {dans|vers} les combien",
    ),
    (
        Notion::HowOldYou,
        "{quel|quelle} âge {avez|aurez|auriez|as} {vous|tu}, \
        {vous|tu} {avez|as|auriez} {quel|quelle} âge, quel âge est ce que {vous avez|tu as}, \
        quel âge vous {avez|auriez}, quel âge {a|ont} {votre|vos|le|la|les|l} {enfant|enfants|fils|\
        fille|filles|petit|petite|patient|patiente|bébé|personne}, \
        {vous êtes|êtes vous} {|né |née }de quelle année, \
        de quelle année {êtes|es|est|sont|datez} {vous|tu|il|elle}, \
        combien d {années|ans} avez vous, ans avez vous, âge {avez|auriez} vous",
    ),
    (
        Notion::HowOldIt,
        "quel âge a {t il|t elle|t on}, quel âge ont {ils|elles}, \
        {il|elle} a quel âge, {ils|elles} ont quel âge, quel âge ça lui fait, \
        {est|es|sont|êtes} de quelle année, de quelle année {est|datent|date}",
    ),
    (
        Notion::OfAge,
        "êtes vous {|bien |déjà }{majeur|majeure|mineur|mineure}, vous êtes {|bien |déjà }\
        {majeur|majeure|mineur|mineure}, est {il|elle} {|bien }{majeur|majeure|mineur|mineure}, \
        {il|elle} est {majeur|majeure|mineur|mineure}, {plus|moins} de {18|dix huit} ans",
    ),
    (
        Notion::Years,
        "{vous avez|avez vous|il a|elle a|a t il|a t elle} .. ans, \
        {vous avez|avez vous|a t il|a t elle} {plus|moins} de .. ans",
    ),
    (
        Notion::When,
        "quand, année, années, jour, mois, date, combien, siècle, décennie",
    ),
    (
        Notion::Asking,
        "quand, quel, quelle, quels, quelles, combien, est ce que, lequel, laquelle",
    ),
    (
        Notion::Request,
        "{pouvez|pourriez|peux|puis|pourrais|pourrait|peut} {vous|je|tu|on}, donnez, \
        donner, donnerez, dites, dire, dis, indiquez, indiquer, besoin, {me|m|nous} {faut|faudrait|faudra}, \
        {il|me|m en} manque, manque, s il vous plaît, svp, précisez, préciser, communiquer, \
        communiquez, connaître, savoir, saurais, confirmez, confirmer, rappelez, rappeler, \
        j aimerais, je voudrais, ai je, vous demander, vous demande, je demande, laissez, fournir, \
        épelez, noter, reste, encore",
    ),
    (Notion::Whose, "votre, vos, son, sa, ses, leur, ton, ta"),
    (
        Notion::Not,
        "pas, aucun, aucune, ni, jamais, rien, plus besoin, nullement, guère, \
        personne ne, personne n",
    ),
    (
        Notion::Needing,
        "besoin, demand*, nécess*, oblig*, requis*, utile*, faut, faudra, importe, \
        importan*, veux, voulons, dois, devez, doit, devons, droit, sert, servir*, servent, intéress*, \
        exig*, concern*, peine, regarde, tenu, tenus, indispensable*, collect*, enregistr*, \
        compte, a me dire, a me donner, à donner, question, sollicit*, réclam*",
    ),
    (
        Notion::Refusal,
        "pas à {me |nous |}{dire|donner|communiquer|indiquer|préciser}, plus besoin de, inutile, inutiles, peu importe, n importe, superflu*, sans importance, \
        gardez, on s en passe, me passe, passons nous de, pas de date, pas d âge, ni votre, ni \
        la, ni l, ne me {dites|donnez}, pas {demander|poser|vous demander}, interdit, \
        facultatif, facultative, confidenti*, rien à voir",
    ),
    (
        Notion::Unable,
        "{peux|peut|pouvons|puis|pourrai|pourrons} .. pas, impossible, rien faire",
    ),
    (Notion::Without, "sans, à part"),
    (
        Notion::Only,
        "plus besoin que, n ai besoin que, ne faut que, ne faut plus que, \
        ne me faut plus que, ne manque que, ne manque plus que, oublier, oublions, \
        non seulement, pas seulement, pas que, pas de {problème|souci|soucis}",
    ),
    (
        Notion::Noted,
        "noté, notée, notés, merci, reçu, reçue, enregistré, enregistrée, bien {entendu|compris}, \
        vous {m |}avez {|déjà |bien }{donné|dit|indiqué}, transmis, transmise, j ai bien",
    ),
    (
        Notion::Elsewhere,
        "verrez avec, verra avec, sur place, au cabinet, donnerez au, direz au, donnerez à, direz à, directement avec, directement au",
    ),
    (Notion::Later, "demandera, demanderont, vous posera"),
    (
        Notion::Party,
        "cadeau*, fête d, fêter, surprise, offrir, pour un anniversaire, \
        pour l anniversaire, fête, joyeux, bon anniversaire, garantie",
    ),
    (
        Notion::AnyAge,
        "tout âge, tous âges, tous les âges, toutes les tranches d âge, à tout âge, \
        n importe quel âge, bas âge, troisième âge, certain âge, quel que soit .. âge, \
        peu importe .. âge, dès l âge, à partir de l âge, \
        depuis combien",
    ),
    (
        Notion::Person,
        "enfant*, fils, fille, filles, bébé*, garçon*, patient*, personne, personnes, femme, \
        épou*, mère, père, maman, papa, petit, petite, adulte*, ado, ados, joueur*, débutant*, \
        participant*, monsieur, madame, lui, client, cliente, dame, locataire*, \
        {votre|son} mari, élève, élèves",
    ),
    (
        Notion::Thing,
        "chaudière*, boiler*, chauffe eau, cumulus, installation*, tuyau*, conduite*, \
        canalisation*, robinet*, toilette*, wc, évier*, lavabo*, baignoire*, douche*, immeuble*, \
        maison*, appartement*, logement*, bâtiment*, appareil*, équipement*, pompe*, radiateur*, \
        chauffage*, porte, portes, serrure*, cylindre*, clé, clés, clef*, clim, climatis*, \
        couronne*, plombage*, implant*, prothèse*, facette*, dent, dents, raquette*, machine*, \
        lave linge, lave vaisselle, citerne*, ballon*, système*, modèle*, siphon*, joint*, \
        unité*, vanne*, split, compresseur*, toiture*, villa, voiture*, brosse*, problème, \
        fuite*, contrat, plomberie, chien*, chat, chats, chatte, animal, animaux, lapin*, \
        bridge, bridges",
    ),
];

const CLOSING: &[(Parting, &str)] = &[
    (
        Parting::Bye,
        "au revoir, aurevoir, adieu, à {|très }bientôt, à la prochaine, au plaisir, \
        à très vite, à la revoyure, tout de bon, à la bonne heure et au revoir, bon vent, je vous {dis|souhaite} au revoir, bye bye, prenons congé, \
        je prends congé, je vous quitte, je vous laisse",
    ),
    (
        Parting::Wish,
        "{bonne|belle|excellente|agréable|douce} {journée|soirée|nuit|matinée|semaine|\
        continuation|suite|fin de journée|fin de soirée|fin de matinée|fin d après midi|\
        fin de semaine|vacances|fête}, {bonnes|belles} {fêtes|vacances}, \
        {bon|bel|excellent|agréable} {après midi|week end|weekend|dimanche|samedi}, \
        prenez {|bien }soin de vous, portez vous bien, passez une .. {journée|soirée|nuit}, \
        journée {à vous|agréable}",
    ),
    (
        Parting::Bare,
        "à demain, à plus tard, à plus, à tout à l heure, à ce soir, à tout de suite, \
        à {lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche}, à la semaine prochaine, \
        on se rappelle, à vous aussi, vous de même, salutations, mes salutations",
    ),
    (Parting::Soft, "salut, ciao, tchao, tchô, bonsoir, bises"),
    (
        Parting::Thanks,
        "merci {de|pour} {votre|cet|l|ton} appel, merci {d|de nous} avoir \
        {appelé|appelés|contacté|contactés}, vous {remercie|remercions} {de|pour} {votre|cet} appel, \
        vous {remercie|remercions} {d|de nous} avoir {appelé|appelés|contacté|contactés}, \
        merci {de|pour} votre confiance, vous remercie {de|pour} votre confiance",
    ),
    (
        Parting::Comfort,
        "bon courage, bon rétablissement, bonne guérison, soignez vous bien, \
        remettez vous bien, meilleure santé",
    ),
    (
        Parting::Greeting,
        "bonne journée pour {vous|venir|un|passer}, bonsoir que",
    ),
    (
        Parting::Filler,
        "alors, bon, bien, merci, d accord, très, donc, et, monsieur, madame, ok, \
        parfait, voilà, oui, beaucoup, mademoiselle, a vous, je vous dis, on se dit, dans ce cas, \
        c est tout, tout, eh, entendu, encore, allez",
    ),
    (Parting::Before, "avant, avant de, avant que"),
    (Parting::Not, "pas, ne, n, jamais, sans, aucun"),
    (
        Parting::Say,
        "dire, dites, disons, dis, dirai, dit, raccroch*, prononc*",
    ),
    (
        Parting::Hope,
        "espère que vous {passez|avez passé|avez}, passez vous, avez vous passé",
    ),
];
