//! The health of channels by evidence (B4, R67): what quarantines, what does not, and what a provider
//! without a working channel gets.

use contracts::bord::roster::v1 as pb;
use pb::ChannelHealth::{OptedOut, Proven, Quarantined, Unproven};
use pb::ChannelKind::{Email, Sms, Whatsapp};
use pb::EvidenceKind::{Answered, Delivered, HardFailure, OptedIn, SoftFailure};
use test_support::on_both;

use crate::channel_desk::{PHONE, about, at, from, in_days};
use crate::feed::entries;
use crate::harness::{RosterTest, channel, fields, lead, owner, plumber, reason, told};

fn with_reason(
    evidence: pb::RecordChannelEvidenceRequest,
    reason: &str,
) -> pb::RecordChannelEvidenceRequest {
    pb::RecordChannelEvidenceRequest {
        reason: reason.to_owned(),
        ..evidence
    }
}

/// A plumber with WhatsApp and SMS on one number, and email.
fn on_whatsapp(id: &str) -> pb::Provider {
    let mut provider = plumber(id);
    provider.channels.insert(0, channel(Whatsapp, PHONE));
    provider
}

on_both! {
    /// B4, R67: a wrong number is out of use at once, and who has no other channel gets no lead.
    async fn a_wrong_number_is_quarantined_at_once_and_the_provider_gets_no_lead(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("rhone")).await;
        let wrong = with_reason(about("rhone", HardFailure), "TWILIO_21211");
        let changed = roster.tell(wrong.clone()).await;
        assert_eq!(changed, [("rhone".to_owned(), Sms, Quarantined, 1)]);
        assert_eq!(roster.tell(wrong).await, changed, "a repeat hears the first answer (I3)");
        let found = roster.channel("rhone", Sms).await;
        assert_eq!((found.health(), found.health_cause.as_str()), (Quarantined, "TWILIO_21211"));
        assert!(owner(&roster.assign(lead(), 1).await).is_some(), "email is left");

        let bounced = pb::RecordChannelEvidenceRequest {
            kind: Email.into(),
            masked_address: "p***@***.example".to_owned(),
            ..with_reason(about("rhone", HardFailure), "MAILGUN_550")
        };
        assert_eq!(roster.tell(bounced).await, [("rhone".to_owned(), Email, Quarantined, 0)]);
        assert_eq!(told(&roster.assign(lead(), 1).await), [("rhone", 0, "CHANNEL")]);
        assert_eq!(roster.count("SELECT count(*) FROM coverage WHERE ready").await, 0);

        // A newly declared address serves, unproven; the old one is not forgotten.
        let mut moved = plumber("rhone");
        moved.channels[0] = channel(Sms, "+41795530199");
        roster.put(moved).await;
        assert_eq!(roster.health("rhone", Sms).await, Unproven);
        assert!(owner(&roster.assign(lead(), 1).await).is_some());
        roster.put(plumber("rhone")).await;
        assert_eq!(roster.health("rhone", Sms).await, Quarantined);

        let kinds: Vec<_> = entries(&roster, (String::new(), 0), 5).await
            .into_iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds, ["coverage", "channel", "channel", "channel", "channel"]);
        assert_eq!(roster.count("SELECT count(*) FROM channel_change").await, 2);
        assert_eq!(
            roster.count("SELECT count(*) FROM evidence WHERE masked_address LIKE '%553%'").await, 0,
            "masked forms only",
        );
    }

    async fn suspicion_counts_to_two_unless_a_message_arrives_between(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("rhone")).await;
        let suspect = |days| pb::RecordChannelEvidenceRequest {
            observe_time: in_days(days),
            ..with_reason(about("rhone", SoftFailure), "TWILIO_30003")
        };
        let first = suspect(1);
        assert!(roster.tell(first.clone()).await.is_empty());
        assert!(roster.tell(first).await.is_empty(), "the same receipt counts once");
        let arrived = pb::RecordChannelEvidenceRequest {
            observe_time: in_days(2),
            ..about("rhone", Delivered)
        };
        assert!(roster.tell(arrived).await.is_empty(), "an arrival alone proves nothing");
        assert!(roster.tell(suspect(3)).await.is_empty());
        assert!(roster.tell(suspect(34)).await.is_empty(), "more than 30 days apart");
        let changed = roster.tell(suspect(40)).await;
        assert_eq!(changed, [("rhone".to_owned(), Sms, Quarantined, 1)]);
        assert!(roster.tell(suspect(41)).await.is_empty(), "it stands already");
    }

    /// Twilio fact sheet: 30005 is hard, but where a message arrived before only at the second.
    async fn a_number_that_worked_is_gone_only_at_the_second_word_of_it(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("a")).await;
        roster.put(plumber("b")).await;
        let gone = |id| with_reason(about(id, HardFailure), "TWILIO_30005");
        assert_eq!(roster.tell(gone("a")).await.len(), 1, "nothing ever arrived");
        roster.tell(about("b", Delivered)).await;
        assert!(roster.tell(gone("b")).await.is_empty());
        assert_eq!(roster.tell(gone("b")).await.len(), 1);
        assert_eq!(roster.health("b", Sms).await, Quarantined);
    }

    /// Twilio fact sheet: no word on the phone itself, but a suspicion.
    async fn a_number_that_is_not_on_whatsapp_is_hard_there_and_suspect_by_sms(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(on_whatsapp("rhone")).await;
        let mut other = on_whatsapp("other");
        other.channels[1] = channel(Sms, "+41795530177");
        roster.put(other).await;
        let off = |id, reason| pb::RecordChannelEvidenceRequest {
            kind: Whatsapp.into(),
            ..with_reason(about(id, HardFailure), reason)
        };
        let sms = |id| with_reason(about(id, SoftFailure), "TWILIO_30003");
        let changed = roster.tell(off("rhone", "TWILIO_63024")).await;
        assert_eq!(changed, [("rhone".to_owned(), Whatsapp, Quarantined, 2)]);
        assert_eq!(roster.tell(sms("rhone")).await, [("rhone".to_owned(), Sms, Quarantined, 1)]);
        roster.tell(off("other", "TWILIO_63003")).await;
        let one = pb::RecordChannelEvidenceRequest {
            masked_address: "+41 79 *** ** 77".to_owned(),
            ..sms("other")
        };
        assert!(roster.tell(one).await.is_empty(), "another number by SMS is not suspect");
    }

    async fn evidence_of_another_or_an_older_address_says_nothing(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("rhone")).await;
        let early = chassis::clock::now();
        let mut moved = plumber("rhone");
        moved.channels[0] = channel(Sms, "+41795530199");
        roster.put(moved).await;
        let other = about("rhone", HardFailure);
        assert!(roster.tell(other).await.is_empty(), "written to the number before");
        roster.put(plumber("rhone")).await;
        let old = pb::RecordChannelEvidenceRequest {
            observe_time: at(early),
            ..about("rhone", HardFailure)
        };
        assert!(roster.tell(old).await.is_empty(), "older than the declaration");
        let ancient = pb::RecordChannelEvidenceRequest {
            observe_time: in_days(-91),
            ..about("rhone", HardFailure)
        };
        assert!(roster.tell(ancient).await.is_empty());
        assert!(roster.tell(about("nobody", HardFailure)).await.is_empty());
        assert_eq!(roster.health("rhone", Sms).await, Unproven);
    }

    /// A STOP is kept by number: everybody who has it, also by the masked form of a receipt.
    async fn a_stop_takes_everybody_with_the_number_and_a_start_brings_them_back(db: TestDb) {
        let roster = RosterTest::start(db).await;
        for id in ["a", "b", "c"] {
            roster.put(plumber(id)).await;
        }
        let mut gone = plumber("c");
        gone.channels[0] = channel(Sms, "+41795530199");
        roster.put(gone.clone()).await;
        let stop = from("whatsapp:+41 79 553 01 41", Sms, pb::EvidenceKind::OptedOut);
        let changed = roster.tell(stop).await;
        assert_eq!(changed, [
            ("a".to_owned(), Sms, OptedOut, 1),
            ("b".to_owned(), Sms, OptedOut, 1),
            ("c".to_owned(), Sms, OptedOut, 2),
        ]);
        assert_eq!(roster.health("c", Sms).await, Unproven, "its number is another one now");
        roster.put(plumber("c")).await;
        assert_eq!(roster.health("c", Sms).await, OptedOut, "a no outlives the detour");
        // A fault beneath the no is not lifted by the yes.
        roster.tell(with_reason(about("b", HardFailure), "TWILIO_30005")).await;
        assert_eq!(roster.health("b", Sms).await, OptedOut);
        assert!(roster.tell(about("a", Answered)).await.is_empty(), "an answer is no START");
        let changed = roster.tell(from(PHONE, Sms, OptedIn)).await;
        assert_eq!(changed, [
            ("a".to_owned(), Sms, Unproven, 2),
            ("b".to_owned(), Sms, Quarantined, 1),
            ("c".to_owned(), Sms, Unproven, 2),
        ]);
        let complaint = pb::RecordChannelEvidenceRequest {
            reason: "TWILIO_21610".to_owned(),
            ..about("a", pb::EvidenceKind::OptedOut)
        };
        assert_eq!(roster.tell(complaint).await.len(), 3, "by the receipt of one");
    }

    async fn an_answer_proves_but_lifts_no_quarantine(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("rhone")).await;
        let answered = || from(PHONE, Sms, Answered);
        assert_eq!(roster.tell(answered()).await, [("rhone".to_owned(), Sms, Proven, 2)]);
        assert!(roster.tell(answered()).await.is_empty());
        roster.tell(about("rhone", HardFailure)).await;
        assert!(roster.tell(answered()).await.is_empty());
        assert!(roster.tell(about("rhone", Delivered)).await.is_empty());
        assert_eq!(roster.health("rhone", Sms).await, Quarantined);
    }

    async fn an_operator_quarantines_once_with_a_reason(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("rhone")).await;
        assert!(roster.quarantine("rhone", Sms).await.unwrap());
        assert!(!roster.quarantine("rhone", Sms).await.unwrap(), "a repeat changes nothing");
        let found = roster.channel("rhone", Sms).await;
        assert_eq!((found.health(), found.health_cause.as_str()), (Quarantined, "operator:ana"));
        let recorded = "SELECT count(*) FROM channel_change
            WHERE actor = 'operator:ana' AND cause = 'the phone was lost' AND health = 'quarantined'";
        assert_eq!(roster.count(recorded).await, 1);
        assert!(roster.sql("DELETE FROM channel_change").await.is_err());
        let refused = roster.quarantine("rhone", Whatsapp).await.unwrap_err();
        assert_eq!(reason(&refused), "UNKNOWN_CHANNEL");
        assert_eq!(reason(&roster.quarantine("nobody", Sms).await.unwrap_err()), "UNKNOWN_PROVIDER");
    }

    /// However many tell at once: one change, and the counter of serving channels holds.
    async fn evidence_at_once_changes_a_channel_once(db: TestDb) {
        let roster = RosterTest::start(db).await;
        roster.put(plumber("rhone")).await;
        let same = about("rhone", HardFailure);
        let asks = (0..8).map(|_| roster.tell(same.clone()));
        for changed in futures::future::join_all(asks).await {
            assert_eq!(changed, [("rhone".to_owned(), Sms, Quarantined, 1)], "all hear of it");
        }
        let others = (0..8).map(|_| roster.tell(about("rhone", HardFailure)));
        let changes: usize = futures::future::join_all(others).await.iter().map(Vec::len).sum();
        assert_eq!(changes, 0);
        let puts = (0..4).map(|_| roster.put(plumber("rhone")));
        let stops = (0..4).map(|_| roster.tell(from(PHONE, Sms, pb::EvidenceKind::OptedOut)));
        tokio::join!(futures::future::join_all(puts), futures::future::join_all(stops));
        let wrong = "SELECT count(*) FROM provider p WHERE p.serving <> (SELECT count(*)
            FROM channel c WHERE c.provider_id = p.provider_id AND c.declared
             AND c.health IN ('unproven', 'proven'))";
        assert_eq!(roster.count(wrong).await, 0);
        assert_eq!(roster.count("SELECT count(*) FROM channel_change").await, 2);
    }

    async fn evidence_without_its_parts_is_refused_field_by_field(db: TestDb) {
        let roster = RosterTest::start(db).await;
        let empty = pb::RecordChannelEvidenceRequest::default();
        let refused = roster.try_tell(empty).await.unwrap_err();
        assert_eq!(fields(&refused), ["evidence_key", "evidence", "kind", "observe_time"]);
        let wrong = pb::RecordChannelEvidenceRequest {
            masked_address: PHONE.to_owned(),
            reason: "call me on 079".to_owned(),
            ..about("rhone", pb::EvidenceKind::Code)
        };
        let refused = roster.try_tell(wrong).await.unwrap_err();
        assert_eq!(fields(&refused), ["masked_address", "code", "reason"]);
        let nowhere = pb::RecordChannelEvidenceRequest {
            provider_id: String::new(),
            ..about("", HardFailure)
        };
        assert_eq!(fields(&roster.try_tell(nowhere).await.unwrap_err()), ["address"]);
        assert_eq!(roster.count("SELECT count(*) FROM evidence").await, 0);
    }
}
