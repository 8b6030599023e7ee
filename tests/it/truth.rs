//! Accepted is not delivered: what each failure of a carrier leads to, within two minutes of the
//! twin's time (R67, R69, B4).

use std::time::Duration;

use contracts::lead::v1 as lead;
use contracts::lead::v1::LeadState;
use contracts::notification::v1::{ChannelKind as Way, DeliveryState};
use contracts::roster::v1::{ChannelHealth, ChannelKind};
use test_support::{eventually, on_both};
use vendor_twin::{Behaviour, MailBehaviour};

use crate::dispatch::{notified, one_owner};
use crate::people::{self, SOON};
use crate::tool;
use crate::world::World;

/// The first provider for a leak in Geneva, by the sample catalogue.
const FIRST: &str = "plomberie-du-rhone";
const TWO_MINUTES: Duration = Duration::from_secs(120);

async fn called(world: &World, conversation: &str) -> lead::Lead {
    people::dispatched(world, &tool::leak(conversation)).await;
    notified(world, conversation).await
}

async fn health(world: &World, kind: ChannelKind) -> ChannelHealth {
    people::channel(world, FIRST, kind).await.1
}

async fn quarantined(world: &World, kind: ChannelKind) {
    eventually(SOON, async || {
        (health(world, kind).await == ChannelHealth::Quarantined).then_some(())
    })
    .await;
}

/// The delivery of the offer by one channel, once it ended that way.
async fn ended(world: &World, lead: &lead::Lead, way: Way, state: DeliveryState, reason: &str) {
    eventually(SOON, async || {
        let all = people::deliveries(world, &lead.lead_id).await;
        all.into_iter().find(|d| {
            d.template == "provider_offer"
                && d.channel() == way
                && d.state() == state
                && d.reason == reason
        })
    })
    .await;
}

/// Hard evidence: the lead stays reachable by mail, the SMS must be proven before it serves again,
/// the operator knows.
async fn hard_evidence(world: &World, behaviour: Behaviour, reason: &str) {
    let (number, _) = people::channel(world, FIRST, ChannelKind::Sms).await;
    world.twin.number_behaviour(&number, behaviour);
    let lead = called(world, "conv_wrong").await;
    assert_eq!(lead.provider_id, FIRST);
    ended(world, &lead, Way::Sms, DeliveryState::Failed, reason).await;
    quarantined(world, ChannelKind::Sms).await;
    let (_, text) = people::alarmed(world, "WRONG_PHONE").await;
    assert!(text.contains(FIRST) && !text.contains(&number), "{text}");
    // The next lead goes by the channels that serve, to the same provider.
    let next = called(world, "conv_after").await;
    assert_eq!(next.provider_id, FIRST, "mail still serves");
    let all = people::deliveries(world, &next.lead_id).await;
    let by_sms = all
        .into_iter()
        .find(|d| d.template == "provider_offer" && d.channel() == Way::Sms);
    assert_eq!(by_sms.expect("planned").state(), DeliveryState::NotPossible);
}

on_both! {
    /// 21211: the number does not exist, by whatever channel.
    async fn a_number_that_does_not_exist_is_quarantined_on_every_channel(db: TestDb) {
        let world = World::start(&db).await;
        hard_evidence(&world, Behaviour::Invalid, "TWILIO_21211").await;
        quarantined(&world, ChannelKind::Whatsapp).await;
    }

    /// 21614: a landline takes no SMS; its WhatsApp is untouched.
    async fn a_landline_is_quarantined_for_sms_alone(db: TestDb) {
        let world = World::start(&db).await;
        hard_evidence(&world, Behaviour::Landline, "TWILIO_21614").await;
        assert_ne!(health(&world, ChannelKind::Whatsapp).await, ChannelHealth::Quarantined);
    }

    /// 30005: the handset is unknown, as the carrier reports afterwards.
    async fn an_unknown_handset_is_quarantined_by_its_receipt(db: TestDb) {
        let world = World::start(&db).await;
        hard_evidence(&world, Behaviour::UnknownHandset30005, "TWILIO_30005").await;
        assert_ne!(health(&world, ChannelKind::Whatsapp).await, ChannelHealth::Quarantined);
    }

    /// Soft evidence counts: once is suspicion, twice is quarantine.
    async fn a_landline_of_a_carrier_is_suspected_once_and_quarantined_the_second_time(db: TestDb) {
        let world = World::start(&db).await;
        let (number, _) = people::channel(&world, FIRST, ChannelKind::Sms).await;
        world.twin.number_behaviour(&number, Behaviour::LandlineCarrier30006);
        let lead = called(&world, "conv_once").await;
        ended(&world, &lead, Way::Sms, DeliveryState::Failed, "TWILIO_30006").await;
        let again = called(&world, "conv_twice").await;
        assert_eq!(again.provider_id, FIRST);
        ended(&world, &again, Way::Sms, DeliveryState::Failed, "TWILIO_30006").await;
        quarantined(&world, ChannelKind::Sms).await;
        people::alarmed(&world, "WRONG_PHONE").await;
    }

    /// A handset that is off gets one repeat half an hour later; only then it is evidence, and soft.
    async fn a_handset_that_is_off_gets_one_repeat_after_half_an_hour(db: TestDb) {
        let world = World::start(&db).await;
        let (number, _) = people::channel(&world, FIRST, ChannelKind::Sms).await;
        world.twin.number_behaviour(&number, Behaviour::Unreachable30003);
        let mut body = tool::leak("conv_off");
        body["urgency"] = "flexible".into();
        people::dispatched(&world, &body).await;
        let lead = notified(&world, "conv_off").await;
        eventually(SOON, async || {
            let all = people::deliveries(&world, &lead.lead_id).await;
            all.into_iter().find(|d| d.channel() == Way::Sms && d.template == "provider_offer" && d.reason == "TWILIO_30003")
        }).await;
        let sent = || people::texts_to(&world, &number).len();
        assert_eq!(sent(), 1);
        world.pass(TWO_MINUTES).await;
        assert_eq!(sent(), 1, "not before half an hour");
        world.pass(Duration::from_secs(29 * 60)).await;
        ended(&world, &lead, Way::Sms, DeliveryState::Failed, "TWILIO_30003").await;
        assert_eq!(sent(), 2);
        assert_ne!(health(&world, ChannelKind::Sms).await, ChannelHealth::Quarantined, "once is suspicion");
    }

    /// 63024 says that the number has no WhatsApp, not that the phone is wrong.
    async fn a_number_without_whatsapp_keeps_its_sms(db: TestDb) {
        let world = World::start(&db).await;
        let (number, _) = people::channel(&world, FIRST, ChannelKind::Whatsapp).await;
        world.twin.number_behaviour(&number, Behaviour::NotOnWhatsApp63024);
        let lead = called(&world, "conv_63024").await;
        ended(&world, &lead, Way::Whatsapp, DeliveryState::Failed, "TWILIO_63024").await;
        quarantined(&world, ChannelKind::Whatsapp).await;
        people::alarmed(&world, "WRONG_PHONE").await;
        assert_ne!(health(&world, ChannelKind::Sms).await, ChannelHealth::Quarantined);
        assert_eq!(people::lead(&world, &lead.lead_id).await.provider_id, FIRST, "the offer stands by the others");
    }

    /// 63016 is our mistake: nobody's number is blamed, the operator puts it right.
    async fn a_message_outside_the_window_is_our_fault_and_blames_no_number(db: TestDb) {
        let world = World::start(&db).await;
        let (number, _) = people::channel(&world, FIRST, ChannelKind::Whatsapp).await;
        world.twin.number_behaviour(&number, Behaviour::Undelivered(63016));
        let lead = called(&world, "conv_63016").await;
        ended(&world, &lead, Way::Whatsapp, DeliveryState::Failed, "TWILIO_63016").await;
        people::alarmed(&world, "SEND_REFUSED").await;
        for kind in [ChannelKind::Whatsapp, ChannelKind::Sms] {
            assert_ne!(health(&world, kind).await, ChannelHealth::Quarantined);
        }
    }

    /// A hard bounce quarantines the mail; a soft one is waited out.
    async fn a_hard_bounce_quarantines_and_a_soft_one_is_waited_out(db: TestDb) {
        let world = World::start(&db).await;
        let (address, _) = people::channel(&world, FIRST, ChannelKind::Email).await;
        world.twin.mail_behaviour(&address, MailBehaviour::Greylisted);
        let soft = called(&world, "conv_soft").await;
        eventually(SOON, async || {
            let all = people::deliveries(&world, &soft.lead_id).await;
            all.into_iter().find(|d| d.template == "provider_offer" && d.channel() == Way::Email && d.state() == DeliveryState::Delivered)
        }).await;
        assert_ne!(health(&world, ChannelKind::Email).await, ChannelHealth::Quarantined);
        world.twin.mail_behaviour(&address, MailBehaviour::HardBounce);
        let hard = called(&world, "conv_hard").await;
        ended(&world, &hard, Way::Email, DeliveryState::Failed, "MAILGUN_BOUNCE_550").await;
        quarantined(&world, ChannelKind::Email).await;
        people::alarmed(&world, "WRONG_PHONE").await;
    }

    /// A provider whom nothing reaches gets no lead, and the one that it just got moves on.
    async fn a_provider_whom_nothing_reaches_loses_the_lead_to_the_next(db: TestDb) {
        let world = World::start(&db).await;
        let (number, _) = people::channel(&world, FIRST, ChannelKind::Sms).await;
        let (address, _) = people::channel(&world, FIRST, ChannelKind::Email).await;
        world.twin.number_behaviour(&number, Behaviour::Invalid);
        world.twin.mail_behaviour(&address, MailBehaviour::HardBounce);
        let lead = called(&world, "conv_nothing").await;
        let next = eventually(SOON, async || {
            Some(people::lead(&world, &lead.lead_id).await)
                .filter(|l| l.state() == LeadState::Notified && l.provider_id != FIRST)
        }).await;
        one_owner(&world, &next).await;
        for kind in [ChannelKind::Whatsapp, ChannelKind::Sms, ChannelKind::Email] {
            quarantined(&world, kind).await;
        }
        let other = called(&world, "conv_next").await;
        assert_ne!(other.provider_id, FIRST, "it serves nobody until a channel is proven");
    }

    /// D8: where a carrier fails for everybody nobody loses a lead; the operator is told.
    async fn where_a_carrier_fails_nobody_is_released_and_the_operator_is_told(db: TestDb) {
        use vendor_twin::{Fault, FaultKind, Vendor};
        let world = World::start(&db).await;
        let (_, _) = people::channel(&world, FIRST, ChannelKind::Sms).await;
        let down = FaultKind::Reject { status: 401, code: 20003, message: String::new() };
        world.twin.fault(Fault::forever(Vendor::Twilio, "messages.create", down));
        let (address, _) = people::channel(&world, FIRST, ChannelKind::Email).await;
        world.twin.mail_behaviour(&address, MailBehaviour::HardBounce);
        let lead = called(&world, "conv_carrier").await;
        // The mail is taken and comes back; from then on nothing is taken.
        eventually(SOON, async || {
            let events = people::events(&world, &lead.lead_id).await;
            events.into_iter().find(|e| e.kind == "unreached_again")
        }).await;
        world.pass(TWO_MINUTES).await;
        people::alarmed(&world, "CARRIER_FAILS").await;
        let now = people::lead(&world, &lead.lead_id).await;
        assert_eq!((now.state(), now.provider_id.as_str()), (LeadState::Notified, FIRST));
        one_owner(&world, &now).await;
    }
}
