//! The words of our texts, language by language. Places for facts are written `{name}`; those of
//! WhatsApp templates `{{1}}`, numbered as approved.

mod de;
mod en;
mod es;
mod fr;
mod id;
mod it;
pub mod summary;

/// Languages in which every text exists.
pub const LANGUAGES: [&str; 6] = ["fr", "de", "it", "en", "id", "es"];

/// All words of one language. Words of text messages keep to the carriers' alphabet (no ê, ç, ó).
pub struct Words {
    pub language: &'static str,
    /// Stands between a label and what it says.
    pub colon: &'static str,
    /// For chrono; ends with the zone.
    pub time_format: &'static str,
    /// The names of `LANGUAGES`, in that order.
    pub languages: [&'static str; 6],
    pub or: &'static str,

    // How soon, as a fact.
    pub urgent: &'static str,
    pub soon: &'static str,
    pub flexible: &'static str,
    // How soon, as the first words of an offer: only a provider reads them.
    pub offer_urgent: &'static str,
    pub offer_soon: &'static str,
    pub offer_flexible: &'static str,
    pub offer_new: &'static str,
    /// Before the subject of an urgent lead, for the operator.
    pub urgent_mark: &'static str,

    // Labels.
    pub trade: &'static str,
    pub need: &'static str,
    pub place: &'static str,
    pub customer: &'static str,
    pub phone: &'static str,
    pub received: &'static str,
    pub urgency: &'static str,
    pub reference: &'static str,
    pub reference_label: &'static str,
    pub recording: &'static str,
    pub speaks: &'static str,
    pub site: &'static str,
    pub provider: &'static str,
    pub cause: &'static str,
    pub lead: &'static str,
    pub attempt: &'static str,
    pub deliveries: &'static str,
    pub from: &'static str,
    pub channel: &'static str,
    pub message: &'static str,
    pub details: &'static str,
    /// In place of what a redacted copy leaves out (D10).
    pub redacted: &'static str,
    pub not_told: &'static str,

    // The offer to a provider.
    pub sms_answer: &'static str,
    pub sms_answer_whatsapp: &'static str,
    pub sms_recording: &'static str,
    pub whatsapp_offer: &'static str,
    pub whatsapp_accept: &'static str,
    pub whatsapp_decline: &'static str,
    pub offer_subject: &'static str,
    pub offer_intro: &'static str,
    pub offer_answer: &'static str,
    pub offer_call: &'static str,

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
    /// Said only when the customer's text message can go out.
    pub unmatched_told: &'static str,
    pub sms_to_provider: &'static str,
    pub sms_to_customer: &'static str,
    pub alarm_subject: &'static str,
    pub alarm_intro: &'static str,
    pub reply_subject: &'static str,
    pub reply_intro: &'static str,
    /// What became of a delivery that cannot go out.
    pub withheld: &'static str,
    pub not_possible: &'static str,
    pub footer: &'static str,

    // What follows an offer, to the provider.
    pub remind: &'static str,
    pub remind_subject: &'static str,
    /// Before the address of the offer's page.
    pub answer_link: &'static str,
    /// The same once the lead is accepted.
    pub page_link: &'static str,
    pub released: &'static str,
    pub released_silent: &'static str,
    pub released_undeliverable: &'static str,
    pub released_operator: &'static str,
    pub released_cancelled: &'static str,
    pub released_closing: &'static str,
    pub released_subject: &'static str,
    pub whatsapp_released: &'static str,
    pub taken: &'static str,
    pub taken_subject: &'static str,
    pub result: &'static str,
    pub result_subject: &'static str,
    // Answers to what came in.
    pub declined: &'static str,
    pub late: &'static str,
    pub which_offer: &'static str,
    pub unclear: &'static str,
    pub cancel_question: &'static str,
    pub cancelled: &'static str,
    pub kept: &'static str,
    pub proven: &'static str,
    // The proof of a channel.
    pub proof: &'static str,
    pub proof_code: &'static str,
    pub proof_test: &'static str,
    /// In place of a code where there is none.
    pub proof_none: &'static str,
    pub proof_subject: &'static str,
    pub whatsapp_proof: &'static str,
    // To the operator, of what follows an offer.
    pub released_copy_subject: &'static str,
    pub released_copy_intro: &'static str,
    pub confirmed_copy_subject: &'static str,
    pub confirmed_copy_intro: &'static str,
    pub cause_silent: &'static str,
    pub cause_declined: &'static str,
    pub cause_undeliverable: &'static str,
    pub cause_operator: &'static str,
    pub cause_cancelled: &'static str,
}

impl Words {
    /// The name of a language by its tag, or the tag where it is none of ours.
    #[must_use]
    pub fn name_of(&self, tag: &str) -> String {
        let lower = tag.trim().to_ascii_lowercase();
        let primary = lower.split(['-', '_']).next().unwrap_or_default();
        let known = LANGUAGES.iter().position(|language| *language == primary);
        known.map_or_else(|| tag.to_owned(), |place| self.languages[place].to_owned())
    }
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
