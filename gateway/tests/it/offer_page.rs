//! The offer's page in a real browser of a telephone's size, in three languages: accept, decline,
//! late, a second click, the result, and links that open nothing (R48, R49).

use chassis::run::Life;
use chassis::server::Bound;
use contracts::lead::v1::{
    CloseLeadRequest, ConfirmLeadRequest, DeclineLeadRequest, Lost, OfferState,
    Result as JobResult, result,
};
use gateway::language::Language;
use gateway::offer::words::Words;
use test_browser::{Phone, with_phone};

use crate::offers::{Desk, link};
use crate::world::World;

/// A gateway on a socket, one offer behind it, and the way to it.
struct Site {
    world: World,
    desk: Desk,
    base: String,
    life: Life,
}

impl Site {
    async fn open(language: &str) -> Self {
        let world = World::new().await;
        let desk = Desk::open(&world.services, language);
        let (bound, life) = (Bound::local().await.unwrap(), Life::for_test());
        let base = format!("http://{}", bound.addr());
        chassis::run::spawn(gateway::start(world.config.clone(), bound, life.clone()));
        Self {
            world,
            desk,
            base,
            life,
        }
    }

    fn link(&self) -> String {
        format!("{}{}", self.base, link())
    }

    fn times(&self, method: &str) -> usize {
        let asked = self.world.services.methods();
        let method = format!("LeadService/{method}");
        asked.iter().filter(|asked| **asked == method).count()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.life.stop();
    }
}

async fn told_in(tag: &str) {
    let w = Words::of(Language::of_tag(tag).unwrap());
    let site = Site::open(tag).await;
    with_phone(390, async |phone| {
        looking_accepts_nothing(&site, phone, w).await;
        accepting(&site, phone, w).await;
        reporting_what_was_billed(&site, phone, w).await;
        declining(&site, phone, w).await;
        too_late(&site, phone, w).await;
        tampered(&site, phone).await;
    })
    .await;
}

#[tokio::test]
async fn a_provider_answers_on_a_telephone_in_french() {
    told_in("fr-CH").await;
}

#[tokio::test]
async fn a_provider_answers_on_a_telephone_in_german() {
    told_in("de").await;
}

#[tokio::test]
async fn a_provider_answers_on_a_telephone_in_indonesian() {
    told_in("id").await;
}

/// A link preview, a mail scanner, a person who looks twice.
async fn looking_accepts_nothing(site: &Site, phone: &Phone, w: &Words) {
    for _ in 0..5 {
        phone.open(&site.link()).await;
    }
    phone.sees(w.offer.heading).await;
    assert_eq!(phone.language().await, w.tag);
    assert_eq!(phone.count("button").await, 2);
    let text = phone.text().await;
    assert!(
        text.contains("<b>& goutte</b>"),
        "shown as it was said: {text}"
    );
    assert!(text.contains(w.offer.emergency) && text.contains("CET, UTC+01:00"));
    assert!(!text.contains("Dana"));
    assert_eq!(site.desk.state(), OfferState::Open);
    assert_eq!(site.times("ConfirmLead"), 0);
}

async fn accepting(site: &Site, phone: &Phone, w: &Words) {
    phone.press("accept").await;
    phone.sees(w.job.heading).await;
    assert_eq!(site.desk.state(), OfferState::Accepted);
    assert!(phone.text().await.contains("Dana Reyes"));
    let call = phone.find("a.button.go").await;
    assert_eq!(call.text().await.unwrap(), w.job.call);
    assert_eq!(phone.href("a.button.go").await, "tel:+41790000042");
    // Loading anew posts nothing; going back and pressing again changes nothing.
    phone.reload().await;
    phone.sees(w.job.heading).await;
    assert_eq!(site.times("ConfirmLead"), 1);
    site.desk.put(OfferState::Open);
    phone.open(&site.link()).await;
    phone.sees(w.offer.heading).await;
    site.desk.put(OfferState::Accepted);
    phone.press("accept").await;
    phone.sees(w.job.heading).await;
    assert_eq!(site.times("ConfirmLead"), 2);
    assert_eq!(site.desk.state(), OfferState::Accepted);
    phone.back().await;
}

async fn reporting_what_was_billed(site: &Site, phone: &Phone, w: &Words) {
    phone.open(&site.link()).await;
    phone.sees(w.job.heading).await;
    phone.write("#amount", "viel").await;
    phone.choose("#currency", "EUR").await;
    phone.press("won").await;
    phone.sees(w.job.heading).await;
    let fault = phone.find("#amount-error").await;
    assert_eq!(fault.text().await.unwrap(), w.faults.amount_unreadable);
    assert_eq!(phone.value("#amount").await, "viel");
    assert_eq!(phone.value("#currency").await, "EUR");
    assert_eq!(site.times("CloseLead"), 0);
    phone.write("#amount", "1'200").await;
    phone.choose("#currency", "CHF").await;
    phone.press("won").await;
    phone.sees(w.ends.won.heading).await;
    assert!(
        phone.text().await.contains("CHF\u{a0}1’200.00")
            || phone.text().await.contains("CHF 1’200.00")
    );
    let asked: Vec<CloseLeadRequest> = site.world.services.asked("LeadService/CloseLead");
    let Some(result::Result::Won(won)) = asked[0].result.clone().unwrap().result else {
        panic!("{asked:?}")
    };
    assert_eq!((won.amount_minor, won.currency.as_str()), (120_000, "CHF"));
}

async fn declining(site: &Site, phone: &Phone, w: &Words) {
    site.desk.put(OfferState::Open);
    site.desk.change(|offer| offer.result = None);
    phone.open(&site.link()).await;
    phone.sees(w.offer.heading).await;
    phone.write("#reason", "complet jusqu'à lundi").await;
    phone.press("decline").await;
    phone.sees(w.ends.declined.heading).await;
    assert_eq!(site.desk.state(), OfferState::Declined);
    let asked: Vec<DeclineLeadRequest> = site.world.services.asked("LeadService/DeclineLead");
    assert_eq!(asked[0].reason, "complet jusqu'à lundi");
}

async fn too_late(site: &Site, phone: &Phone, w: &Words) {
    site.desk.put(OfferState::Open);
    phone.open(&site.link()).await;
    phone.sees(w.offer.heading).await;
    site.desk.put(OfferState::Over);
    phone.press("accept").await;
    phone.sees(w.ends.over.heading).await;
    let text = phone.text().await;
    assert!(
        text.contains(w.faults.changed) && !text.contains("Dana"),
        "{text}"
    );
    assert_eq!(site.desk.state(), OfferState::Over);
}

async fn tampered(site: &Site, phone: &Phone) {
    let asked = site.world.services.methods().len();
    let link = site.link();
    phone.open(&link[..link.len() - 2]).await;
    // No offer is known, so the browser's language stands; which, is the machine's business.
    let shown = phone.find("h1").await.text().await.unwrap();
    let told = Language::ALL.map(|language| Words::of(language).trouble.unknown.heading);
    assert!(told.contains(&shown.as_str()), "{shown}");
    assert_eq!(phone.count("button, form").await, 0);
    assert_eq!(site.world.services.methods().len(), asked);
}

/// The narrowest screen that counts (WCAG 1.4.10), with the longest words of every language.
#[tokio::test]
async fn every_page_fits_a_screen_of_320_pixels() {
    let site = Site::open("fr").await;
    with_phone(320, async |phone| {
        for language in Language::ALL {
            let w = Words::of(language);
            site.desk.change(|offer| {
                w.tag.clone_into(&mut offer.language);
                offer.service = "Heizungsrohrleitungsdichtigkeitsprüfungsprotokoll".repeat(2);
            });
            for (state, heading) in [
                (OfferState::Open, w.offer.heading),
                (OfferState::Accepted, w.job.heading),
                (OfferState::Over, w.ends.over.heading),
                (OfferState::Lost, w.ends.lost.heading),
            ] {
                let reason = "x".repeat(200);
                let lost = result::Result::Lost(Lost { reason });
                let result = Some(JobResult { result: Some(lost) });
                site.desk.change(|offer| offer.result = result);
                site.desk.put(state);
                phone.open(&site.link()).await;
                phone.sees(heading).await;
            }
        }
        let asked: Vec<ConfirmLeadRequest> = site.world.services.asked("LeadService/ConfirmLead");
        assert!(asked.is_empty());
    })
    .await;
}
