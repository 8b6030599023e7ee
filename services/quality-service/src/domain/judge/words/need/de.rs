//! The German words by which a call's class is read.

use super::super::super::need::{Conduct, Sign, Trade};

pub(super) const CONDUCT: &[(Conduct, &str)] = &[
    (
        Conduct::Field,
        "ihr name, ihren namen, ihrem namen, wie heissen, wie heisst, sie heissen, welchen \
        namen, ihre nummer, welche nummer, telefonnummer, handynummer, rückrufnummer, welcher \
        nummer, ihre telefonnummer, erreichen, erreicht man, wo sind sie, wo wohnen, wo \
        stehen, wo genau, wo ist das, wo steht, wo befind*, stadtteil, quartier, welcher ort, \
        welchem ort, ihre adresse, kontaktdaten, mit wem spreche, name und, nummer und, ihre \
        handynummer, ihr vorname",
    ),
    (
        Conduct::WrongNumber,
        "verwählt, falsch verbunden, falsche nummer, andere nummer, falschen nummer",
    ),
    (
        Conduct::Redirect,
        "dafür ist, dafür sind, zuständig ist, {behandeln|öffnen|machen|reparieren} {wir |}nur, wir {behandeln|öffnen|machen|reparieren|sind} nur, {kann|können} .. nicht .. {helfen|weiterhelfen|dienen|weiterverbinden|aushelfen}, \
        {damit|da|dabei} {kann|können} {ich|wir} .. nicht, \
        {machen|bieten|haben|verkaufen|reparieren|vermieten|liefern|führen|übernehmen} wir .. \
        nicht, nicht zuständig, nur \
        {für|um|wasser|türen|schlösser|zähne|sanitär|heizung|türöffnungen}, ausschliesslich, \
        diese {leitung|nummer} ist, hier ist {nur|der|die|das|ein|eine}, sie sind hier, falsch \
        {verbunden|hier}, nicht unser, keine {bewerbungen|werbung|pizza}, kein interesse, \
        nicht interessiert, wir sind {kein|keine|nur|ein|der}, wenden sie sich, da müssen sie, \
        da müssten sie, kein {pizza*|taxi*}, gehört nicht, machen wir nicht, brauchen sie \
        {einen elektriker|eine andere}, möchten das nicht, verwählt, andere nummer, \
        nur {die|der|eine} {annahme|assistentin|assistenz|aufnahme|leitung}, eigentlich {ein|eine|der|die|nur}, nur {menschen|patienten|kunden}, keine tiere, bei uns gibt es kein*, nichts für uns, ich bin eine assistent*, sie sind falsch, verbinde ich nicht, hier gibt es kein*, hier gibt es nicht, \
        nein hier ist, sie sprechen mit, hier ist sanitär",
    ),
];

pub(super) const NEED: &[(Sign, &str)] = &[
    (
        Sign::Symptom(Trade::Plumbing),
        "rohrbruch*, wasserschaden*, wasserrohrbruch*, verstopf*, leck, \
        lecks, leckage, undicht*, überschwemm*, überflut*, {hahn|wasserhahn|rohr|boiler|spülkasten|wc|\
        heizung|leitung|siphon|dusche|armatur} .. {tropft|leckt|läuft|rinnt|kaputt|defekt|geplatzt|\
        undicht|spritzt}, tropft .. {hahn|wasserhahn|rohr}, kein {warmes |heisses |}wasser, \
        kein warmwasser, wasser {läuft|tropft|kommt|steht|rinnt|spritzt}, {läuft|fliesst} {nicht |nicht mehr |schlecht }ab, {heizung|boiler|therme} .. {ausgefallen|kalt|\
        geht|funktioniert|läuft|warm}, rohrreinigung*, nasse {wand|decke}, spült nicht",
    ),
    (
        Sign::Thing(Trade::Plumbing),
        "enthärt*, entkalk*, klempner*, sanitär*, installateur*, spengler*, wasserhahn*, \
        armatur*, abfluss*, toilette*, wc, klo, spülkasten*, waschbecken*, lavabo, spüle, badewanne*, \
        dusche*, rohr, rohre, wasserleitung*, boiler*, heizung*, heizkörper*, siphon, badezimmer*, \
        warmwasser*, therme*, wasserrohr*, brunnen, \
        *hahn, *rohr, *rohre, *heizung, *boiler, *siphon, *leitung, *dusche, *wanne, *becken, *spülung, *abfluss, *klo, *anschluss, gully, druckspüler",
    ),
    (
        Sign::Vague(Trade::Plumbing),
        "tropft, läuft aus, wasser, feucht*, nass",
    ),
    (
        Sign::Symptom(Trade::Dental),
        "zahnschmerz*, zahnweh, {zahn|zähne|backenzahn|schneidezahn|\
        weisheitszahn} .. {abgebrochen|tut|weh|schmerz*|wackelt|raus|ausgeschlagen|gezogen|ziehen|\
        entzündet|pocht|kaputt|gebrochen}, {krone|füllung|plombe|brücke} .. {rausgefallen|herausgefallen|\
        verloren|locker|raus|abgefallen|gebrochen|ausgefallen}, abgebrochener zahn, abgebrochenen zahn, \
        schmerzen .. {zahn|kiefer}, karies, zahnfleisch* .. {blutet|entzündet|geschwollen}, \
        zahnreinigung*, dentalhygiene, bleaching, zahnarzttermin*, zahnkontrolle, backe .. geschwollen",
    ),
    (
        Sign::Thing(Trade::Dental),
        "zahn*, zähne, zähnen, krone, füllung, plombe, implantat*, kiefer*, \
        wurzelbehandlung*, dentist*, prophylaxe, weisheitszähne, \
        *zahn, *zähne, *krone, spange, zahnspange, bracket*, gebiss, schiene, inlay, veneer*, *füllung",
    ),
    (
        Sign::Symptom(Trade::Tennis),
        "tennisstunde*, tenniskurs*, tennisunterricht*, tennistrain*, \
        tennislehrer*, {tennis} .. {lernen|spielen|unterricht|stunden|kurs|trainer|anfangen}, \
        {stunde|stunden|kurs|unterricht|training} .. tennis",
    ),
    (
        Sign::Thing(Trade::Tennis),
        "tennis, tennis*, aufschlag, vorhand, rückhand",
    ),
    (
        Sign::Vague(Trade::Tennis),
        "unterricht, stunden, trainer, anfängerkurs, einzelstunde*, gruppenstunde*, probestunde*, \
        kurs, kurse, kinderkurs*, gruppenkurs*",
    ),
    (
        Sign::Symptom(Trade::Locksmith),
        "ausgesperrt, ausgeschlossen, tür .. {zugefallen|zu|zugezogen|\
        verschlossen|geht nicht|klemmt|auf|öffnen|aufmachen|aufgebrochen|zugeschnappt}, \
        {schlüssel} .. {verloren|abgebrochen|steckt|vergessen|gestohlen|drinnen|innen|liegt|weg|fest|\
        geklaut}, {verloren|vergessen|abgebrochen} .. schlüssel, \
        schloss .. {kaputt|klemmt|defekt|wechseln|tauschen|austauschen|auswechseln|geht|aufgebrochen|\
        blockiert|hakt}, schlosswechsel*, türöffnung*, komme nicht {mehr |}{rein|in meine|hinein}, \
        {neues|neuen} {schloss|zylinder|schließzylinder}, einbruch, eingebrochen, aufsperren, \
        zylinder .. {wechseln|tauschen|austauschen}, \
        {*tür|*türe|*türschloss} .. {nicht|zu|klemmt|auf|zugefallen|zugeschlagen|verzogen|abgeschlossen}, kommen nicht {rein|in unsere|ins}",
    ),
    (
        Sign::Thing(Trade::Locksmith),
        "tresor*, safe, schlüsseldienst*, schlüsselnotdienst*, schlosser*, \
        aufsperrdienst*, schloss, schließzylinder*, türschloss*, haustür*, wohnungstür*, schlüssel, \
        schliessanlage*, zylinder, tür, türe, \
        *tür, *türe, *türen, *schloss, *schlüssel, *zylinder, *riegel",
    ),
    (
        Sign::Symptom(Trade::Cooling),
        "{klimaanlage|klimagerät|klima} .. {kaputt|defekt|kühlt|tropft|\
        läuft|geht|funktioniert|laut|warten|reparieren|installieren|ausgefallen|reinigen}, klimaservice, \
        {reparatur|wartung|reinigung} .. {klimaanlage|klimagerät}",
    ),
    (
        Sign::Thing(Trade::Cooling),
        "klimaanlage*, klimagerät*, klima, kältemittel*, klimatechnik*, \
        *klimaanlage, *klimagerät",
    ),
    (
        Sign::Other,
        "fliesenleger*, plättlileger*, brille, brillen, wasserrechnung*, abmelden, ummelden, {schläger|tennisschläger} .. kaufen, pizza*, pizzeria, restaurant*, einen tisch, taxi*, apotheke*, friseur*, coiffeur*, \
        anwalt*, rechtsanwalt*, elektriker*, strom ausgefallen, stromausfall, steckdose*, \
        maler*, wetter*, {hotel|zimmer} .. {buchen|reservieren}, fahrkarte*, ticket*, tierarzt*, \
        autowerkstatt, garage, autoschlüssel*, wlan, internetanschluss, \
        steuererklärung*, sushi*, döner*, kebab*, burger*, blumen*, schreiner*, gärtner*, yoga, \
        massage*, kino*, konzert*, lotto, augenarzt*, brille*, physio*, frauenarzt*, hautarzt*, \
        impf*, einen witz, bäcker*, {wohnung|auto|haus} {mieten|kaufen|verkaufen}, surf*, golf*, \
        fussball*, padel, schwimm*, klavier*, fernseher*, dachdecker*, glaser*, \
        fensterscheibe*, horoskop*, hausarzt*, allgemeinarzt*, kinderarzt*, zug nach, flug*, wie \
        spät, führerschein, krankenkasse, squash, badminton, putzfrau, reinigungskraft, \
        kammerjäger, kurier*, lieferant*, palette, aufenthaltsbewilligung, aufenthaltstitel, \
        reisepass, ausweis, umzugshelfer*, für einen umzug, umzugsfirma, tourist*, fahrplan*, \
        schneider*, schuster*, sicherung, fi schalter, lampe*, steckdose*, fitnessstudio, haare, \
        nägel, haarschnitt, rasen, möbel*, es regnen, regnet es, {kein|das} licht, \
        {kein|keinen|der} strom, \
        {mein|meinen|meinem} {computer|laptop|pc|drucker|handy}",
    ),
    (Sign::Vehicle, "auto, wagen, pkw, wohnwagen"),
    (
        Sign::Animal,
        "hund, hunde, hundes, hündin, katze, katzen, kater, kaninchen, tier, tiere, tierarzt*, pferd",
    ),
    (
        Sign::Wrong,
        "verwählt, falsch verbunden, falsche nummer, falschen nummer, nummer vertan, \
        falsch gewählt, die falsche",
    ),
    (
        Sign::Job,
        "{suche|suchen} .. {job|arbeit|stelle|lehrstelle|praktikum|anstellung|\
        ausbildungsplatz}, stellenangebot*, bewerb*, bewerbung*, lebenslauf, lehrstelle*, \
        ausbildungsplatz*, stelle frei, bei ihnen arbeiten, stellen sie ein, jemanden einstellen, \
        suchen sie {noch |}{leute|mitarbeiter|personal|verstärkung}, offene stelle*, bin {gelernter|ausgebildeter}, jahre {berufserfahrung|erfahrung}, arbeiten {|würde |möchte }bei ihnen",
    ),
    (
        Sign::Pitch,
        "umfrage*, marktforschung*, befragung, meinungsforschung*, zufriedenheitsstudie, \
        automatische ansage, bandansage, aufgezeichnete nachricht, dies ist eine {aufgezeichnete|\
        automatische}, solaranlage*, photovoltaik*, suchmaschinenoptimierung, seo, erste seite, \
        bei google, google ranking, ihre {webseite|website|homepage|firmenwebsite|internetpräsenz|\
        online sichtbarkeit}, ihren {stromvertrag|umsatz|firmeneintrag|telefonvertrag|google eintrag}, \
        drücken sie, sie haben gewonnen, herzlichen glückwunsch, gewinnspiel*, krypto*, bitcoin*, \
        {wir|ich} {bieten|biete} ihnen, {exklusives|einmaliges|unschlagbares|besonderes} angebot, \
        neukunden, neue kunden, mehr kunden, kundengewinnung, investment*, kapitalanlage*, \
        branchenbuch*, branchenverzeichnis*, im auftrag von, paar fragen, energieanbieter, \
        stromanbieter, gasanbieter, werbepartner, branchenregister*, firmenregister*, {ihr|ihren|ihrem} {eintrag|inserat}, ökostrom, festpreis, bonus sichern, {sichern|wechseln} sie, jetzt {wechseln|sichern|anrufen|bestellen|zugreifen}, in der leitung, freie berater, freier mitarbeiter, nur noch diese woche, nur für kurze zeit, ihr anruf ist uns, zu gewinnen, kredit, glasfaser*, vermögens*, \
        ihnen .. {anbieten|vorstellen|verkaufen}, {wir|ich} {bieten|biete} {|ihnen }, sonderpreis*, sonderangebot*, wir {verkaufen|liefern|vertreiben|beliefern}, grosshandel, grosshändler, vertriebspartner, katalog*, muster, ihre {kunden|konkurrenz|prämie|prämien|kosten}, zahlen {sie |}zu viel, krankenkassenprämie*, prämien*, *vergleich, vergleichsportal*, vorteilhaft*, ein berater, vertreter, mengenrabatt, sonderkonditionen",
    ),
    (
        Sign::Lure,
        "ihr {unternehmen|betrieb|geschäft}, ihre firma, ihrem {unternehmen|betrieb}, ihren \
        betrieb, aktion, gratis, kostenlos*, angebot*, rabatt*, sparen, günstiger*, \
        unverbindlich*, abo, abonnement*, vorführung, software*, geschäftsführer*, inhaber*, \
        chef, entscheidungsträger*, verantwortlich*, von der firma, unsere \
        {firma|agentur|lösung}, partnerschaft, lösung*, versicherung*, krankenkassen*, \
        marketing*, werbung, profitieren, zuständig*, prozent, gmbh, ag, stromkosten, \
        unternehmen",
    ),
    (
        Sign::Want,
        "brauche, bräuchte, brauchen, möchte, möchten, hätte gern, hätte gerne, suche, suchen, \
        will, wollte, {können|könnten} sie, termin*, reparieren, reparatur*, preis*, was \
        kostet, kostet, offerte*, kostenvoranschlag*, installieren, ersetzen, auswechseln, \
        schicken, vereinbaren, buchen, rufe an wegen, es geht um",
    ),
    (
        Sign::Mine,
        "bei mir, bei uns, mein, meine, meinem, meiner, meinen, unser, unsere, unserem, \
        unserer, ich habe, ich hab, wir haben, notfall*, problem*, kaputt, defekt*, dringend*",
    ),
    (
        Sign::Appliance,
        "kühlschrank*, waschmaschine*, geschirrspüler*, spülmaschine*, tiefkühl*, backofen, \
        herd, trockner, tumbler",
    ),
    (
        Sign::Identity,
        "ist da, ist dort, bin ich .. richtig, bin ich .. bei, sind sie, spreche ich mit, ist \
        das",
    ),
    (
        Sign::Not,
        "nicht, kein, keine, keinen, nein, ohne, weder, keinem",
    ),
    (
        Sign::Yes,
        "ja, genau, richtig, stimmt, jawohl, ja genau, jo",
    ),
    (
        Sign::Filler,
        "hallo, ja, nein, guten, tag, morgen, abend, grüezi, grüss, gott, danke, bitte, \
        auf wiederhören, tschüss, äh, ähm, oh, ah, hm, also, gut, ok, okay, herr, frau, ich, sie, er, es, \
        wir, du, ist, sind, bin, das, der, die, den, dem, ein, eine, einen, und, oder, aber, da, hier, \
        wer, was, wie, moment, entschuldigung, sorry, nicht, kein, keine, hören, höre, verstehe, nur, \
        mal, so, doch, na, auch, noch, zu, mit, am, an, in, im, von, für, auf, mich, mir, schon, sehr, \
        vielen, dank, dann, jemand, apparat, leitung, stille, unverständlich, rauschen, musik, man, \
        denn, wohl, halt, ganz, einfach, eigentlich, sprechen, spreche, rede, servus, moin",
    ),
    (
        Sign::Leave,
        "rufe später, ruf später, später nochmal, melde mich, später wieder, roboter, \
        maschine, computerstimme, automat, echten menschen, richtigen menschen, mensch, künstliche \
        intelligenz, ki, vergessen sie es, vergiss es, keine zeit, nein danke, auflegen, lege auf, leg auf, \
        muss los, muss weg, ein andermal, hat sich erledigt, erledigt, schlechte verbindung, \
        höre nichts, anrufbeantworter, unterwegs, gerade schlecht, mit so was rede ich nicht, \
        computer, ein automat",
    ),
];
