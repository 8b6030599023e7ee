//! The Italian words of births, ages and partings.

use super::super::birth::Notion;
use super::super::closing::Parting;
use super::Words;
use super::place::it as place;

pub(super) const WORDS: Words = Words {
    birth: BIRTH,
    closing: CLOSING,
    address: place::ADDRESS,
    numbers: place::NUMBERS,
};

const BIRTH: &[(Notion, &str)] = &[
    (
        Notion::Date,
        "nascita, {data|anno|giorno|mese|luogo} di nascita, dati anagrafici, \
        anno in cui è {nato|nata}",
    ),
    (
        Notion::Day,
        "compleanno, compleanni, genetliaco, compie .. anni, compiuto .. anni, compirà .. anni, \
        fa gli anni, spegne .. candeline",
    ),
    (
        Notion::Born,
        "nato, nata, nati, nate, {venuto|venuta|venire} al mondo, {vide|visto} la luce, \
        è nascit*, nacque",
    ),
    (
        Notion::BornOn,
        "{nato|nata} il, {nato|nata} nel, {nato|nata} in data",
    ),
    (
        Notion::Age,
        "{loro|la|quale|che|di|quanta|cui|propria} età, l età, \
        età {del|della|dell|di|ha|precisa|esatta|sua|anagrafica|per favore}, fascia d età, fascia di età, \
        fasce d età, d età",
    ),
    (
        Notion::AgeYou,
        "{sua|tua} età, età {del|della|di} {paziente|bambino|bambina|figlio|figlia|persona|suo figlio|\
        sua figlia|bimbo|bimba|allievo|allieva|ragazzo|ragazza}",
    ),
    (
        Notion::HowOld,
        "quanti anni, che età, quale età, quanti annetti, quante primavere, \
        quante candeline, quanto è vecchi*, quanti ne ha, quanti .. {anta|annetti}, {quante|quanti} .. {primavere|candeline|autunni}, di che annata",
    ),
    (
        Notion::HowOldYou,
        "quanti anni {ha|avrà} {lei|il paziente|la paziente|il bambino|la bambina|\
        suo figlio|sua figlia|il figlio|la figlia|il bimbo|la bimba|il ragazzo|la ragazza|la signora|\
        il signore}, lei quanti anni, quanti anni hai, quanti anni hanno {i bambini|i ragazzi|i figli|\
        i suoi figli}, {lei |}di che {anno|classe} è {lei|nato|nata}, lei di che {anno|classe}, \
        di {che|quale} {anno|classe|annata} {sei|siete}, lei è {del|di che|di quale} {anno|classe}, lei è del, di che classe è, \
        che età ha {lei|il bambino|la bambina|il paziente|la paziente|suo figlio|sua figlia}, \
        quanti anni ha compiuto, in che anno è {nato|nata}",
    ),
    (
        Notion::HowOldIt,
        "quanti anni ha {lui|esso}, \
        di che {anno|annata|classe} è, di quale {anno|annata|classe} è",
    ),
    (
        Notion::OfAge,
        "{è|sei} {|già |lei }{maggiorenne|minorenne}, {più|meno} di {18|diciotto} anni",
    ),
    (
        Notion::Years,
        "{lei ha|ha lei|ha} .. anni, ha {più|meno} di .. anni, {suo figlio|sua figlia} ha .. anni",
    ),
    (
        Notion::When,
        "quando, anno, annata, giorno, mese, data, che anno, secolo, decennio",
    ),
    (
        Notion::Asking,
        "quando, qual, quale, quanti, quante, quanto, in che, che anno, che giorno, che età, \
        di che",
    ),
    (
        Notion::Request,
        "{può|potrebbe|posso|potrei|possiamo|puoi|vuole} {|anche |per favore |gentilmente |\
        cortesemente }{dirmi|darmi|dire|dare|indicarmi|indicare|fornirmi|fornire|comunicarmi|ripetermi|\
        confermarmi|confermare|sapere|chiederle|chiedere|avere|lasciarmi}, mi {dica|dà|dia|dice|serve|\
        servirebbe|servono|occorre|occorrerebbe|manca|mancano|indica|indichi|fornisca|lasci|comunichi|\
        conferma|confermi|ricorda|ripete|ripeta|può|potrebbe|ci vuole|faccia}, dica, dirmi, darmi, \
        ho bisogno, avrei bisogno, abbiamo bisogno, bisogno, serve, servirebbe, occorre, per favore, \
        per cortesia, vorrei, vorremmo, le chiedo, chiederle, manca, dovrebbe, devo, dobbiamo, \
        ci vuole, prima, ancora, poi, registrare, annotare, segno, scrivo, sapere",
    ),
    (
        Notion::Whose,
        "suo, sua, il suo, la sua, tuo, tua, quando è, del bambino, del paziente, di lei",
    ),
    (
        Notion::Not,
        "non, nessun, nessuna, nessuno, niente, nulla, né, mai, neppure, nemmeno, neanche, mica, \
        nessuno",
    ),
    (
        Notion::Needing,
        "bisogno, serv*, occorr*, necess*, chied*, domand*, richiest*, richied*, import*, \
        dev*, dobbiamo, debb*, posso, possiamo, vogl*, interess*, obblig*, tenut*, utile, utili, \
        rilevan*, raccogl*, registr*, fondamental*, essenzial*, dirmi, darmi, c entra, conta, \
        riguarda, pertinent*, indispensabil*",
    ),
    (
        Notion::Refusal,
        "non {deve|devi|dovete} {dirmi|darmi|dire|dare|comunicar*}, inutile, inutili, non importa, poco importa, irrilevant*, superflu*, non occorre, non \
        serve, non mi serve, non ci serve, nessuna data, nessuna età, ne faccio a meno, facciamo \
        a meno, la tenga per sé, facoltativ*, lasciamo stare, lasci stare, lasci perdere, non c \
        è bisogno, non è necessari*, né la, né l, non mi dica, non me la dica, vietato",
    ),
    (
        Notion::Unable,
        "non {posso|possiamo|si può|è possibile|riesco|riusciamo}, impossibile",
    ),
    (Notion::Without, "senza, a parte"),
    (
        Notion::Only,
        "non solo, non mi serve altro che, non manca che, non dimentichi, dimenticare, \
        dimentichiamo, nessun problema, non c è problema, non mi resta che, non solamente, \
        non si preoccupi",
    ),
    (
        Notion::Noted,
        "annotat*, segnat*, grazie, ricevut*, registrat*, mi ha {dato|detto|indicato}, \
        ho preso nota, preso nota, già detto, già dato, perfetto",
    ),
    (
        Notion::Elsewhere,
        "la clinica le, in studio, sul posto, lo dirà, la dirà, direttamente al, direttamente allo, direttamente alla, ne parlerà",
    ),
    (
        Notion::Later,
        "le chiederà, le chiederanno, chiederà, chiederanno, gliela chiederà, gliela chiederanno, \
        le verrà chiest*, le sarà chiest*",
    ),
    (
        Notion::Party,
        "regalo, regalare, festa, sorpresa, per un compleanno, buon compleanno, auguri, \
        garanzia",
    ),
    (
        Notion::AnyAge,
        "tutte le età, ogni età, qualsiasi età, qualunque età, di tutte le età, \
        una certa età, terza età, non importa .. età, a partire da, \
        da quanti anni, per quanti anni, quanti anni fa, quanti anni di, tra quanti anni, fra quanti anni, da quanto",
    ),
    (
        Notion::Person,
        "bambin*, bimb*, figli*, ragazz*, paziente, pazienti, persona, persone, marito, \
        moglie, mamma, papà, madre, padre, nonn*, allievo, allieva, allievi, adult*, giocator*, \
        principiant*, signora, signore, lei, lui, cliente, inquilin*, neonat*, piccol*",
    ),
    (
        Notion::Thing,
        "caldaia, caldaie, boiler*, scaldabagn*, scaldacqua, impianto, impianti, \
        impiantistica, tubo, tubi, tubatur*, rubinett*, gabinetto, water, wc, lavandin*, lavello, vasca, \
        doccia, edificio, palazzo, casa, appartamento, apparecchi*, pompa, termosifon*, calorifer*, \
        porta, porte, serratur*, cilindro, chiave, chiavi, condizionator*, climatizzator*, corona, \
        otturazion*, impianto dentale, protesi, ponte, dente, denti, faccett*, racchett*, macchina, \
        lavatrice, lavastoviglie, cisterna, sistema, modello, sifone, guarnizion*, valvol*, \
        compressore, villa, auto, spazzolino, problema, perdita, danno, contratto, bagno, cucina, \
        sciacquone, miscelatore, tetto, attività, esperienza, \
        cane, cani, gatto, gatti, gatta, animale",
    ),
];

const CLOSING: &[(Parting, &str)] = &[
    (
        Parting::Bye,
        "arrivederci, arrivederla, a rivederci, addio, alla prossima, a presto, a prestissimo, \
        {la|ti|vi} saluto, {la|ti} salutiamo, ci salutiamo, ci aggiorniamo presto, \
        ci {vediamo|sentiamo} presto, stia bene, si stia bene, bye bye, tante belle cose, tante care cose, \
        buone cose, mi congedo, ci risentiamo presto, ci si vede, stammi bene",
    ),
    (
        Parting::Wish,
        "{buona|bella|splendida|ottima|felice|serena|piacevole|buonissima} {giornata|serata|\
        notte|continuazione|settimana|domenica|mattinata|vacanza|festa}, buon lavoro, {buon|ottimo|piacevole|\
        felice} {pomeriggio|weekend|week end|fine settimana|proseguimento|riposo|rientro|sabato|\
        resto}, buone {feste|vacanze}, {buon|buono} {|fine }settimana, passi una .. {giornata|serata}, \
        {giornata|serata} a lei, abbia cura di sé, si riguardi",
    ),
    (
        Parting::Bare,
        "a domani, a dopo, a più tardi, a stasera, a {lunedì|martedì|mercoledì|giovedì|\
        venerdì|sabato|domenica}, ci sentiamo, ci vediamo, ci sentiamo dopo, a tra poco, altrettanto, \
        anche a lei, cordiali saluti, saluti, un saluto, distinti saluti, tanti saluti, di nuovo",
    ),
    (Parting::Soft, "ciao, salve, buonasera, cia"),
    (
        Parting::Thanks,
        "grazie {per|di|della|per la|per la sua} {aver|averci|avermi|avere|la|sua|chiamata|\
        telefonata|fiducia} .. {chiamato|contattato|chiamata|telefonata|fiducia}, \
        grazie {della|per la} {|sua }{chiamata|telefonata|fiducia}, grazie {per|di} {aver|averci} \
        {chiamato|contattato|telefonato}, la ringrazio {della|per la} {|sua }{chiamata|telefonata}, \
        la ringrazio {di|per} {aver|averci} {chiamato|contattato}",
    ),
    (
        Parting::Comfort,
        "buona guarigione, si rimetta presto, pronta guarigione, tanti auguri, in bocca al lupo",
    ),
    (Parting::Greeting, "salve come, buonasera come"),
    (
        Parting::Filler,
        "allora, bene, grazie, molto, mille, perfetto, d accordo, ok, va, signora, signor, \
        signore, signorina, sì, e, dunque, quindi, certo, va bene, le auguro, auguro, una, un, ottimo, \
        e, ancora, tutto, questo è tutto, a lei, tante",
    ),
    (Parting::Before, "prima, prima di, prima che, finché"),
    (Parting::Not, "non, mai, nessun, senza, né"),
    (
        Parting::Say,
        "dire, dica, dico, diciamo, salut*, riattacc*, pronunc*, congedar*, chiud*",
    ),
    (
        Parting::Hope,
        "spero stia, spero che stia, stia passando, sta passando, ha passato, spero abbia",
    ),
];
