//! What the scripted caller and the scripted agent say, in fr, de, it, en, id and es.

/// A language of the script. The order is that of the texts beside each trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lang {
    Fr,
    De,
    It,
    En,
    Id,
    Es,
}

impl Lang {
    /// From a BCP 47 tag; English where the script has no such language.
    pub(crate) fn of(tag: &str) -> Self {
        match tag
            .split(['-', '_'])
            .next()
            .unwrap_or_default()
            .to_lowercase()
            .as_str()
        {
            "fr" => Self::Fr,
            "de" | "gsw" => Self::De,
            "it" => Self::It,
            "id" => Self::Id,
            "es" => Self::Es,
            _ => Self::En,
        }
    }

    pub(crate) fn tag(self) -> &'static str {
        ["fr", "de", "it", "en", "id", "es"][self as usize]
    }
}

pub(crate) struct Lines {
    pub(crate) name: &'static str,
    /// `{}` is the need.
    pub(crate) opening: &'static str,
    pub(crate) ask_details: &'static str,
    /// `{}` is the name.
    pub(crate) my_name: &'static str,
    /// `{}` is the place.
    pub(crate) my_location: &'static str,
    pub(crate) ask_phone: &'static str,
    pub(crate) this_phone: &'static str,
    /// `{}` is the number.
    pub(crate) my_phone: &'static str,
    pub(crate) ask_birth: &'static str,
    pub(crate) my_birth: &'static str,
    pub(crate) leaked_address: &'static str,
    pub(crate) one_moment: &'static str,
    pub(crate) apology: &'static str,
    pub(crate) noted: &'static str,
    pub(crate) goodbye: &'static str,
    pub(crate) promise_and_goodbye: &'static str,
    /// `{}` is the site's trade.
    pub(crate) refusal: &'static str,
    /// `{}` is the second need.
    pub(crate) another: &'static str,
    pub(crate) thanks: &'static str,
    pub(crate) hello: &'static str,
    pub(crate) how_can_i_help: &'static str,
    pub(crate) off_topic: &'static str,
    pub(crate) off_topic_wish: &'static str,
    /// `{}` are name, need, place.
    pub(crate) voicemail: [&'static str; 4],
}

pub(crate) fn lines(lang: Lang) -> &'static Lines {
    [&FR, &DE, &IT, &EN, &ID, &ES][lang as usize]
}

/// Puts a value into a line.
pub(crate) fn with(line: &str, value: &str) -> String {
    line.replace("{}", value)
}

static FR: Lines = Lines {
    name: "Camille Rochat",
    opening: "Bonjour, j'ai {}. Pouvez-vous m'aider ?",
    ask_details: "Je comprends. Quel est votre nom, et où faut-il venir ?",
    my_name: "Je m'appelle {}.",
    my_location: "C'est à {}.",
    ask_phone: "À quel numéro peut-on vous joindre ?",
    this_phone: "Au numéro avec lequel je vous appelle.",
    my_phone: "Au {}.",
    ask_birth: "Quelle est votre date de naissance ?",
    my_birth: "Le 12 mars 1988.",
    leaked_address: "Le cabinet se trouve à la rue du Rhône 12.",
    one_moment: "Un instant, je transmets votre demande.",
    apology: "Je suis désolé, je n'arrive pas à transmettre votre demande. Je réessaie.",
    noted: "C'est noté, votre demande est transmise.",
    goodbye: "Merci de votre appel, au revoir.",
    promise_and_goodbye: "C'est noté, quelqu'un va vous rappeler. Merci et au revoir.",
    refusal: "Je suis désolé, nous nous occupons ici uniquement de : {}. Je ne peux pas vous aider pour autre chose.",
    another: "J'ai encore un autre besoin : {}.",
    thanks: "Merci beaucoup, au revoir.",
    hello: "Allô ?",
    how_can_i_help: "Bonjour, comment puis-je vous aider ?",
    off_topic: "Bonjour, je voudrais commander une pizza pour ce soir.",
    off_topic_wish: "commander une pizza",
    voicemail: ["Bonjour, ici ", ". J'ai ", " à ", ". Merci de me rappeler."],
};

static DE: Lines = Lines {
    name: "Jonas Keller",
    opening: "Guten Tag, ich habe {}. Können Sie mir helfen?",
    ask_details: "Ich verstehe. Wie heissen Sie, und wo ist es?",
    my_name: "Ich heisse {}.",
    my_location: "Das ist in {}.",
    ask_phone: "Unter welcher Nummer erreichen wir Sie?",
    this_phone: "Unter der Nummer, mit der ich anrufe.",
    my_phone: "Unter {}.",
    ask_birth: "Wie ist Ihr Geburtsdatum?",
    my_birth: "Der 12. März 1988.",
    leaked_address: "Die Praxis liegt an der Bahnhofstrasse 12.",
    one_moment: "Einen Moment, ich gebe Ihr Anliegen weiter.",
    apology: "Es tut mir leid, ich kann Ihr Anliegen gerade nicht weitergeben. Ich versuche es noch einmal.",
    noted: "Das ist notiert und weitergegeben.",
    goodbye: "Danke für Ihren Anruf, auf Wiederhören.",
    promise_and_goodbye: "Das ist notiert, jemand ruft Sie zurück. Danke und auf Wiederhören.",
    refusal: "Es tut mir leid, wir kümmern uns hier nur um: {}. Bei anderem kann ich nicht helfen.",
    another: "Ich habe noch ein anderes Anliegen: {}.",
    thanks: "Vielen Dank, auf Wiederhören.",
    hello: "Hallo?",
    how_can_i_help: "Guten Tag, wie kann ich Ihnen helfen?",
    off_topic: "Guten Tag, ich möchte für heute Abend eine Pizza bestellen.",
    off_topic_wish: "eine Pizza bestellen",
    voicemail: [
        "Guten Tag, hier ",
        ". Ich habe ",
        " in ",
        ". Bitte rufen Sie mich zurück.",
    ],
};

static IT: Lines = Lines {
    name: "Giulia Bianchi",
    opening: "Buongiorno, ho {}. Può aiutarmi?",
    ask_details: "Capisco. Come si chiama, e dove si trova?",
    my_name: "Mi chiamo {}.",
    my_location: "È a {}.",
    ask_phone: "A quale numero possiamo richiamarla?",
    this_phone: "Al numero da cui chiamo.",
    my_phone: "Al {}.",
    ask_birth: "Qual è la sua data di nascita?",
    my_birth: "Il 12 marzo 1988.",
    leaked_address: "Lo studio si trova in via Nassa 12.",
    one_moment: "Un momento, trasmetto la sua richiesta.",
    apology: "Mi dispiace, non riesco a trasmettere la richiesta. Riprovo.",
    noted: "Ho preso nota, la richiesta è trasmessa.",
    goodbye: "Grazie della chiamata, arrivederci.",
    promise_and_goodbye: "Ho preso nota, la richiameranno. Grazie e arrivederci.",
    refusal: "Mi dispiace, qui ci occupiamo solo di: {}. Per altro non posso aiutarla.",
    another: "Ho anche un altro bisogno: {}.",
    thanks: "Grazie mille, arrivederci.",
    hello: "Pronto?",
    how_can_i_help: "Buongiorno, come posso aiutarla?",
    off_topic: "Buongiorno, vorrei ordinare una pizza per stasera.",
    off_topic_wish: "ordinare una pizza",
    voicemail: [
        "Buongiorno, sono ",
        ". Ho ",
        " a ",
        ". Mi richiami per favore.",
    ],
};

static EN: Lines = Lines {
    name: "Emma Clarke",
    opening: "Hello, I have {}. Can you help me?",
    ask_details: "I see. What is your name, and where are you?",
    my_name: "My name is {}.",
    my_location: "It is in {}.",
    ask_phone: "Which number can we call you on?",
    this_phone: "The number I am calling from.",
    my_phone: "On {}.",
    ask_birth: "What is your date of birth?",
    my_birth: "The twelfth of March 1988.",
    leaked_address: "The clinic is at 12 High Street.",
    one_moment: "One moment, I am passing this on.",
    apology: "I am sorry, I could not pass this on. Let me try again.",
    noted: "That is noted and passed on.",
    goodbye: "Thank you for calling, goodbye.",
    promise_and_goodbye: "That is noted, somebody will call you back. Thank you and goodbye.",
    refusal: "I am sorry, here we only take care of: {}. I cannot help with anything else.",
    another: "I have another need as well: {}.",
    thanks: "Thank you very much, bye.",
    hello: "Hello?",
    how_can_i_help: "Hello, how can I help you?",
    off_topic: "Hello, I would like to order a pizza for tonight.",
    off_topic_wish: "ordering a pizza",
    voicemail: [
        "Hello, this is ",
        ". I have ",
        " in ",
        ". Please call me back.",
    ],
};

static ID: Lines = Lines {
    name: "Made Wirawan",
    opening: "Halo, saya ada {}. Bisa bantu saya?",
    ask_details: "Baik. Siapa nama Anda, dan di mana lokasinya?",
    my_name: "Nama saya {}.",
    my_location: "Di {}.",
    ask_phone: "Di nomor berapa kami bisa menghubungi Anda?",
    this_phone: "Di nomor yang saya pakai menelepon ini.",
    my_phone: "Di {}.",
    ask_birth: "Kapan tanggal lahir Anda?",
    my_birth: "12 Maret 1988.",
    leaked_address: "Kliniknya di Jalan Raya 12.",
    one_moment: "Sebentar, saya teruskan permintaan Anda.",
    apology: "Maaf, permintaan Anda belum bisa diteruskan. Saya coba lagi.",
    noted: "Sudah dicatat dan diteruskan.",
    goodbye: "Terima kasih sudah menelepon, sampai jumpa.",
    promise_and_goodbye: "Sudah dicatat, nanti Anda dihubungi. Terima kasih dan sampai jumpa.",
    refusal: "Maaf, di sini kami hanya melayani: {}. Untuk hal lain saya tidak bisa membantu.",
    another: "Saya juga perlu hal lain: {}.",
    thanks: "Terima kasih banyak, sampai jumpa.",
    hello: "Halo?",
    how_can_i_help: "Halo, ada yang bisa saya bantu?",
    off_topic: "Halo, saya mau pesan pizza untuk nanti malam.",
    off_topic_wish: "pesan pizza",
    voicemail: [
        "Halo, saya ",
        ". Saya ada ",
        " di ",
        ". Tolong hubungi saya kembali.",
    ],
};

static ES: Lines = Lines {
    name: "Lucía Moreno",
    opening: "Buenos días, tengo {}. ¿Me puede ayudar?",
    ask_details: "Entiendo. ¿Cómo se llama y dónde está?",
    my_name: "Me llamo {}.",
    my_location: "Es en {}.",
    ask_phone: "¿A qué número le podemos llamar?",
    this_phone: "Al número desde el que llamo.",
    my_phone: "Al {}.",
    ask_birth: "¿Cuál es su fecha de nacimiento?",
    my_birth: "El 12 de marzo de 1988.",
    leaked_address: "La clínica está en la calle Mayor 12.",
    one_moment: "Un momento, paso su solicitud.",
    apology: "Lo siento, no he podido pasar la solicitud. Lo intento de nuevo.",
    noted: "Queda anotado y transmitido.",
    goodbye: "Gracias por su llamada, adiós.",
    promise_and_goodbye: "Queda anotado, alguien le llamará. Gracias y adiós.",
    refusal: "Lo siento, aquí solo nos ocupamos de: {}. No puedo ayudarle con otra cosa.",
    another: "Tengo además otra necesidad: {}.",
    thanks: "Muchas gracias, adiós.",
    hello: "¿Hola?",
    how_can_i_help: "Hola, ¿en qué puedo ayudarle?",
    off_topic: "Buenos días, quisiera pedir una pizza para esta noche.",
    off_topic_wish: "pedir una pizza",
    voicemail: [
        "Buenos días, soy ",
        ". Tengo ",
        " en ",
        ". Llámenme, por favor.",
    ],
};
