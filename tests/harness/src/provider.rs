//! The providers of a run: many for each cell, with far more room than leads, so that nobody may
//! ever hear "no provider"; some with a wrong number or a bouncing mail box, of every kind that the
//! fact sheets know.

use vendor_twin::{Behaviour, MailBehaviour, Twin};

use crate::cell::{CELLS, Cell};

/// What is wrong with a provider's contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    None,
    Sms(u32),
    Whatsapp(u32),
    Mail(MailBehaviour),
    /// No channel works: the lead must move on.
    Everything,
}

/// The carrier's codes that a full run must have met, and how often each provider kind is made.
pub const CODES: [u32; 7] = [21211, 21614, 30003, 30005, 30006, 63016, 63024];
const FLAWS: [Flaw; 9] = [
    Flaw::Sms(21211),
    Flaw::Sms(21614),
    Flaw::Sms(30003),
    Flaw::Sms(30005),
    Flaw::Sms(30006),
    Flaw::Whatsapp(63016),
    Flaw::Whatsapp(63024),
    Flaw::Mail(MailBehaviour::HardBounce),
    Flaw::Mail(MailBehaviour::Stuck),
];
const FLAWED_PER_CELL: usize = 14;
const SOUND_PER_CELL: usize = 9;
const CAPACITY: i32 = 60;
/// Providers count their numbers from here, customers from 0.
const FIRST_NUMBER: usize = 5_000_000;

/// A provider with an own number for each channel, so that one may be wrong alone.
#[derive(Clone)]
pub struct Person {
    pub provider_id: String,
    pub cell: &'static Cell,
    pub whatsapp: String,
    pub sms: String,
    pub email: String,
    pub flaw: Flaw,
}

/// All providers of a run.
#[must_use]
pub fn all() -> Vec<Person> {
    let mut made = Vec::new();
    for (place, cell) in CELLS.iter().enumerate() {
        for n in 0..FLAWED_PER_CELL + SOUND_PER_CELL + 1 {
            let flaw = match n {
                n if n < FLAWED_PER_CELL => FLAWS[(place * FLAWED_PER_CELL + n) % FLAWS.len()],
                n if n < FLAWED_PER_CELL + SOUND_PER_CELL => Flaw::None,
                _ => Flaw::Everything,
            };
            let number = FIRST_NUMBER + place * 1_000 + n * 2;
            made.push(Person {
                provider_id: format!("h-{}-{n}", cell.site),
                cell,
                whatsapp: cell.number(number),
                sms: cell.number(number + 1),
                email: format!("h-{}-{n}@providers.example", cell.site),
                flaw,
            });
        }
    }
    made
}

impl Person {
    /// As the catalogue declares it.
    #[must_use]
    pub fn declared(&self) -> String {
        let cell = self.cell;
        format!(
            r#"
[[provider]]
id = "{id}"
name = "Provider {id}"
country = "{country}"
language = "{language}"
categories = ["{category}"]
cities = ["{city}"]
priority = 1
capacity = {CAPACITY}
timezone = "{zone}"
hours = ["mon-sun 00:00-24:00"]
whatsapp = "{whatsapp}"
sms = "{sms}"
email = "{email}"
address = "1 Street"
terms = {terms}
"#,
            terms = self.terms(),
            id = self.provider_id,
            country = cell.country,
            language = cell.language,
            category = cell.category,
            city = cell.city,
            zone = cell.time_zone,
            whatsapp = self.whatsapp,
            sms = self.sms,
            email = self.email,
        )
    }

    /// Every other one is charged for each lead, the others for work that is closed (R79, R80).
    fn terms(&self) -> &'static str {
        let last = self.provider_id.bytes().last().unwrap_or_default();
        match last % 2 {
            0 => "{ percent = 15 }",
            _ => "{ flat_minor = 10000, currency = \"EUR\" }",
        }
    }

    /// Makes the twin's carriers treat the contacts as the flaw says.
    pub fn spoil(&self, twin: &Twin) {
        match self.flaw {
            Flaw::None => {}
            Flaw::Sms(code) => twin.number_behaviour(&self.sms, of_code(code)),
            Flaw::Whatsapp(code) => twin.number_behaviour(&self.whatsapp, of_code(code)),
            Flaw::Mail(behaviour) => twin.mail_behaviour(&self.email, behaviour),
            Flaw::Everything => {
                twin.number_behaviour(&self.sms, Behaviour::Invalid);
                twin.number_behaviour(&self.whatsapp, Behaviour::Invalid);
                twin.mail_behaviour(&self.email, MailBehaviour::HardBounce);
            }
        }
    }
}

fn of_code(code: u32) -> Behaviour {
    match code {
        21211 => Behaviour::Invalid,
        21614 => Behaviour::Landline,
        30003 => Behaviour::Unreachable30003,
        30005 => Behaviour::UnknownHandset30005,
        30006 => Behaviour::LandlineCarrier30006,
        63024 => Behaviour::NotOnWhatsApp63024,
        other => Behaviour::Undelivered(other),
    }
}
