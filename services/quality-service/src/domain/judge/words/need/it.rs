//! The Italian words by which a call's class is read.

use super::super::super::need::{Conduct, Sign, Trade};

pub(super) const CONDUCT: &[(Conduct, &str)] = &[
    (
        Conduct::Field,
        "suo nome, nome e, che nome, come si chiama, cognome, suo numero, il numero, un numero, \
        recapito, il telefono, telefono, cellulare, natel, dove si trova, dove abita, che \
        zona, quale zona, che comune, quale comune, il comune, quartiere, suo indirizzo, siamo \
        a, dove siamo, con chi parlo, dove sta",
    ),
    (
        Conduct::WrongNumber,
        "sbagliato numero, numero sbagliato, altro numero",
    ),
    (
        Conduct::Redirect,
        "noi siamo, siamo solo, {curiamo|facciamo|ripariamo|trattiamo} {solo|soltanto|solamente}, le serve {un|una}, non {posso|possiamo} .. {aiutar*|aiuto|prender*|raccog*|far*}, non {facciamo|ci \
        occupiamo|trattiamo|vendiamo|assumiamo|offriamo|consegniamo|ripariamo|affittiamo|abbiamo}, \
        occupiamo {solo|soltanto|solamente|unicamente}, {solo|soltanto|unicamente} di, \
        {questa|questo} {linea|numero|servizio} è, qui è, qui siamo, non siamo, {altro|numero} \
        {numero|sbagliato}, sbagliato numero, non è {il|la|lo|di nostra|nostro|nostra|qui}, \
        deve rivolgersi, si rivolga, serve un elettricista, non ci interessa, non interessa, \
        siamo {idraulici|dentisti|uno studio}, {linea|numero} {è |}per, \
        solo {persone|pazienti|esseri|clienti}, servizio di, è un servizio, è il servizio, non c è nessun*, qui non c è, serve un {veterinario|elettricista|avvocato}, le consiglio, è lo studio, è uno studio",
    ),
];

pub(super) const NEED: &[(Sign, &str)] = &[
    (
        Sign::Symptom(Trade::Plumbing),
        "perdita d acqua, {una|la|c è una|della} perdita, intasat*, \
        otturat* .. {wc|scarico|lavandino|water|gabinetto|bagno|doccia}, {rubinetto|tubo|lavandino|\
        water|wc|sciacquone|scaldabagno|caldaia|boiler|doccia|scarico|termosifone|lavello|gabinetto|\
        sifone} .. {perde|gocciola|rotto|intasato|scoppiato|otturato|bloccato|scarica|funziona|scalda|\
        tappato|esce|rotta|spenta|parte}, {rotto|scoppiato|bucato} .. {tubo|rubinetto}, allag*, \
        sturar*, {senza|manca l|non c è} acqua {|calda}, acqua .. {ovunque|dappertutto|pavimento|\
        soffitto|esce|cola|calda|muro}, allacciament*, rubinetto .. {fischia|chiude}, rifare il bagno, infiltrazion*, macchia .. soffitto",
    ),
    (
        Sign::Thing(Trade::Plumbing),
        "addolcitor*, idraulic*, rubinett*, tubo, tubi, tubatur*, lavandin*, lavello, water, \
        wc, gabinetto, sciacquone, scaldabagn*, scaldacqua, boiler*, caldaia*, doccia, vasca, sifone, \
        termosifon*, calorifer*, scarico, scarichi, bagno, riscaldament*, miscelatore, bidet, fogna*",
    ),
    (
        Sign::Vague(Trade::Plumbing),
        "perde, gocciola, acqua, umidità, cola",
    ),
    (
        Sign::Symptom(Trade::Dental),
        "mal di denti, male ai denti, male un dente, {dente|denti|molare|\
        giudizio} .. {rotto|scheggiat*|spezzat*|male|muove|caduto|togliere|estrarre|sensibil*|dolore|pulsa|\
        cariato|dondola}, rotto un dente, {rotto|scheggiato|spezzato|perso} .. dente, dolore .. \
        {dente|denti|gengiv*|mascella}, ascess*, carie, gengiv* .. {sanguin*|gonfi*}, guancia .. gonfia, \
        {corona|otturazione|ponte|capsula} .. {caduta|saltata|staccata|persa|rotta|caduto|venuta|saltato}, \
        {pulizia|igiene} {dei denti|dentale}, sbiancament*, {visita|controllo|appuntamento} .. \
        {dentist*|denti|dentale}, mi fa male .. dente, mal di dente",
    ),
    (
        Sign::Thing(Trade::Dental),
        "dente, denti, dentist*, dental*, odontoiatr*, corona, otturazione, \
        impianto, gengiv*, molare, apparecchio, ortodon*, protesi, devitalizz*, capsula, faccett*",
    ),
    (
        Sign::Symptom(Trade::Tennis),
        "{lezion*|corso|corsi|maestro|allenatore|istruttore|insegnante} .. di tennis, {imparare|giocare|iniziare|provare} {il|a|con il} tennis, \
        tennis per {bambini|mio|mia|principianti}, lezion* .. tennis",
    ),
    (Sign::Thing(Trade::Tennis), "tennis, diritto e rovescio"),
    (
        Sign::Vague(Trade::Tennis),
        "lezion*, corso, maestro, allenamento, \
        imparare, principiant*, corsi",
    ),
    (
        Sign::Symptom(Trade::Locksmith),
        "{chiuso|chiusa|chiusi} fuori, {porta} .. {bloccata|chiusa|sbattuta|apre}, \
        {perso|dimenticato|rotto|spezzato|lasciato|smarrito} .. {chiave|chiavi}, {chiave|chiavi} .. \
        {rotta|spezzata|bloccata|dentro|persa|perse|gira}, serratura .. {rotta|bloccata|forzata|cambiare|\
        inceppata|funziona}, {cambiare|sostituire|riparare|aprire} .. {serratura|cilindro|porta}",
    ),
    (
        Sign::Thing(Trade::Locksmith),
        "cassaforte, casseforti, fabbro, serratur*, cilindro, chiave, chiavi, lucchetto",
    ),
    (
        Sign::Symptom(Trade::Cooling),
        "{condizionatore|climatizzatore|aria condizionata|clima} .. {rotto|\
        raffredda|funziona|perde|gocciola|rumore|parte|accende|guasto}, {riparare|pulire|installare|\
        ricaricare|manutenzione} .. {condizionator*|climatizzator*|aria condizionata}",
    ),
    (
        Sign::Thing(Trade::Cooling),
        "condizionator*, climatizzator*, aria condizionata, freon",
    ),
    (
        Sign::Other,
        "piastrellist*, occhiali, bolletta .. acqua, ecografi*, comprare .. racchett*, banca, bancomat, carta di credito, pizza*, pizze, pizzeria, ristorante, un tavolo, taxi, farmacia, parrucchier*, barbiere, \
        avvocato, elettricist*, imbianchin*, che tempo, previsioni, meteo, {prenotare|camera} .. \
        {hotel|albergo}, bigliett*, veterinari*, meccanico, carrozzier*, gomme, wifi, \
        passaporto, tasse, commercialist*, sushi, kebab, hamburger, fiori, fiorist*, falegname, \
        giardinier*, yoga, massaggi*, cinema, concerto, lotteria, oculist*, fisioterap*, \
        ginecolog*, dermatolog*, vaccin*, barzelletta, panettiere, panetteria, \
        {affittare|comprare|vendere} .. {casa|appartamento|auto}, surf, golf, padel, nuoto, \
        pianoforte, televisore, vetrai*, oroscopo, ricetta, medico di base, medico generico, \
        pediatra, aereo, volo, che ore sono, patente, scuola guida, estetista, unghie, motorino, \
        corriere, bancale, permesso di soggiorno, carta d identità, ditta di traslochi, \
        traslochi, pioverà, ufficio turistico, sarto, calzolaio, salvavita, lampadin*, palestra, \
        capelli, unghie, taglio di capelli, salone, mobili, la luce, senza corrente, manca la \
        corrente, presa {elettrica|di corrente}, {la|una|messa in} piega, {deve|va a} piovere, \
        piove domani, \
        mio {computer|portatile|cellulare}",
    ),
    (Sign::Vehicle, "auto, automobile, macchina, furgone, camper"),
    (
        Sign::Animal,
        "cane, cani, cagnolin*, gatto, gatta, gatti, coniglio, animal*, veterinari*",
    ),
    (
        Sign::Wrong,
        "sbagliato numero, numero sbagliato, ho sbagliato, mi sono sbagliat*, sbagliato persona",
    ),
    (
        Sign::Job,
        "{cerco|cerca|cercando} {|un }{lavoro|impiego|posto|tirocinio|stage}, \
        {offerta|offerte|posto|posti} di lavoro, candidatura, candidarmi, curriculum, assumete, \
        assumere, lavorare {con|per|da} voi, state cercando personale, cercate personale, \
        apprendistato, {sono|faccio} {un |l |il |}idraulico, cercate {gente|qualcuno|idraulici}, \
        mandare il curriculum",
    ),
    (
        Sign::Pitch,
        "sondaggio, indagine, ricerca di mercato, messaggio {registrato|automatico|\
        preregistrato|promozionale}, pannelli {solari|fotovoltaici}, fotovoltaic*, posizionamento, \
        prima pagina, {primi|primo} su google, {vostro|suo} {sito|sito internet|sito web|fatturato|\
        contratto luce|contratto della luce}, le {proponiamo|propongo|offriamo|offro}, vi {proponiamo|\
        offriamo}, {prema|premere|premi|digiti|digita} {il|zero|uno|due|tre|nove|0|1|2|3|9}, ha vinto, avete vinto, \
        congratulazioni, complimenti lei, criptovalut*, bitcoin*, investiment*, investire, trading, \
        offerta {speciale|esclusiva|imperdibile|limitata|vantaggiosa}, nuovi clienti, più clienti, \
        fornitore di energia, fornitura, luce e gas, bolletta, bollette, poche domande, qualche domanda, \
        alcune domande, {passa|passi|cambia|cambi} {a|al|operatore|gestore}, resti in linea, restare in linea, la sua chiamata è importante, solo per oggi, offerta valida, approfitta, illimitat*, al mese, elenco aziende, la sua inserzione, concorso, un nostro consulente, prestito, fibra ottica, operatore telefonico, visibilità, call center, \
        {offrirle|proporle|presentarle|venderle|offrirvi|proporvi|presentarvi}, {vendiamo|forniamo|distribuiamo}, grossista, grossisti, distributore, fornitore, catalogo, {campione|campioni} {gratuito|omaggio}, {vostri|suoi} clienti, {paga|pagate|pagano} {|sempre }troppo, cassa malati, casse malati, premi, confront*, vantaggios*, un consulente, rappresentante, agente di commercio, condizioni speciali",
    ),
    (
        Sign::Lure,
        "{vostra|sua} {azienda|attività|impresa|ditta}, promozion*, gratis, gratuit*, offerta, \
        sconto, sconti, risparmi*, senza impegno, abbonament*, dimostrazione, software, \
        gestionale, titolare, responsabile, direttore, proprietario, {nostra|della} \
        {società|azienda|agenzia}, collaborazione, partnership, soluzion*, assicurazion*, \
        marketing, pubblicit*, approfitt*, aziende, per conto di, da parte di, convenient*, per \
        cento",
    ),
    (
        Sign::Want,
        "bisogno, vorrei, volevo, cerco, mi serve, mi servirebbe, ci serve, voglio, \
        {può|potete|potrebbe|potreste}, appuntamento, riparare, riparazion*, prezz*, quanto \
        costa, costo, preventivo, installare, cambiare, sostituire, mandare, prenotare, chiamo \
        per, dovrei, rifare",
    ),
    (
        Sign::Mine,
        "a casa mia, mio, mia, miei, nostro, nostra, ho, abbiamo, da me, da noi, urgen*, \
        emergenza, problema, guast*, c è, mi si è, ci si è",
    ),
    (
        Sign::Appliance,
        "frigorifero, frigo, lavatrice, lavastoviglie, congelatore, forno, fornelli, \
        asciugatrice",
    ),
    (
        Sign::Identity,
        "parlo con, siete, è lei, ho chiamato il, è lo studio, è il, è la",
    ),
    (Sign::Not, "non, nessun, nessuna, no, senza, né"),
    (
        Sign::Yes,
        "sì, esatto, esattamente, certo, proprio così, giusto",
    ),
    (
        Sign::Filler,
        "pronto, sì, no, buongiorno, buonasera, salve, ciao, grazie, prego, arrivederci, ehm, \
        ah, oh, eh, beh, ecco, bene, ok, va, d accordo, signora, signore, signor, è, e, il, lo, la, i, gli, \
        le, un, una, uno, di, del, della, da, in, a, al, con, per, che, chi, cosa, come, non, mi, ci, si, \
        sono, sei, ha, ho, c, l, per favore, sente, sento, mi sente, qualcuno, aspetti, un attimo, scusi, \
        scusa, allora, ma, se, o, anche, qui, lì, questo, questa, molto, mille, silenzio, rumore, musica, \
        incomprensibile, momento, dica, dico, parlo, perfetto, davvero",
    ),
    (
        Sign::Leave,
        "richiamo, richiamerò, più tardi, robot, macchina, segreteria, persona vera, un umano, \
        intelligenza artificiale, lasci perdere, lasci stare, lascia stare, non ho tempo, no grazie, \
        riattacc*, devo andare, un altra volta, cade la linea, non sento, non si sente, sto guidando, \
        un computer, voce automatica, risponditore",
    ),
];
