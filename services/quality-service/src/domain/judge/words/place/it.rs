//! The Italian words of places and numbers.

use super::super::super::address::Place;

pub(in super::super) const ADDRESS: &[(Place, &str)] = &[
    (
        Place::Street,
        "viale, corso, vicolo, vico, contrada, lungolago, lungotevere, lungarno, \
        piazzale, salita, circonvallazione, v le, c so, p za, piazzetta, stradone, ripa",
    ),
    (
        Place::WeakStreet,
        "via, piazza, largo, strada, riva, galleria, borgo, passeggiata, calata, \
        frazione, ponte, alzaia",
    ),
    (
        Place::Label,
        "numero, civico, al numero, al civico, n, numero civico, al",
    ),
    (
        Place::Unit,
        "ora, ore, minuto, minuti, franchi, franco, euro, giorno, giorni, settimana, \
        settimane, mese, mesi, anno, anni, volta, volte, persone, posti, litri, piano, metri, \
        chilometri, km, gennaio, febbraio, marzo, aprile, maggio, giugno, luglio, agosto, settembre, \
        ottobre, novembre, dicembre, per cento, idraulici, clienti, secondi, cifre, gradi, chili",
    ),
    (
        Place::NoName,
        "whatsapp, sms, mail, email, e, messaggio, telefono, cellulare, telefonica, lunedì, \
        martedì, mercoledì, giovedì, venerdì, sabato, domenica, libera, crucis, web, chat, radio, tennis, \
        di mezzo, così, prezzo, \
        zona, circondario, municipio, linea, tram, autobus",
    ),
    (
        Place::Yours,
        "lei è, lei si trova, lei abita, abita, abitate, lei sta, da lei, a casa sua, suo \
        {indirizzo|appartamento|domicilio}, sua {casa|abitazione|via}, risiede, vive, lei vive, \
        mi ha {detto|dato|indicato}, ho annotato, annoto, ho segnato, segno, confermo, l intervento è, \
        il suo indirizzo, si trova lei, conferma, dove si trova lei, è lei, ho scritto",
    ),
    (
        Place::Ours,
        "nostro {indirizzo|studio|ufficio|negozio|ambulatorio}, nostra {sede|clinica|officina|\
        ditta}, siamo {in|a|al|allo|all|nel|nella|situati|ubicati|qui in}, ci troviamo, l indirizzo \
        {è|dello|della|del}, indirizzo dello studio, {vada|venga|si rechi|passi|si presenti|può andare|\
        può recarsi|può venire|deve andare|recarsi} .. {in|a|al|allo|alla|via|presso|all}, \
        {loro|suo} indirizzo è, ecco l indirizzo, ci trova, la trova in, lo trova in",
    ),
    (
        Place::Provider,
        "studio, clinica, dentista, idraulico, idraulici, dottore, dottoressa, dott, \
        officina, ditta, negozio, ambulatorio, fabbro, tecnico, artigiano, centro, impresa, azienda, \
        medico, partner, sede, ufficio, collega, laboratorio, odontoiatra, maestro, circolo, \
        deposito, magazzino, esposizione, squadra",
    ),
    (
        Place::Located,
        "si trova, è {in|a|al|allo|all|alla|nel|nella|situat*|ubicat*|proprio|qui}, situat*, \
        ubicat*, ha sede, riceve, visita in, lavora in, lavora, opera in, la aspetta, l aspetta, sta in, \
        trova, con sede, in via, in viale, in corso, in piazza",
    ),
    (Place::Example, "per esempio, ad esempio"),
    (
        Place::Near,
        "vicino, accanto, dietro, di fronte, nei pressi, zona, dalle parti, verso",
    ),
    (
        Place::Town,
        "lugano, paradiso, massagno, viganello, pregassona, castagnola, breganzona, agno, \
        bioggio, manno, savosa, mendrisio, chiasso, bellinzona, locarno, ascona, milano, monza, sesto \
        san giovanni, rho, cinisello balsamo, roma, torino, como, varese, bergamo, napoli, ginevra, \
        zurigo, cologno monzese, segrate, assago, corsico, buccinasco, losanna",
    ),
];

pub(in super::super) const NUMBERS: &str = "zero 0, uno 1, un 1, una 1, due 2, tre 3, quattro 4, cinque 5, sei 6, sette 7, \
    otto 8, nove 9, dieci 10, undici 11, dodici 12, tredici 13, quattordici 14, quindici 15, sedici 16, \
    diciassette 17, diciotto 18, diciannove 19, venti 20, trenta 30, quaranta 40, cinquanta 50, \
    sessanta 60, settanta 70, ottanta 80, novanta 90, cento x100, mille x1000, mila x1000, e &";
