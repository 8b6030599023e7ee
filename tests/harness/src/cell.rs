//! A cell: a site of the sample catalogue with its trade and town, and how people there speak and
//! are reached. Clients and providers of a run are made from these.

/// One trade in one town, behind one site.
pub struct Cell {
    pub site: &'static str,
    pub country: &'static str,
    pub did: &'static str,
    pub category: &'static str,
    pub city: &'static str,
    pub language: &'static str,
    pub time_zone: &'static str,
    /// What a caller says the trouble is.
    pub need: &'static str,
    /// Where a caller says it is.
    pub place: &'static str,
    /// Mobile numbers of the country: prefix, and how many digits follow.
    pub mobile: (&'static str, usize),
    /// Our sender for text messages and for WhatsApp, as people see it.
    pub two_way_sms: bool,
}

pub const CELLS: [Cell; 9] = [
    cell(
        "geneva-plumbing",
        "CH",
        "+41225394512",
        "plumbing",
        "geneve",
        "fr",
        "une fuite d'eau sous l'évier",
        "Carouge",
    ),
    cell(
        "geneva-dental",
        "CH",
        "+41225394618",
        "dental",
        "geneve",
        "fr",
        "une rage de dents",
        "Lancy",
    ),
    cell(
        "zurich-sanitaer",
        "CH",
        "+41435087219",
        "plumbing",
        "zurich",
        "de",
        "der Abfluss ist verstopft, Rohrbruch",
        "Oerlikon",
    ),
    cell(
        "lugano-idraulico",
        "CH",
        "+41912281537",
        "plumbing",
        "lugano",
        "it",
        "una perdita d'acqua",
        "Paradiso",
    ),
    cell(
        "madrid-fontaneros",
        "ES",
        "+34919036428",
        "plumbing",
        "madrid",
        "es",
        "una fuga de agua",
        "Chamberí",
    ),
    cell(
        "milano-dentista",
        "IT",
        "+390294759316",
        "dental",
        "milano",
        "it",
        "mal di denti",
        "Brera",
    ),
    cell(
        "muenchen-schluesseldienst",
        "DE",
        "+498999998314",
        "locksmith",
        "muenchen",
        "de",
        "ausgesperrt, Tür zugefallen",
        "Schwabing",
    ),
    cell(
        "bali-tennis",
        "ID",
        "+623618497215",
        "tennis-lessons",
        "bali",
        "en",
        "tennis lessons",
        "Canggu",
    ),
    cell(
        "jakarta-ac",
        "ID",
        "+622150928417",
        "ac-repair",
        "jakarta",
        "id",
        "AC tidak dingin",
        "Jakarta Pusat",
    ),
];

#[expect(clippy::too_many_arguments, reason = "a row of the table above")]
const fn cell(
    site: &'static str,
    country: &'static str,
    did: &'static str,
    category: &'static str,
    city: &'static str,
    language: &'static str,
    need: &'static str,
    place: &'static str,
) -> Cell {
    // Two letters, compared as bytes because this is a constant.
    let (time_zone, mobile, two_way_sms) = match country.as_bytes() {
        b"CH" => ("Europe/Zurich", ("+4176", 7), true),
        b"ES" => ("Europe/Madrid", ("+346", 8), true),
        b"IT" => ("Europe/Rome", ("+39347", 7), true),
        b"DE" => ("Europe/Berlin", ("+49151", 8), true),
        _ => ("Asia/Jakarta", ("+62812", 8), false),
    };
    Cell {
        site,
        country,
        did,
        category,
        city,
        language,
        time_zone,
        need,
        place,
        mobile,
        two_way_sms,
    }
}

impl Cell {
    /// The `n`th mobile number of the country; customers and providers count in ranges of their own.
    #[must_use]
    pub fn number(&self, n: usize) -> String {
        let (prefix, digits) = self.mobile;
        format!("{prefix}{:0digits$}", n % 10_usize.pow(7))
    }
}
