//! The German words of places and numbers.

use super::super::super::address::Place;

pub(in super::super) const ADDRESS: &[(Place, &str)] = &[
    (
        Place::Compound,
        "*strasse, *gasse, *allee, *promenade, *chaussee, *str",
    ),
    (
        Place::WeakCompound,
        "*platz, *weg, *ufer, *damm, *quai, *graben, *steig, *markt, *halde, *stieg, *gässli, \
        *matte, \
        *anger, *platzl, *gries, *zeile",
    ),
    (Place::StreetLast, "strasse, gasse, allee, str"),
    (Place::WeakLast, "platz, weg, ring, ufer, damm, markt"),
    (Place::Label, "nummer, hausnummer, nr, die nummer, nummero"),
    (
        Place::Unit,
        "uhr, stunde, stunden, minute, minuten, min, franken, fr, chf, rappen, euro, eur, \
        prozent, km, kilometer, meter, metern, tag, tage, tagen, woche, wochen, monat, monate, \
        monaten, jahr, jahre, jahren, mal, personen, liter, stock, etage, zimmer, kunden, anrufe, \
        techniker, leute, plätze, stück, januar, februar, märz, april, mai, juni, juli, august, \
        september, oktober, november, dezember, sekunden, ziffern, bis, betriebe, kilo, grad, mm, cm, \
        quadratmeter, termine, kollegen",
    ),
    (
        Place::NoName,
        "montag, dienstag, mittwoch, donnerstag, freitag, samstag, sonntag, tennisplatz, \
        parkplatz, stellplatz, arbeitsplatz, spielplatz, heimweg, rückweg, umweg, anfahrtsweg, \
        dichtungsring, schlüsselring, bahnhof, bauernhof, friedhof, hof, preis, preise, kosten, \
        termin, telefon, nummer, rufnummer, handy, bildungsweg, fahrweg, sms, whatsapp, \
        pauschale, anfahrt, option, punkt, schritt, abstand, stufe, sicherheitsabstand, platz, \
        etwa, schlafplatz, motor, monitor, faktor, kompressor, sensor, sektor, garantie, \
        reaktor, autor, doktor, direktor, werktag, feiertag, vorsprung, ursprung, sprung, \
        hausnummer, vorwahl, postleitzahl, plz, herr, frau, betrag, kreis, bezirk, stadtkreis, \
        postfach, gleis, linie, tram, bus, zone, halle, gate",
    ),
    (
        Place::Yours,
        "sie sind, sie wohnen, wohnen sie, sind sie, bei ihnen, zu ihnen, ihre {adresse|\
        wohnung|anschrift|tür}, ihrer {adresse|wohnung|anschrift}, ihr {haus|zuhause|standort}, \
        sie befinden sich, haben sie {gesagt|genannt}, sie haben {gesagt|genannt}, der einsatz ist, \
        sie stehen, stehen sie, ich notiere, notiert, notiere ich, ich wiederhole, habe ich richtig, \
        habe ich das richtig, nach hause, der einsatzort, \
        sie haben geschrieben, sie schrieben",
    ),
    (
        Place::Ours,
        "unsere {adresse|praxis|werkstatt|filiale|anschrift}, unser {büro|geschäft|laden|\
        standort|betrieb|sitz}, wir {sind|sitzen|befinden uns|liegen} {an|in|im|am|auf|bei|hier}, \
        seine adresse, deren adresse, die adresse {ist|lautet|wäre|der|von|des}, adresse der praxis, \
        {kommen|gehen|fahren|wenden} sie {|bitte |einfach |direkt |dann |am besten |sich }{|bitte |an |in |zu |\
        zum |zur |direkt }, hier die adresse, sie finden {sie|ihn|uns|die|den|das}, finden sie {sie|ihn|uns|\
        die|den|das}, die anschrift {ist|lautet|wäre}",
    ),
    (
        Place::Provider,
        "praxis, zahnarztpraxis, klinik, zahnklinik, zahnarzt*, zahnärztin, klempner*, \
        installateur*, sanitär*, betrieb*, firma, werkstatt, geschäft, laden, schlüsseldienst*, \
        schlosser*, handwerker*, techniker*, fachmann, büro, partner*, trainer*, dr, doktor, arzt, \
        ärztin, zentrum, monteur*, spezialist*, kollege, tennisclub, club, \
        lager, depot, team, ausstellung, adresse",
    ),
    (
        Place::Located,
        "ist {an|in|im|am|auf|bei|direkt|gleich|hier}, liegt, befindet, gelegen, sitzt, \
        hat {seinen|ihren} sitz, hat {seine|ihre} {praxis|werkstatt}, ansässig, finden sie, ist der, \
        ist die, arbeitet, praktiziert, empfängt, wäre, erwartet, an der, am, in der",
    ),
    (Place::Example, "zum beispiel, beispielsweise, z b, etwa so"),
    (
        Place::Near,
        "nähe, neben, gegenüber, hinter, unweit, richtung, bei der, rund um, ecke",
    ),
    (
        Place::Town,
        "zürich, genf, bern, basel, luzern, winterthur, oerlikon, altstetten, wiedikon, \
        dietikon, schlieren, dübendorf, uster, kloten, thalwil, horgen, zug, st gallen, münchen, \
        schwabing, garching, unterhaching, dachau, freising, pasing, haar, germering, berlin, hamburg, \
        bogenhausen, sendling, zollikon, küsnacht, adliswil, wallisellen, opfikon, regensdorf",
    ),
];

pub(in super::super) const NUMBERS: &str = "null 0, ein 1, eins 1, eine 1, zwei 2, zwo 2, drei 3, vier 4, fünf 5, sechs 6, sieben 7, \
    acht 8, neun 9, zehn 10, elf 11, zwölf 12, siebzehn 17, sechzehn 16, dreizehn 13, vierzehn \
    14, fünfzehn 15, achtzehn 18, neunzehn 19, zwanzig 20, dreissig 30, vierzig 40, fünfzig 50, \
    sechzig 60, siebzig 70, achtzig 80, neunzig 90, hundert x100, tausend x1000, und &";
