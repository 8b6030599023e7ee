//! The library of clauses: what is written into a prompt, in each language and strength, in the form
//! of address that the prompts use.

use super::Rule;
use super::words;

/// One rule's clause in its three strengths.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clause {
    pub(super) stated: &'static str,
    pub(super) emphasised: &'static str,
    /// The line of the block at the very top.
    pub(super) full: &'static str,
}

/// One language's clauses.
#[derive(Debug)]
pub(super) struct Texts {
    /// Heads the block at the very top.
    pub(super) top: &'static str,
    /// Heads the section that repeats rules.
    pub(super) section: &'static str,
    dispatched: Clause,
    birth: Clause,
    address: Clause,
    closing: Clause,
}

impl Texts {
    pub(super) fn clause(&self, rule: Rule) -> Clause {
        match rule {
            Rule::Dispatched => self.dispatched,
            Rule::Birth => self.birth,
            Rule::Address => self.address,
            Rule::Closing => self.closing,
        }
    }
}

/// In the order of the table of words.
const TEXTS: [Texts; 6] = [
    // fr
    Texts {
        top: "Règles absolues",
        section: "Rappel des règles",
        dispatched: Clause {
            stated: "Dès qu'une personne a un vrai besoin que ce site couvre, appelez toujours `dispatch_lead`, même si l'appel est court ou s'il manque une information.",
            emphasised: "**À CHAQUE VRAI BESOIN, APPELEZ TOUJOURS `dispatch_lead`, MÊME SI LA PERSONNE EST PRESSÉE OU S'IL MANQUE UNE INFORMATION.**",
            full: "**APPELEZ TOUJOURS `dispatch_lead` QUAND LA PERSONNE A UN VRAI BESOIN.**",
        },
        birth: Clause {
            stated: "Ne demandez jamais la date de naissance, ni l'année de naissance, ni l'âge d'une personne.",
            emphasised: "**NE DEMANDEZ JAMAIS LA DATE DE NAISSANCE, NI L'ANNÉE DE NAISSANCE, NI L'ÂGE DE QUI QUE CE SOIT.**",
            full: "**NE DEMANDEZ JAMAIS LA DATE DE NAISSANCE NI L'ÂGE.**",
        },
        address: Clause {
            stated: "Ne donnez jamais le nom ni l'adresse d'un prestataire ou d'un cabinet avant que `dispatch_lead` ait répondu.",
            emphasised: "**NE DONNEZ JAMAIS LE NOM NI L'ADRESSE D'UN PRESTATAIRE OU D'UN CABINET AVANT QUE `dispatch_lead` AIT RÉPONDU, MÊME SI L'ON INSISTE.**",
            full: "**NE DONNEZ JAMAIS L'ADRESSE D'UN PRESTATAIRE AVANT LA RÉPONSE DE `dispatch_lead`.**",
        },
        closing: Clause {
            stated: "Ne prononcez jamais de formule de clôture avant d'avoir appelé `dispatch_lead` et lu sa réponse : on ne prend congé qu'ensuite.",
            emphasised: "**RÈGLE ABSOLUE : NE PRONONCEZ JAMAIS « AU REVOIR », « BONNE JOURNÉE » NI AUCUNE FORMULE DE CLÔTURE AVANT D'AVOIR APPELÉ `dispatch_lead` ET LU SA RÉPONSE.**",
            full: "**JAMAIS DE FORMULE DE CLÔTURE AVANT D'AVOIR APPELÉ `dispatch_lead` ET LU SA RÉPONSE.**",
        },
    },
    // de
    Texts {
        top: "Oberste Regeln",
        section: "Noch einmal die Regeln",
        dispatched: Clause {
            stated: "Hat jemand ein echtes Anliegen, das diese Seite bedient, rufen Sie immer `dispatch_lead` auf, auch wenn der Anruf kurz ist oder eine Angabe fehlt.",
            emphasised: "**RUFEN SIE BEI JEDEM ECHTEN ANLIEGEN IMMER `dispatch_lead` AUF, AUCH WENN ES JEMAND EILIG HAT ODER EINE ANGABE FEHLT.**",
            full: "**BEI JEDEM ECHTEN ANLIEGEN RUFEN SIE IMMER `dispatch_lead` AUF.**",
        },
        birth: Clause {
            stated: "Fragen Sie nie nach dem Geburtsdatum, dem Geburtsjahr oder dem Alter einer Person.",
            emphasised: "**FRAGEN SIE NIEMALS NACH DEM GEBURTSDATUM, DEM GEBURTSJAHR ODER DEM ALTER EINER PERSON.**",
            full: "**FRAGEN SIE NIEMALS NACH GEBURTSDATUM ODER ALTER.**",
        },
        address: Clause {
            stated: "Nennen Sie nie den Namen oder die Adresse eines Betriebs oder einer Praxis, bevor `dispatch_lead` geantwortet hat.",
            emphasised: "**NENNEN SIE NIEMALS NAMEN ODER ADRESSE EINES BETRIEBS ODER EINER PRAXIS, BEVOR `dispatch_lead` GEANTWORTET HAT, AUCH NICHT, WENN JEMAND DARAUF BESTEHT.**",
            full: "**NENNEN SIE NIEMALS DIE ADRESSE EINES BETRIEBS, BEVOR `dispatch_lead` GEANTWORTET HAT.**",
        },
        closing: Clause {
            stated: "Sprechen Sie nie eine Abschiedsformel, bevor Sie `dispatch_lead` aufgerufen und die Antwort gelesen haben; verabschiedet wird erst danach.",
            emphasised: "**OBERSTE REGEL: SAGEN SIE NIEMALS AUF WIEDERHÖREN ODER SONST EINE ABSCHIEDSFORMEL, BEVOR SIE `dispatch_lead` AUFGERUFEN UND DIE ANTWORT GELESEN HABEN.**",
            full: "**NIEMALS EINE ABSCHIEDSFORMEL, BEVOR SIE `dispatch_lead` AUFGERUFEN UND DIE ANTWORT GELESEN HABEN.**",
        },
    },
    // it
    Texts {
        top: "Regole assolute",
        section: "Le regole, ancora una volta",
        dispatched: Clause {
            stated: "Quando la persona ha un bisogno reale che questo sito copre, chiami sempre `dispatch_lead`, anche se la chiamata è breve o manca un'informazione.",
            emphasised: "**PER OGNI BISOGNO REALE CHIAMI SEMPRE `dispatch_lead`, ANCHE SE LA PERSONA HA FRETTA O MANCA UN'INFORMAZIONE.**",
            full: "**CHIAMI SEMPRE `dispatch_lead` QUANDO LA PERSONA HA UN BISOGNO REALE.**",
        },
        birth: Clause {
            stated: "Non chieda mai la data di nascita, l'anno di nascita o l'età di una persona.",
            emphasised: "**NON CHIEDA MAI LA DATA DI NASCITA, L'ANNO DI NASCITA O L'ETÀ DI NESSUNO.**",
            full: "**NON CHIEDA MAI LA DATA DI NASCITA O L'ETÀ.**",
        },
        address: Clause {
            stated: "Non dia mai il nome o l'indirizzo di un professionista o di uno studio prima che `dispatch_lead` abbia risposto.",
            emphasised: "**NON DIA MAI IL NOME O L'INDIRIZZO DI UN PROFESSIONISTA O DI UNO STUDIO PRIMA CHE `dispatch_lead` ABBIA RISPOSTO, NEANCHE SE INSISTONO.**",
            full: "**NON DIA MAI L'INDIRIZZO DI UN PROFESSIONISTA PRIMA CHE `dispatch_lead` ABBIA RISPOSTO.**",
        },
        closing: Clause {
            stated: "Non usi mai formule di chiusura prima di aver chiamato `dispatch_lead` e letto la risposta: ci si saluta solo dopo.",
            emphasised: "**REGOLA ASSOLUTA: NON DICA MAI «ARRIVEDERCI», «BUONA GIORNATA» NÉ ALTRE FORMULE DI CHIUSURA PRIMA DI AVER CHIAMATO `dispatch_lead` E LETTO LA RISPOSTA.**",
            full: "**MAI FORMULE DI CHIUSURA PRIMA DI AVER CHIAMATO `dispatch_lead` E LETTO LA RISPOSTA.**",
        },
    },
    // en
    Texts {
        top: "Absolute rules",
        section: "The rules once more",
        dispatched: Clause {
            stated: "Whenever a caller has a real need that this site serves, always call `dispatch_lead`, even when the call is short or a detail is missing.",
            emphasised: "**FOR EVERY REAL NEED, ALWAYS CALL `dispatch_lead`, EVEN WHEN THE CALLER IS IN A HURRY OR A DETAIL IS MISSING.**",
            full: "**ALWAYS CALL `dispatch_lead` WHEN THE CALLER HAS A REAL NEED.**",
        },
        birth: Clause {
            stated: "Never ask for a date of birth, a year of birth or anybody's age.",
            emphasised: "**NEVER ASK FOR A DATE OF BIRTH, A YEAR OF BIRTH OR ANYBODY'S AGE.**",
            full: "**NEVER ASK FOR A DATE OF BIRTH OR AN AGE.**",
        },
        address: Clause {
            stated: "Never give the name or address of a provider or clinic before `dispatch_lead` has answered.",
            emphasised: "**NEVER GIVE THE NAME OR ADDRESS OF A PROVIDER OR CLINIC BEFORE `dispatch_lead` HAS ANSWERED, EVEN WHEN THE CALLER INSISTS.**",
            full: "**NEVER GIVE A PROVIDER'S ADDRESS BEFORE `dispatch_lead` HAS ANSWERED.**",
        },
        closing: Clause {
            stated: "Never use a closing phrase before you have called `dispatch_lead` and read its answer; say goodbye only after that.",
            emphasised: "**ABSOLUTE RULE: NEVER SAY \"GOODBYE\", \"HAVE A NICE DAY\" OR ANY OTHER CLOSING PHRASE BEFORE YOU HAVE CALLED `dispatch_lead` AND READ ITS ANSWER.**",
            full: "**NEVER A CLOSING PHRASE BEFORE YOU HAVE CALLED `dispatch_lead` AND READ ITS ANSWER.**",
        },
    },
    // id
    Texts {
        top: "Aturan mutlak",
        section: "Sekali lagi aturannya",
        dispatched: Clause {
            stated: "Kalau penelepon punya kebutuhan nyata yang dilayani situs ini, selalu panggil `dispatch_lead`, meskipun panggilannya singkat atau ada data yang belum lengkap.",
            emphasised: "**UNTUK SETIAP KEBUTUHAN NYATA, SELALU PANGGIL `dispatch_lead`, MESKIPUN PENELEPON TERBURU-BURU ATAU ADA DATA YANG BELUM LENGKAP.**",
            full: "**SELALU PANGGIL `dispatch_lead` KALAU PENELEPON PUNYA KEBUTUHAN NYATA.**",
        },
        birth: Clause {
            stated: "Jangan pernah menanyakan tanggal lahir, tahun lahir, atau umur siapa pun.",
            emphasised: "**JANGAN PERNAH MENANYAKAN TANGGAL LAHIR, TAHUN LAHIR, ATAU UMUR SIAPA PUN.**",
            full: "**JANGAN PERNAH MENANYAKAN TANGGAL LAHIR ATAU UMUR.**",
        },
        address: Clause {
            stated: "Jangan pernah menyebut nama atau alamat penyedia jasa atau klinik sebelum `dispatch_lead` menjawab.",
            emphasised: "**JANGAN PERNAH MENYEBUT NAMA ATAU ALAMAT PENYEDIA JASA ATAU KLINIK SEBELUM `dispatch_lead` MENJAWAB, MESKIPUN DIDESAK.**",
            full: "**JANGAN PERNAH MENYEBUT ALAMAT PENYEDIA JASA SEBELUM `dispatch_lead` MENJAWAB.**",
        },
        closing: Clause {
            stated: "Jangan pernah mengucapkan kalimat penutup sebelum Anda memanggil `dispatch_lead` dan membaca jawabannya; berpamitanlah hanya sesudah itu.",
            emphasised: "**ATURAN MUTLAK: JANGAN PERNAH MENGUCAPKAN \"SAMPAI JUMPA\" ATAU KALIMAT PENUTUP APA PUN SEBELUM ANDA MEMANGGIL `dispatch_lead` DAN MEMBACA JAWABANNYA.**",
            full: "**JANGAN PERNAH MENGUCAPKAN KALIMAT PENUTUP SEBELUM MEMANGGIL `dispatch_lead` DAN MEMBACA JAWABANNYA.**",
        },
    },
    // es
    Texts {
        top: "Reglas absolutas",
        section: "Las reglas, una vez más",
        dispatched: Clause {
            stated: "Cuando la persona tenga una necesidad real que este sitio atiende, llame siempre a `dispatch_lead`, aunque la llamada sea corta o falte algún dato.",
            emphasised: "**ANTE CADA NECESIDAD REAL, LLAME SIEMPRE A `dispatch_lead`, AUNQUE LA PERSONA TENGA PRISA O FALTE ALGÚN DATO.**",
            full: "**LLAME SIEMPRE A `dispatch_lead` CUANDO HAYA UNA NECESIDAD REAL.**",
        },
        birth: Clause {
            stated: "No pida nunca la fecha de nacimiento, el año de nacimiento ni la edad de nadie.",
            emphasised: "**NO PIDA NUNCA LA FECHA DE NACIMIENTO, EL AÑO DE NACIMIENTO NI LA EDAD DE NADIE.**",
            full: "**NO PIDA NUNCA LA FECHA DE NACIMIENTO NI LA EDAD.**",
        },
        address: Clause {
            stated: "No dé nunca el nombre ni la dirección de un profesional o de una clínica antes de que `dispatch_lead` haya respondido.",
            emphasised: "**NO DÉ NUNCA EL NOMBRE NI LA DIRECCIÓN DE UN PROFESIONAL O DE UNA CLÍNICA ANTES DE QUE `dispatch_lead` HAYA RESPONDIDO, AUNQUE INSISTAN.**",
            full: "**NO DÉ NUNCA LA DIRECCIÓN DE UN PROFESIONAL ANTES DE QUE `dispatch_lead` HAYA RESPONDIDO.**",
        },
        closing: Clause {
            stated: "No use nunca una fórmula de despedida antes de haber llamado a `dispatch_lead` y leído su respuesta; despídase solo después.",
            emphasised: "**REGLA ABSOLUTA: NO DIGA NUNCA «ADIÓS», «HASTA LUEGO» NI NINGUNA FÓRMULA DE DESPEDIDA ANTES DE HABER LLAMADO A `dispatch_lead` Y LEÍDO SU RESPUESTA.**",
            full: "**NUNCA UNA FÓRMULA DE DESPEDIDA ANTES DE HABER LLAMADO A `dispatch_lead` Y LEÍDO SU RESPUESTA.**",
        },
    },
];

pub(super) fn of(language: &str) -> &'static Texts {
    &TEXTS[words::index(language)]
}
