//! The offer's page through the whole product: the link of a provider's own mail, opened in a real
//! browser of a telephone's size, in three languages. What a page must be in every state stands in
//! the gateway's tests.

use std::time::Duration;

use bord::catalog::Catalog;
use contracts::lead::v1::{Lead, LeadState};
use serde_json::{Value, json};
use test_browser::{Phone, with_phone};
use test_support::{eventually, on_both};

use crate::calls::delivered;
use crate::dispatch::{notified, one_owner};
use crate::people::{self, SOON};
use crate::tool;
use crate::world::World;

/// A site whose providers speak one language, a need there, and the headings that they read.
struct Place {
    site: &'static str,
    country: &'static str,
    did: &'static str,
    language: &'static str,
    service: &'static str,
    location: &'static str,
    /// All but the last digit of their numbers.
    customers: &'static str,
    offer: &'static str,
    job: &'static str,
    declined: &'static str,
    over: &'static str,
}

const PLACES: [Place; 3] = [
    Place {
        site: "geneva-plumbing",
        country: "CH",
        did: "+41225394512",
        language: "fr",
        service: "une fuite d'eau sous l'évier, il me faut un plombier",
        location: "Carouge",
        customers: "+4179123451",
        offer: "Nouvelle demande",
        job: "La demande est à vous",
        declined: "Vous avez décliné cette demande",
        over: "Cette demande ne vous est plus ouverte",
    },
    Place {
        site: "zurich-sanitaer",
        country: "CH",
        did: "+41435087219",
        language: "de",
        service: "Rohrbruch in der Küche, das Wasser läuft",
        location: "Oerlikon",
        customers: "+4179123452",
        offer: "Neue Anfrage",
        job: "Die Anfrage gehört Ihnen",
        declined: "Sie haben diese Anfrage abgelehnt",
        over: "Diese Anfrage steht Ihnen nicht mehr offen",
    },
    Place {
        site: "jakarta-ac",
        country: "ID",
        did: "+622150928417",
        language: "id",
        service: "AC mati total dan airnya bocor",
        location: "Tebet",
        customers: "+62812900053",
        offer: "Permintaan baru",
        job: "Permintaan ini menjadi milik Anda",
        declined: "Anda telah menolak permintaan ini",
        over: "Permintaan ini tidak lagi terbuka untuk Anda",
    },
];

impl Place {
    fn conversation(&self, what: &str) -> String {
        format!("conv_{}_{what}", self.language)
    }

    /// A customer of its own for each need: who calls again goes to whoever knows them (D13).
    fn customer(&self, what: &str) -> String {
        let place = ["yes", "no", "forged", "late"]
            .iter()
            .position(|known| *known == what);
        format!("{}{}", self.customers, place.expect("a need of this test"))
    }

    fn need(&self, what: &str) -> Value {
        let (conversation, customer) = (self.conversation(what), self.customer(what));
        json!({
            "customer_name": "Dana Reyes", "phone": customer, "language": self.language,
            "service": self.service, "location": self.location, "urgency": "emergency",
            "another_need": "", "conversation_id": conversation, "caller_id": customer,
            "called_number": self.did, "agent_id": "agent_x",
            "call_sid": tool::call_sid(&conversation),
        })
    }

    /// An offer that was delivered, and the link in the mail of whoever got it.
    async fn offered(&self, world: &World, what: &str) -> (Lead, String) {
        let conversation = self.conversation(what);
        let need = self.need(what);
        let mails = world.twin.mails().len();
        eventually(SOON, async || {
            let token = tool::token(world, &need, self.site, self.country, 600);
            (tool::call(world, &need, &token).await.1["ok"] == true).then_some(())
        })
        .await;
        let lead = notified(world, &conversation).await;
        delivered(world, &lead).await;
        let link = link_of(world, &lead, mails).await;
        (lead, link)
    }
}

/// The sample, with everybody open like the plumber who never closes: the second in a place has to
/// be there whatever the time.
fn open_at_all_hours() -> Catalog {
    let mut catalog = Catalog::sample().expect("the sample has no breach");
    let all = catalog.providers[0].hours.clone();
    for provider in &mut catalog.providers {
        provider.hours.clone_from(&all);
    }
    catalog
}

/// The link in the newest mail to the lead's provider.
async fn link_of(world: &World, lead: &Lead, since: usize) -> String {
    let base = format!("{}c/", world.gateway);
    let provider = people::provider(world, &lead.provider_id).await;
    let is_theirs = |to: &String| provider.channels.iter().any(|c| c.address == *to);
    eventually(SOON, async || {
        let mails = world.twin.mails().into_iter().skip(since);
        mails
            .rev()
            .filter(|mail| mail.to.iter().any(is_theirs))
            .find_map(|mail| {
                let words = mail.text.split_whitespace();
                words
                    .into_iter()
                    .find(|word| word.starts_with(&base))
                    .map(str::to_owned)
            })
    })
    .await
}

/// A preview's look, the yes, the number to call, and the yes once more.
async fn accepting(world: &World, phone: &Phone, place: &Place) {
    let (lead, link) = place.offered(world, "yes").await;
    for _ in 0..3 {
        let looked = chassis::http::client().get(&link).send().await;
        assert_eq!(looked.expect("the page is shown").status(), 200);
    }
    phone.open(&link).await;
    phone.sees(place.offer).await;
    assert_eq!(phone.language().await, place.language);
    assert!(
        !phone.text().await.contains("Dana"),
        "no name before the yes"
    );
    let looked_at = people::lead(world, &lead.lead_id).await;
    assert_eq!(
        looked_at.state(),
        LeadState::Notified,
        "a look accepts nothing"
    );

    // The same offer twice on the screen, as after a second tap on the mail.
    let earlier = phone.another_tab().await;
    phone.open(&link).await;
    phone.sees(place.offer).await;
    phone.press("accept").await;
    phone.sees(place.job).await;
    people::in_state(world, &lead.lead_id, LeadState::Confirmed).await;
    let shown = phone.text().await;
    assert!(shown.contains("Dana Reyes"), "{shown}");
    assert_eq!(
        phone.href("a.button.go").await,
        format!("tel:{}", place.customer("yes"))
    );

    let confirmed = people::lead(world, &lead.lead_id).await;
    phone.show(earlier).await;
    phone.sees(place.offer).await;
    phone.press("accept").await;
    phone.sees(place.job).await;
    let still = people::lead(world, &lead.lead_id).await;
    assert_eq!(
        (still.state(), &still.provider_id),
        (LeadState::Confirmed, &confirmed.provider_id)
    );
    one_owner(world, &still).await;
}

/// The no, the next provider, and the first one's link from then on.
async fn declining(world: &World, phone: &Phone, place: &Place) {
    let (lead, link) = place.offered(world, "no").await;
    phone.open(&link).await;
    phone.sees(place.offer).await;
    phone.press("decline").await;
    phone.sees(place.declined).await;
    let next = people::moved_on(world, &lead).await;
    one_owner(world, &next).await;
    phone.open(&link).await;
    phone.sees(place.declined).await;
}

/// The yes of somebody who was asked, was silent, and comes after the deadline.
async fn coming_late(world: &World, phone: &Phone, place: &Place) {
    let (lead, link) = place.offered(world, "late").await;
    phone.open(&link).await;
    phone.sees(place.offer).await;
    eventually(SOON, async || {
        let waiting = people::lead(world, &lead.lead_id).await;
        waiting.answer_deadline_time.map(|_| ())
    })
    .await;
    // The longest deadline of an emergency at these three is 20 minutes.
    world.pass(Duration::from_secs(21 * 60)).await;
    let next = people::moved_on(world, &lead).await;
    phone.press("accept").await;
    phone.sees(place.over).await;
    assert!(!phone.text().await.contains("Dana"));
    let now = people::lead(world, &lead.lead_id).await;
    assert_eq!(
        (now.state(), &now.provider_id),
        (LeadState::Notified, &next.provider_id)
    );
    one_owner(world, &now).await;
}

/// A link with a letter changed opens nothing.
async fn tampering(world: &World, phone: &Phone, place: &Place) {
    let (lead, link) = place.offered(world, "forged").await;
    phone.open(&link[..link.len() - 2]).await;
    assert_eq!(phone.count("h1").await, 1);
    assert_eq!(phone.count("button, form").await, 0);
    assert!(!phone.text().await.contains(place.location));
    assert_eq!(
        people::lead(world, &lead.lead_id).await.state(),
        LeadState::Notified
    );
}

on_both! {
    /// R48, R49, D8: in French, German and Indonesian.
    async fn a_provider_answers_on_a_telephone_and_the_lead_follows(db: TestDb) {
        let mut world = World::bare(&db).await;
        world.equip(&open_at_all_hours()).await;
        with_phone(390, async |phone| {
            for place in &PLACES {
                accepting(&world, phone, place).await;
                declining(&world, phone, place).await;
                tampering(&world, phone, place).await;
                // Last: it moves the clock.
                coming_late(&world, phone, place).await;
            }
        }).await;
    }
}
