//! The French words by which a call's class is read.

use super::super::super::need::{Conduct, Sign, Trade};

pub(super) const CONDUCT: &[(Conduct, &str)] = &[
    (
        Conduct::Field,
        "votre nom, quel nom, vous appelez vous, vous vous appelez, votre prénom, votre numéro, \
        quel numéro, numéro de téléphone, un numéro, votre natel, vous joindre, où êtes vous, \
        où habitez, vous habitez, vous êtes où, quel quartier, quelle commune, quelle rue, \
        quel secteur, quelle adresse, votre adresse, de quel côté, nom et, vos coordonnées, à \
        qui ai je, votre téléphone, où se trouve, ça se passe où, dans quel coin",
    ),
    (
        Conduct::WrongNumber,
        "faux numéro, mauvais numéro, autre numéro, erreur de numéro",
    ),
    (
        Conduct::Redirect,
        "ne {faisons|soignons|traitons|réparons|prenons|gérons|proposons} que, {ici|nous} {ce |}sont des, nous sommes {des|un|une|seulement|uniquement|que}, il vous faut {un|une}, {peux|pouvons|pourrai|pourrons|peut} .. pas .. \
        {aider|renseigner|servir|recueillir|livrer|rien faire}, {peux|pouvons} {rien|pas} \
        {|grand chose }pour vous, {faisons|fait|fais|traitons|occupons|prenons|gérons} \
        {que|uniquement|seulement|exclusivement}, \
        {faisons|proposons|traitons|livrons|prenons|recrutons|vendons|gérons|louons|réparons} \
        pas, nous occupons {que|pas}, {cette ligne|ce numéro|ce service} {est|ne|n}, ligne \
        {est |}réservée, réservé* .. {client*|patient*|demande*|urgence*|dépannage*}, {n est|c \
        est} pas {notre|dans nos|le bon|ici|nous|chez|de notre|le}, {notre domaine|notre \
        métier|notre ressort|notre spécialité}, vous êtes {tombé|tombée|chez|au|en ligne \
        avec}, {autre|mauvais|faux} numéro, trompé de numéro, hors de notre, adressez vous, \
        voyez avec un, pas intéressé*, ne nous rappelez, je mets fin, que de la plomberie, que \
        la plomberie, que du dentaire, que les dents, ici c est {le|la|un|une}, ici la, ici \
        le, ici plomberie, \
        que {les|des|de la|la} {humain*|patient*|plomberie}, seulement {pour |}les, aucun {contact|ici}, ce genre d information, nous ne sommes pas, je ne suis que, plutôt la, plutôt un, un faux numéro, on vous a mal, vous conseille {de voir|plutôt}, c est un service de",
    ),
];

pub(super) const NEED: &[(Sign, &str)] = &[
    (
        Sign::Symptom(Trade::Plumbing),
        "fuite*, {dégât|dégâts} {d|des} {eau|eaux}, inond*, débouch*, évier .. bouché, \
        {lavabo|wc|siphon|tuyau|douche|baignoire|toilettes|toilette|canalisation|écoulement} .. \
        {bouché|bouchés|bouchée|bouchées|bouche|débord*|refoul*|cassé*|percé*|éclaté*|fuit|coule}, \
        {est|sont} {|complètement |tout |tous |toutes }{bouchés|bouchée|bouchées}, \
        plus d eau {|chaude}, pas d eau chaude, sans eau, engorgé*, refoul*, débord*, \
        eau .. {plafond|partout|sol|par terre|mur|cave}, chasse d eau, infiltration*, rupture de tuyau, \
        robinet .. {coule|goutte|fuit|cassé|ferme}, {chaudière|chauffe eau|boiler} .. {panne|marche|\
        coule|fuit|fonctionne|chauffe}, installer .. {robinet|douche|lavabo|wc|toilettes|baignoire}",
    ),
    (
        Sign::Thing(Trade::Plumbing),
        "adoucisseur*, plombier*, plombière*, plomberie*, robinet*, évier*, lavabo*, \
        toilette*, wc, baignoire*, douche*, tuyau*, canalisation*, chauffe eau, boiler*, chaudière*, \
        cumulus, chauffage*, radiateur*, sanitaire*, siphon*, salle de bain*, salle d eau, mitigeur*, \
        bidet, vanne*, égout*, écoulement*, ballon d eau, tuyauterie, adoucisseur*",
    ),
    (
        Sign::Vague(Trade::Plumbing),
        "coule*, goutte*, fuit, eau, humidité*",
    ),
    (
        Sign::Symptom(Trade::Dental),
        "mal .. {dent|dents|gencive*|molaire*|mâchoire}, rage de dent*, \
        {dent|dents|molaire|incisive|sagesse} .. {cassé*|bouge|tombé*|fait mal|douleur*|sensible*|\
        arracher|pousse|lance}, cassé .. dent, {couronne|plombage|bridge|facette} .. {tombé*|sauté|\
        parti*|décollé*|cassé*|bouge}, perdu .. {couronne|plombage|dent}, abcès, carie*, \
        gencive* .. {saign*|gonfl*|enfl*}, joue .. {gonfl*|enfl*}, détartrage*, blanchiment*, \
        {rendez vous|contrôle|consultation|soin*|urgence*} .. {dent*|dentaire*|dentiste}",
    ),
    (
        Sign::Thing(Trade::Dental),
        "dent, dents, dentaire*, dentiste*, couronne*, plombage*, implant*, \
        gencive*, molaire*, orthodont*, prothèse*, dévitalis*, hygiéniste*, bridge, facette*, mâchoire",
    ),
    (
        Sign::Symptom(Trade::Tennis),
        "{cours|leçon*|stage*|entraînement*|initiation|prof*|coach|moniteur|\
        entraîneur*} .. de tennis, {apprendre|jouer|débuter|commencer|\
        essayer|reprendre|mettre} {le|au|du} tennis, tennis pour {enfant*|mon|ma|mes|débutant*}",
    ),
    (Sign::Thing(Trade::Tennis), "tennis, coup droit, revers"),
    (
        Sign::Vague(Trade::Tennis),
        "cours, leçon*, moniteur, entraînement, \
        apprendre, débutant*, initiation",
    ),
    (
        Sign::Symptom(Trade::Locksmith),
        "enfermé*, porte .. {claqué*|bloqué*|coincé*|fermé*|s ouvre}, \
        {perdu|oublié|cassé|volé|laissé} .. {clé|clés|clef|clefs|trousseau}, {clé|clef|clés} .. \
        {cassé*|coincé*|bloqué*|tourne|intérieur|dedans|perdu*|volé*}, serrure .. {cassé*|bloqué*|\
        forcé*|coincé*|changer|marche|fonctionne}, {changer|remplacer|réparer|ouvrir|poser} .. \
        {serrure*|cylindre*|porte|verrou}, cambriol*, rentrer chez moi",
    ),
    (
        Sign::Thing(Trade::Locksmith),
        "coffre fort, serrurier*, serrure*, cylindre*, clé, clés, clef, clefs, verrou*",
    ),
    (
        Sign::Symptom(Trade::Cooling),
        "{clim|climatis*} .. {panne|marche*|fonctionne*|refroidi*|coule|\
        fuit|bruit|goutte}, {réparer|dépann*|entretien|nettoy*|recharg*|install*} .. {clim|climatis*}",
    ),
    (
        Sign::Thing(Trade::Cooling),
        "clim, clims, climatis*, air conditionné, fréon, gaz réfrigérant",
    ),
    (
        Sign::Other,
        "carreleur*, lunettes, facture d eau, acheter .. raquette*, pizza*, pizzeria, restaurant*, une table, taxi*, pharmacie*, coiffeu*, coiffure, \
        avocat*, électricien*, peintre*, météo, quel temps, {réserver|chambre} .. hôtel, \
        billet*, vétérinaire*, garagiste*, pneu*, wifi, iphone, banque*, passeport*, impôts, \
        sushi*, kebab*, burger*, fleurs, fleuriste*, menuisier*, jardinier*, déménag*, yoga, \
        massage*, cinéma, loterie, ophtalm*, opticien*, kiné*, gynéco*, dermato*, vaccin*, une \
        blague, boulanger*, {louer|acheter|vendre} {un|une} \
        {appartement|voiture|maison|studio|scooter|vélo}, surf, golf, football, padel, natation, \
        toiture, couvreur*, vitrier*, vitre*, colis, horoscope, recette*, médecin généraliste, \
        un médecin, un généraliste, pédiatre*, avion, vol pour, quelle heure est il, \
        carrosserie, mécanicien*, permis, assurance maladie, commander {un|une|des|deux|trois}, \
        livr* .. {repas|manger|pizza*}, coursier*, livreur*, livraison*, palette*, \
        transporteur*, permis de séjour, passeport, carte d identité, carte grise, déménageurs, \
        entreprise de déménagement, plage*, excursion*, pleuvoir, office du tourisme, tailleur, \
        couture, cordonnier*, électricité, disjoncteur*, ampoule*, lampe*, salle de sport, \
        cheveux, ongles, coupe de cheveux, prises, prise {électrique|de courant}, \
        {plus|pas|coupure} de courant, le courant, \
        mon {ordinateur|portable|imprimante}",
    ),
    (Sign::Vehicle, "voiture, auto, véhicule, camionnette"),
    (
        Sign::Animal,
        "chien, chiens, chienne, chat, chats, chatte, lapin*, animal, animaux, vétérinaire*, teckel",
    ),
    (
        Sign::Wrong,
        "{mauvais|faux} numéro, trompé de numéro, suis trompé*, erreur de numéro, \
        mauvaise personne, pas le bon numéro",
    ),
    (
        Sign::Job,
        "cherche {un|du|une} {emploi|travail|poste|stage|apprentissage|job|place}, {offre|offres} \
        d emploi, candidature*, postul*, embauch*, mon cv, place d apprentissage, travailler \
        {chez|pour} vous, vous {recrutez|engagez|embauchez}, recrut*, je suis \
        {plombier|serrurier|électricien|dentiste|prof de tennis}, cherchez {quelqu un|du \
        monde|du personnel|un apprenti}",
    ),
    (
        Sign::Pitch,
        "sondage*, enquête*, étude de {satisfaction|marché}, message \
        {enregistré|automatique|préenregistré|publicitaire|vocal}, panneaux \
        {solaires|photovoltaïques}, photovolta*, référencement, première page, premier sur \
        google, premiers sur google, votre {site internet|site web|fiche google|contrat d \
        électricité|contrat d énergie|visibilité|chiffre d affaires}, {nous|je} vous \
        {propose|proposons|offrons}, {tapez|appuyez sur|faites le} {1|2|3|9|un|deux|la touche}, \
        {tapez|appuyez} sur, vous avez {gagné|été sélectionné*|été tiré}, félicitations, \
        cryptomonnaie*, bitcoin*, investiss*, mutuelle*, {offre|offres} \
        {spéciale|exceptionnelle|promotionnelle|exclusive|limitée}, démarch*, {plus de|nouveaux} \
        clients, ne quittez pas, fournisseur d énergie, quelques questions, compte formation, \
        isolation à un euro, fibre optique, changez d opérateur, illimité*, dès .. par mois, \
        restez en ligne, un conseiller va, votre appel est important, panneaux, annuaire*, \
        registre professionnel, votre inscription, votre annonce, offre valable, profitez de, \
        appelez vite, gagnez, jeu concours, à gagner, crédit, vous \
        {proposer|offrir|présenter|vendre}, nous \
        {vendons|fournissons|distribuons|commercialisons}, on {vend|fournit|distribue}, \
        fournisseur de, distributeur*, grossiste*, catalogue*, échantillon*, vos \
        {clients|concurrents|factures|primes}, {payez|payent|paient|paie} {|toujours }trop, \
        caisse maladie, caisses maladie, comparatif*, comparer vos, avantageu*, un conseiller, \
        centre {suisse|français|national}, représentant*, tarifs préférentiels, paquet combiné, \
        prime, primes",
    ),
    (
        Sign::Lure,
        "votre {entreprise|société|activité|commerce|établissement}, promotion*, gratuit*, \
        offre*, remise*, rabais, économis*, réduction*, sans engagement, abonnement*, \
        démonstration, logiciel*, {au|le|votre} {gérant|responsable|directeur|patron}, la \
        personne responsable, de la société, notre {société|entreprise|agence}, partenariat*, \
        solution*, facture*, assurance*, marketing, publicit*, profitez, entreprises, \
        professionnels, pourcent",
    ),
    (
        Sign::Want,
        "besoin, je voudrais, j aimerais, il me faut, me faudrait, il nous faut, cherche, je \
        veux, {pouvez|pourriez} vous, il faudrait, rendez vous, réparer, dépann*, prix, \
        combien, devis, installer, changer, remplacer, réserver, envoyer, commander, appelle \
        pour, c est pour",
    ),
    (
        Sign::Mine,
        "chez moi, mon, ma, mes, notre, nos, j ai, on a, chez nous, problème*, panne, urgent*, \
        urgence*, intervention",
    ),
    (
        Sign::Appliance,
        "frigo*, réfrigérateur*, lave linge, lave vaisselle, machine à laver, congélateur*, \
        plaque*, sèche linge, \
        {mon|le|un|du} four",
    ),
    (
        Sign::Identity,
        "c est bien, suis bien {chez|au|à|avec}, vous êtes, êtes vous, êtes bien",
    ),
    (Sign::Not, "pas, non, aucun, aucune, plus, sans"),
    (
        Sign::Yes,
        "oui, ouais, exactement, tout à fait, c est ça, effectivement, voilà",
    ),
    (
        Sign::Filler,
        "allô, oui, non, bonjour, bonsoir, merci, au revoir, euh, ah, oh, eh, hein, bon, \
        bien, d accord, ok, voilà, monsieur, madame, c est, est ce que, je, j, vous, il, elle, on, et, \
        de, d, la, le, les, l, un, une, des, à, au, s il vous plaît, m entendez, entendez, entends, là, \
        quelqu un, qui, est, attendez, un instant, excusez, excuse, moi, pardon, désolé*, quoi, comment, \
        alors, mais, ne, n, pas, quittez, hum, tout, ça, ce, que, qu, y a, a, ai, suis, me, m, se, si, \
        très, bonne, journée, soirée, pour, dans, avec, en, rien, quel, silence, inaudible, bruit, \
        musique, instant, seconde, minute, parle, parler, vraiment",
    ),
    (
        Sign::Leave,
        "je rappelle, rappeler*, rappellerai, plus tard, robot*, machine, répondeur, \
        vraie personne, humain*, intelligence artificielle, {laissez|laisse} tomber, pas le temps, \
        non merci, raccroch*, dois y aller, une autre fois, ça coupe, j entends rien, entends mal, \
        finalement non, au volant, dois filer, dois vous laisser, \
        un ordinateur, un automate, une voix",
    ),
];
