//! The German words of births, ages and partings.

use super::super::birth::Notion;
use super::super::closing::Parting;
use super::Words;
use super::place::de as place;

pub(super) const WORDS: Words = Words {
    birth: BIRTH,
    closing: CLOSING,
    address: place::ADDRESS,
    numbers: place::NUMBERS,
};

const BIRTH: &[(Notion, &str)] = &[
    (
        Notion::Date,
        "geburtsdatum, geburtsdatums, geburtsdaten, geburtsjahr, geburtsjahrs, \
        geburtsjahres, geburtsmonat, datum .. geburt, jahr .. geburt, tag .. geburt, zeitpunkt .. geburt",
    ),
    (
        Notion::Day,
        "geburtstag, geburtstags, geburtstage, burzeltag, wiegenfest, \
        {feiern|feiert|begehen} sie, geburi",
    ),
    (
        Notion::Born,
        "geboren, zur welt .. {gekommen|kam|kamen|kommen}, zur welt, {auf die|zur} welt gekommen, \
        licht der welt, auf die welt, gebürtig, geborn",
    ),
    (
        Notion::BornOn,
        "geboren am, geboren im jahr, geboren wurden sie am, geboren im",
    ),
    (
        Notion::Age,
        "{sein|das|das genaue|welches|welchem|in welchem|dem|vom|beim|nach dem|und|noch|auch|name|\
        deren|dessen} alter, alters, alter {des|der|vom|von|bitte}, altersgruppe, altersklasse, \
        altersstufe, lebensalter, altersangabe, jahrgang, jahrgangs",
    ),
    (
        Notion::AgeYou,
        "{ihr|ihrem|ihres|ihren|dein|ihr genaues} alter, alter {des|der|ihres|ihrer|vom} {patienten|patientin|\
        kindes|sohnes|tochter|person|schülers|jungen|mädchens|kleinen|babys|spielers}",
    ),
    (
        Notion::HowOld,
        "wie alt, wie viele lenze, wie viele kerzen, {wie viele|wieviele} .. \
        {jährchen|lenze|sommer|winter|buckel|kerzen}, auf dem buckel, \
        wie viele {jahre|lenze} {sind|zählen|zählt}",
    ),
    (
        Notion::HowOldYou,
        "wie alt {sind|wären|werden} sie, wie alt sie sind, wie alt {bist|wirst} du, \
        sie sind wie alt, wie alt {ist|sind} {der patient|die patientin|ihr kind|das kind|ihre kinder|\
        die kinder|ihr sohn|ihre tochter|der junge|das mädchen|die person|der kleine|die kleine|\
        ihr mann|ihre frau|ihre mutter|ihr vater}, \
        {welcher|welchen|welches|welchem} jahrgang {sind|haben|bist|ist} {sie|du|er|ihr}, \
        sie sind .. jahrgang, {sind|bist} {sie|du} jahrgang, aus welchem jahr {sind|stammen} sie, \
        wie viele jahre alt {sind|bist|ist} {sie|du|er}, wie viele jahre zählen sie, wie viele lenze",
    ),
    (
        Notion::HowOldIt,
        "wie alt ist {er|es|der|die|das} , wie alt ist denn {er|es|sie}, \
        aus welchem jahr {ist|sind|stammt}, welches baujahr",
    ),
    (
        Notion::OfAge,
        "{sind|bist|ist} {sie|du|er|der patient|die patientin} {|schon |bereits |denn }\
        {volljährig|minderjährig|18|achtzehn}, {sie|er} {sind|ist} {|schon |bereits |doch }\
        {volljährig|minderjährig}, {über|unter|älter als|jünger als} {18|achtzehn}, volljährig",
    ),
    (
        Notion::Years,
        "{sind|ist|bist} {sie|du|er} {über|unter|älter als|jünger als}, {sind|ist|bist} .. jahre alt, {sind|ist} .. jahre, jahre alt",
    ),
    (
        Notion::When,
        "wann, jahr, jahre, jahres, tag, tage, monat, datum, jahrgang, welchem jahr, \
        jahrzehnt",
    ),
    (
        Notion::Asking,
        "wann, wie, welches, welcher, welchem, welchen, welche, was ist, wie lautet, \
        wie viele",
    ),
    (
        Notion::Request,
        "{können|könnten|würden|wollen|mögen|dürfte|darf|dürfen|kann|könnte} {sie|ich|wir|\
        mir}, nennen, nenne, sagen sie, sag mir, geben sie, gib mir, verraten, brauche, bräuchte, \
        brauchen, bräuchten, benötige, benötigen, benötigt, bitte, fehlt, fehlen, wissen, angeben, \
        angabe, mitteilen, teilen sie, hätte gern, hätte gerne, haben wir, durchgeben, \
        buchstabieren, notieren, notiere, erfahren, erst, noch, zuerst, zunächst, fragen, wäre, \
        sagen mir, sagen, geben",
    ),
    (
        Notion::Whose,
        "ihr, ihren, ihrem, ihre, ihres, dein, deinen, sein, seinen, haben sie, \
        sind sie, des kindes, hat ihr, hat er, hat sie",
    ),
    (
        Notion::Not,
        "nicht, kein, keine, keinen, keinem, keiner, keines, nie, niemals, nichts, weder, \
        nimmer, \
        niemand",
    ),
    (
        Notion::Needing,
        "brauch*, bräucht*, benötig*, nötig*, frag*, erfrag*, notwendig*, \
        erforderlich*, muss, müssen, müssten, soll, sollen, darf, dürfen, wissen, relevant*, \
        wichtig*, verlang*, abfrag*, interessier*, rolle, zweck, erheb*, aufnehm*, speicher*, \
        angeb*, wollen, will, möcht*, sache, thema, zählt, nachfrag*, verrat*, sagen",
    ),
    (
        Notion::Refusal,
        "unnötig*, irrelevant, unwichtig, spielt keine, egal, überflüssig, \
        {kein|keine|keinen|ihr|das} {geburtsdatum|alter|geburtsjahr|geburtstag|jahrgang} {nötig|nicht|\
        erforderlich}, brauche ich nicht, brauchen wir nicht, kein geburtsdatum, keine altersangabe, \
        kein geburtsjahr, kein alter, keinen geburtstag, keinen jahrgang, behalten sie, \
        verzichten, lassen wir weg, erübrigt, freiwillig, tut nichts zur sache, entfällt, \
        nicht nach {ihrem|dem|ihrer}, weder, muss ich nicht, {müssen sie|musst du} {mir |uns |}nicht",
    ),
    (
        Notion::Unable,
        "{kann|können|könnte|darf|geht|klappt|komme|kommen} .. nicht, unmöglich, leider nicht",
    ),
    (Notion::Without, "ohne"),
    (
        Notion::Only,
        "nicht nur, nur noch, nicht vergessen, kein problem, fehlt nur, fehlt nichts, \
        nichts als, keine sorge, macht nichts",
    ),
    (
        Notion::Noted,
        "notiert, danke, dank, vermerkt, habe ich, haben wir, aufgeschrieben, erhalten, \
        bekommen, haben sie mir, haben sie ja, haben sie schon, eingetragen, genannt, gesagt",
    ),
    (
        Notion::Elsewhere,
        "vor ort, klärt, klären sie, nimmt .. auf, in der praxis, sagen sie dann, besprechen sie, der praxis, beim zahnarzt",
    ),
    (
        Notion::Later,
        "wird sie .. fragen, werden sie .. fragen, fragt sie, fragt dann, fragt ihnen, wird nach, \
        fragt nach, wird man, erfragt, \
        {fragt|fragen} {dann|später|vielleicht}",
    ),
    (
        Notion::Party,
        "geburtstagsgeschenk, geschenk, geburtstagsfeier, geburtstagsparty, überraschung, \
        schenken, gutschein, zum geburtstag, alles gute, feier, herzlichen, baujahr",
    ),
    (
        Notion::AnyAge,
        "jedes alter, jeden alters, jedem alter, alle altersgruppen, allen altersgruppen, \
        alle altersstufen, allen altersstufen, alle altersklassen, ein gewisses alter, \
        in die jahre, egal wie alt, alter egal",
    ),
    (
        Notion::Person,
        "kind, kinder, kindes, kindern, sohn, sohnes, tochter, baby, junge, mädchen, \
        patient, patientin, patienten, person, personen, mann, frau, ehefrau, ehemann, mutter, vater, \
        oma, opa, schüler*, kleine, kleiner, kleinen, erwachsene*, jugendliche*, teilnehmer*, herr, \
        spieler*, anfänger*, kundin, kunde, mieter*, enkel*, bub",
    ),
    (
        Notion::Thing,
        "heizung*, boiler*, kessel*, heizkessel*, therme*, anlage*, rohr, rohre, rohren, \
        leitung*, wasserhahn*, hahn, armatur*, toilette*, wc, spülkasten*, waschbecken, spüle, \
        badewanne*, dusche*, haus, hauses, gebäude*, wohnung*, gerät*, pumpe*, tür, türe, türen, \
        schloss, schlosses, schlösser, zylinder*, schließzylinder*, schlüssel*, klima*, krone, \
        kronen, füllung*, implantat*, prothese*, brücke*, zahn, zähne, zahns, plombe*, \
        schläger*, maschine*, waschmaschine*, spülmaschine*, speicher*, system*, modell*, \
        siphon*, dichtung*, ventil*, kompressor*, altbau, villa, auto, wagen, problem, schaden, \
        vertrag, zahnbürste*, installation, küche, altert*, fenster, briefkasten, hund, hundes, \
        hunde, katze*, tier, tiere, \
        badezimmer*, das bad",
    ),
];

const CLOSING: &[(Parting, &str)] = &[
    (
        Parting::Bye,
        "auf wiederhören, wiederhören, auf wiedersehen, wiedersehen, auf wiederschauen, \
        wiederschauen, tschüss, tschüs, tschüssi, tschau, tschüssle, pfiat*, pfüat*, ade, baba, \
        uf widerluege, widerluege, uf widerlose, widerlose, uf wiederluege, uf wiederlose, lebewohl, \
        leben sie wohl, machen sie es gut, machen sie s gut, mach s gut, machet s guet, bis bald, \
        bye bye, tschö, tschökes, bhüeti*, machs guet, bis demnächst, bis zum nächsten mal, man hört sich, wir hören uns, adieu, adé, \
        verabschiede ich mich, verabschiede mich, verabschieden wir uns",
    ),
    (
        Parting::Wish,
        "{schönen|schöne|schönes|guten|angenehmen|angenehme|wunderschönen|erholsamen|\
        ruhigen|ruhige|gute|tollen|angenehmes|erfolgreichen} {tag noch|abend noch|resttag|feierabend|\
        nachmittag noch|vormittag noch|wochenende|sonntag|samstag|start}, \
        {schönen|angenehmen|wunderschönen|ruhigen|erholsamen|tollen|erfolgreichen|entspannten} \
        {tag|abend|nachmittag|vormittag|morgen|rest}, {noch|ihnen|ihnen noch} einen {guten|schönen|angenehmen|\
        tollen} .. {tag|abend|nachmittag|vormittag}, {wünsche|wünschen} .. {guten|schönen|angenehmen} \
        .. {tag|abend|nachmittag|vormittag}, {schöne|frohe} {woche|feiertage|ferien|ostern|\
        weihnachten|zeit}, gute nacht, einen {schönen|guten} {tag|abend} {ihnen|wünsche}, \
        alles gute {|für sie |ihnen }, alles liebe, kommen sie gut {nach hause|heim|durch}, \
        passen sie auf sich auf, schöns {tägli|tägeli|abig|wuchenend}, en schöne {tag|abig}",
    ),
    (
        Parting::Bare,
        "bis dann, bis gleich, bis später, bis morgen, bis nachher, bis heute abend, \
        bis {montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag}, bis nächste woche, \
        ihnen auch, gleichfalls, ebenfalls, ebenso, bis denn, bis die tage, schönen gruss, \
        freundliche grüsse, alles gute",
    ),
    (
        Parting::Soft,
        "servus, ciao, tschau, salü, salut, grüss gott, habe die ehre, gruss, guten abend, guten tag noch",
    ),
    (
        Parting::Thanks,
        "{danke|dank} {ihnen |dir |}für {ihren|den|ihr|dein|ihre} {|freundlichen |netten }\
        {anruf|vertrauen}, dass sie angerufen haben, {danke|dank} fürs anrufen, danke fürs telefonat, \
        {danke|dank} für das {gespräch|telefonat}, {danke|dank} fürs gespräch",
    ),
    (
        Parting::Comfort,
        "gute besserung, schnelle genesung, viel erfolg, halten sie durch, \
        viel glück, kopf hoch",
    ),
    (
        Parting::Greeting,
        "{schönen|wunderschönen} guten {tag|abend|morgen|nachmittag}, \
        alles gute zum geburtstag, schönen {tag|abend} {wünsche|wünscht} {hier|wer}",
    ),
    (
        Parting::Filler,
        "also, dann, gut, sehr, danke, schön, vielen, dank, ok, okay, in ordnung, \
        frau, herr, und, alles klar, ja, prima, super, wunderbar, perfekt, na, tja, so, bestens, \
        noch, einen, wünsche, ich, ihnen, besten, merci, vielmal, wünschen, wir, sage, das wars, \
        das war s, damit",
    ),
    (Parting::Before, "bevor, vor, ehe, erst wenn, sobald"),
    (
        Parting::Not,
        "nicht, kein, keine, keinen, nie, noch nicht, ohne",
    ),
    (
        Parting::Say,
        "sag*, auflegen, verabschied*, wünsch*, ausgesprochen",
    ),
    (
        Parting::Hope,
        "hoffe, hoffentlich, hatten sie, haben sie .. gehabt",
    ),
];
