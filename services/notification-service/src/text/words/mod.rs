//! The words of our texts, language by language. Places for facts are written `{name}`; those of
//! WhatsApp templates `{{1}}`, numbered as approved.

mod de;
mod en;
mod es;
mod fr;
mod id;
mod it;

/// Languages in which every text exists.
pub const LANGUAGES: [&str; 6] = ["fr", "de", "it", "en", "id", "es"];

/// All words of one language. Words of text messages keep to the carriers' alphabet (no ê, ç, ó).
pub struct Words {
    pub language: &'static str,
    /// For chrono; ends with the zone.
    pub time_format: &'static str,

    // How soon, as the first word of an offer.
    pub emergency: &'static str,
    pub soon: &'static str,
    pub flexible: &'static str,
    pub new_request: &'static str,

    // Labels.
    pub trade: &'static str,
    pub need: &'static str,
    pub place: &'static str,
    pub customer: &'static str,
    pub phone: &'static str,
    pub received: &'static str,
    pub urgency: &'static str,
    pub reference: &'static str,
    pub recording: &'static str,
    pub speaks: &'static str,
    pub site: &'static str,
    pub provider: &'static str,
    pub address: &'static str,
    pub cause: &'static str,
    pub lead: &'static str,
    pub deliveries: &'static str,
    pub from: &'static str,
    pub channel: &'static str,
    pub subject: &'static str,
    /// In place of what a redacted copy leaves out (D10).
    pub redacted: &'static str,
    pub not_told: &'static str,

    // The offer to a provider.
    pub sms_answer: &'static str,
    pub sms_answer_elsewhere: &'static str,
    pub sms_recording: &'static str,
    pub whatsapp_offer: &'static str,
    pub whatsapp_accept: &'static str,
    pub whatsapp_decline: &'static str,
    pub offer_subject: &'static str,
    pub offer_intro: &'static str,
    pub offer_closing: &'static str,

    // To the customer.
    pub hello: &'static str,
    pub hello_name: &'static str,
    pub confirmed: &'static str,
    pub confirmed_address: &'static str,
    pub unmatched: &'static str,

    // To the operator.
    pub copy_subject: &'static str,
    pub copy_intro: &'static str,
    pub unmatched_subject: &'static str,
    pub unmatched_intro: &'static str,
    pub alarm_subject: &'static str,
    pub alarm_intro: &'static str,
    pub reply_subject: &'static str,
    pub reply_intro: &'static str,
    pub sent_as: &'static str,
    /// What became of a delivery that cannot go out.
    pub withheld: &'static str,
    pub not_possible: &'static str,
    pub footer: &'static str,
}

/// The words of a language; English where there are none.
#[must_use]
pub fn of(language: &str) -> &'static Words {
    match language {
        "fr" => &fr::WORDS,
        "de" => &de::WORDS,
        "it" => &it::WORDS,
        "id" => &id::WORDS,
        "es" => &es::WORDS,
        _ => &en::WORDS,
    }
}
