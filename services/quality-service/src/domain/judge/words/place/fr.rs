//! The French words of places and numbers.

use super::super::super::address::Place;

pub(in super::super) const ADDRESS: &[(Place, &str)] = &[
    (
        Place::Street,
        "rue, avenue, boulevard, bd, bld, blvd, chemin, route, rte, impasse, allée, \
        quai, ruelle, sentier, promenade, esplanade, faubourg, rond point, av, ave",
    ),
    (
        Place::WeakStreet,
        "place, pl, cours, cour, square, passage, clos, montée, rampe, ch, villa",
    ),
    (Place::Label, "numéro, no, n, num, nr, au numéro, bis"),
    (
        Place::Unit,
        "h, heure, heures, minute, minutes, min, franc, francs, chf, euro, euros, eur, \
        pour cent, pourcent, km, kilomètres, kilomètre, mètre, mètres, jour, jours, semaine, \
        semaines, mois, an, ans, fois, personnes, places, litres, étage, étages, pièces, plombiers, \
        dentistes, clients, janvier, février, mars, avril, mai, juin, juillet, août, septembre, \
        octobre, novembre, décembre, euh, appels, secondes, chiffres",
    ),
    (
        Place::NoName,
        "lundi, mardi, mercredi, jeudi, vendredi, samedi, dimanche, tennis, monsieur, \
        madame, postal, postale, principale, sms, whatsapp, internet, \
        arrondissement, zone, secteur, ligne, tram, bus, case",
    ),
    (
        Place::Yours,
        "vous êtes, vous habitez, chez vous, vous vous trouvez, votre {adresse|domicile|\
        logement|appartement|maison|immeuble}, vous résidez, vous logez, vous m avez {dit|donné|\
        indiqué}, vous avez {dit|donné|indiqué}, l intervention {est|a lieu|se fait}, habitez vous, \
        êtes vous, je note, j ai noté, je confirme, c est noté, passe {au|à la}, \
        vous avez écrit, vous avez mis",
    ),
    (
        Place::Ours,
        "notre {adresse|cabinet|clinique|atelier|agence|bureau|local|dépôt|magasin}, \
        nos {bureaux|locaux}, nous sommes {situés|au|à|sur|installés|basés|dans}, \
        nous nous trouvons, {son|leur} adresse, l adresse {est|c est|du cabinet|de la clinique|\
        du plombier|du dentiste|du serrurier}, adresse c est, voici l adresse, \
        {vous rendre|allez|venez|présentez vous|passez|aller|passer} .. {au|à la|rue|cabinet|clinique}",
    ),
    (
        Place::Provider,
        "cabinet*, clinique*, dentiste*, plombier*, docteur, dr, atelier, agence, entreprise*, \
        serrurier*, artisan*, centre, prestataire*, société*, technicien*, magasin*, médecin, \
        partenaire*, boutique, prof, coach, dépôt, entrepôt, équipe, adresse, exposition",
    ),
    (
        Place::Located,
        "se trouve, se situe, est {|bien |juste |à |au |situé |située |installé |\
        installée |basé |basée |dans |sur |rue }{|à|au|la|dans|rue}, situé*, installé*, basé*, \
        reçoit, consulte, exerce, travaille, trouverez, vous attend, domicilié*, est au, est à, \
        est rue, est sur, est dans, est route, est avenue, est boulevard",
    ),
    (Place::Example, "par exemple, comme par, du genre"),
    (
        Place::Near,
        "près de, proche de, à côté de, derrière, autour de, vers, aux alentours, \
        du côté de, en face",
    ),
    (
        Place::Town,
        "genève, carouge, lancy, vernier, meyrin, onex, thônex, bernex, versoix, \
        plan les ouates, chêne bougeries, chêne bourg, veyrier, cologny, vandœuvres, lausanne, \
        grand saconnex, petit lancy, grand lancy, satigny, nyon, montreux, vevey, neuchâtel, \
        fribourg, paris, lyon, annemasse, troinex, bellevue, pregny",
    ),
];

pub(in super::super) const NUMBERS: &str = "zéro 0, un 1, une 1, deux 2, trois 3, quatre 4, cinq 5, six 6, sept 7, huit 8, neuf 9, dix \
    10, onze 11, douze 12, treize 13, quatorze 14, quinze 15, seize 16, vingt 20, vingts 20, \
    trente 30, quarante 40, cinquante 50, soixante 60, septante 70, huitante 80, octante 80, \
    nonante 90, cent x100, cents x100, mille x1000, et &";
