//! Proving a channel (B4): a code comes back, or the receipt of a test; sent by notification-service.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chassis::crash::Points;
use contracts::bord::notification::v1 as notification;
use contracts::bord::roster::v1 as pb;
use notification::notify_request::Notice;
use pb::ChannelHealth::{Proven, Quarantined};
use pb::ChannelKind::{Email, Sms, Whatsapp};
use pb::EvidenceKind::{Code, Delivered, HardFailure};
use test_support::{Fake, TestDb, eventually, on_both};
use tonic::Status;

use crate::channel_desk::{PHONE, about, from, in_days};
use crate::harness::{RosterTest, channel, lead, owner, plumber, reason};

const NOTIFY: &str = "NotificationService/Notify";
const LIMIT: Duration = Duration::from_secs(30);

/// A roster beside a notification-service that answers while the switch is on.
async fn beside(db: TestDb) -> (RosterTest, Fake, Arc<AtomicBool>) {
    let fake = Fake::start().await;
    let on = Arc::new(AtomicBool::new(true));
    let answers = Arc::clone(&on);
    fake.answer(NOTIFY, move |_: notification::NotifyRequest| {
        if answers.load(Ordering::Relaxed) {
            Ok(notification::NotifyResponse::default())
        } else {
            Err(Status::unavailable("away"))
        }
    });
    let roster = RosterTest::start_beside(db, &fake.url(), Points::default()).await;
    (roster, fake, on)
}

/// The notice of a proof, once it was sent.
async fn notice(fake: &Fake, proof_id: &str) -> notification::ChannelProof {
    let key = format!("proof:{proof_id}");
    eventually(LIMIT, async || {
        let mut asked = fake
            .asked::<notification::NotifyRequest>(NOTIFY)
            .into_iter();
        match asked.find(|asked| asked.message_key == key)?.notice? {
            Notice::ChannelProof(proof) => Some(proof),
            _ => None,
        }
    })
    .await
}

fn code(address: &str, kind: pb::ChannelKind, code: &str) -> pb::RecordChannelEvidenceRequest {
    pb::RecordChannelEvidenceRequest {
        code: code.to_owned(),
        ..from(address, kind, Code)
    }
}

on_both! {
    async fn a_code_that_comes_back_from_the_number_proves_it_and_it_serves_again(db: TestDb) {
        let (roster, fake, _) = beside(db).await;
        let only_sms = pb::Provider { channels: vec![channel(Sms, PHONE)], ..plumber("rhone") };
        roster.put(only_sms).await;
        roster.tell(about("rhone", HardFailure)).await;
        assert_eq!(owner(&roster.assign(lead(), 1).await), None);
        let proof = roster.prove("rhone", Sms).await.unwrap();
        assert!(proof.needs_code);
        assert_eq!(roster.prove("rhone", Sms).await.unwrap(), proof, "the same one while it is under way");
        let asked = notice(&fake, &proof.proof_id).await;
        assert_eq!(asked.channel(), notification::ChannelKind::Sms);
        let to = asked.provider.unwrap();
        assert_eq!((to.sms_e164.as_str(), to.email.as_str(), to.whatsapp_e164.as_str()), (PHONE, "", ""));
        assert_eq!((to.provider_id.as_str(), to.language.as_str(), to.country.as_str()), ("rhone", "fr", "CH"));
        assert_eq!(asked.code.len(), 6);

        let strange = code("+41795530199", Sms, &asked.code);
        assert!(roster.tell(strange).await.is_empty(), "from another number");
        let other_way = code(PHONE, Whatsapp, &asked.code);
        assert!(roster.tell(other_way).await.is_empty(), "by another channel");
        let written = format!("Code: {} {}.", &asked.code[..3], &asked.code[3..]);
        let came = code(PHONE, Sms, &written);
        let changed = roster.tell(came.clone()).await;
        assert_eq!(changed, [("rhone".to_owned(), Sms, Proven, 1)]);
        assert_eq!(roster.tell(came).await, changed, "a repeat hears the first answer");
        assert!(roster.tell(code(PHONE, Sms, &written)).await.is_empty(), "a code proves once");
        let found = roster.channel("rhone", Sms).await;
        assert_eq!((found.health(), found.health_cause.as_str()), (Proven, "proof"));
        assert!(owner(&roster.assign(lead(), 1).await).is_some());
        assert_eq!(roster.count("SELECT count(*) FROM proof WHERE code IS NOT NULL").await, 0);
    }

    async fn the_fifth_wrong_code_ends_a_proof(db: TestDb) {
        let (roster, fake, _) = beside(db).await;
        roster.put(plumber("rhone")).await;
        roster.quarantine("rhone", Sms).await.unwrap();
        let proof = roster.prove("rhone", Sms).await.unwrap();
        let right = notice(&fake, &proof.proof_id).await.code;
        let wrong = if right == "000000" { "000001" } else { "000000" };
        let first = code(PHONE, Sms, wrong);
        for _ in 0..3 {
            roster.tell(first.clone()).await;
        }
        for _ in 0..4 {
            assert!(roster.tell(code(PHONE, Sms, wrong)).await.is_empty());
        }
        assert!(roster.tell(code(PHONE, Sms, &right)).await.is_empty());
        assert_eq!(roster.health("rhone", Sms).await, Quarantined);
        let next = roster.prove("rhone", Sms).await.unwrap();
        assert_ne!(next.proof_id, proof.proof_id);
        let right = notice(&fake, &next.proof_id).await.code;
        for _ in 0..4 {
            roster.tell(code(PHONE, Sms, if right == "000000" { "000001" } else { "000000" })).await;
        }
        assert_eq!(roster.tell(code(PHONE, Sms, &right)).await.len(), 1, "four wrong ones are forgiven");
    }

    /// D11: nobody can answer an email, nor an SMS in Indonesia.
    async fn a_receipt_proves_where_nobody_can_answer(db: TestDb) {
        let (roster, fake, _) = beside(db).await;
        let bali = pb::Provider {
            country: "ID".to_owned(),
            channels: vec![
                channel(Whatsapp, "+6281234567890"),
                channel(Sms, "+6281234567890"),
                channel(Email, "coach@bali.example"),
            ],
            ..plumber("bali")
        };
        roster.put(bali).await;
        let masked = [(Sms, "+62 81 *** ** 90"), (Email, "c***@***.example")];
        let whatsapp = roster.prove("bali", Whatsapp).await.unwrap();
        assert!(whatsapp.needs_code);
        for (kind, masked) in masked {
            roster.quarantine("bali", kind).await.unwrap();
            let proof = roster.prove("bali", kind).await.unwrap();
            assert!(!proof.needs_code);
            assert_eq!(notice(&fake, &proof.proof_id).await.code, "");
            let receipt = |proof_id: &str| pb::RecordChannelEvidenceRequest {
                kind: kind.into(),
                masked_address: masked.to_owned(),
                proof_id: proof_id.to_owned(),
                ..about("bali", Delivered)
            };
            assert!(roster.tell(receipt("")).await.is_empty(), "of another message");
            assert!(roster.tell(receipt(&whatsapp.proof_id)).await.is_empty(), "of another proof");
            assert_eq!(roster.tell(receipt(&proof.proof_id)).await.len(), 1);
            assert_eq!(roster.health("bali", kind).await, Proven);
        }
        let receipt = pb::RecordChannelEvidenceRequest {
            kind: Whatsapp.into(),
            masked_address: "+62 81 *** ** 90".to_owned(),
            proof_id: whatsapp.proof_id,
            ..about("bali", Delivered)
        };
        assert!(roster.tell(receipt).await.is_empty(), "a code is asked, a receipt is not enough");
    }

    async fn a_proof_runs_out_after_a_day_and_with_its_address(db: TestDb) {
        let (roster, fake, _) = beside(db).await;
        roster.put(plumber("rhone")).await;
        let first = roster.prove("rhone", Sms).await.unwrap();
        let right = notice(&fake, &first.proof_id).await.code;
        roster.db.shift_clock(Duration::from_secs(24 * 3600 + 1)).await.unwrap();
        assert!(roster.tell(code(PHONE, Sms, &right)).await.is_empty());
        let second = roster.prove("rhone", Sms).await.unwrap();
        assert_ne!(second.proof_id, first.proof_id);
        let right = notice(&fake, &second.proof_id).await.code;
        let mut moved = plumber("rhone");
        moved.channels[0] = channel(Sms, "+41795530199");
        roster.put(moved).await;
        for number in [PHONE, "+41795530199"] {
            assert!(roster.tell(code(number, Sms, &right)).await.is_empty());
        }
        let third = roster.prove("rhone", Sms).await.unwrap();
        assert_ne!(third.proof_id, second.proof_id);
        assert_eq!(notice(&fake, &third.proof_id).await.provider.unwrap().sms_e164, "+41795530199");
    }

    /// A proof that did not arrive is over, so that the operator can send another one.
    async fn a_fault_found_by_the_proof_itself_ends_it(db: TestDb) {
        let (roster, _fake, _) = beside(db).await;
        roster.put(plumber("rhone")).await;
        roster.quarantine("rhone", Sms).await.unwrap();
        let proof = roster.prove("rhone", Sms).await.unwrap();
        let early = pb::RecordChannelEvidenceRequest {
            observe_time: in_days(0),
            ..about("rhone", HardFailure)
        };
        roster.tell(early).await;
        assert_ne!(roster.prove("rhone", Sms).await.unwrap().proof_id, proof.proof_id);
    }

    async fn a_proof_is_sent_until_it_is_planned_and_then_no_more(db: TestDb) {
        let (roster, fake, on) = beside(db).await;
        on.store(false, Ordering::Relaxed);
        roster.put(plumber("rhone")).await;
        let proof = roster.prove("rhone", Sms).await.unwrap();
        let asked = || fake.asked::<notification::NotifyRequest>(NOTIFY).len();
        eventually(LIMIT, async || (asked() >= 2).then_some(())).await;
        on.store(true, Ordering::Relaxed);
        let planned = "SELECT count(*) FROM proof WHERE planned";
        eventually(LIMIT, async || (roster.count(planned).await == 1).then_some(())).await;
        let so_far = asked();
        let keys: std::collections::BTreeSet<_> = fake
            .asked::<notification::NotifyRequest>(NOTIFY).into_iter().map(|q| q.message_key).collect();
        assert_eq!(keys, [format!("proof:{}", proof.proof_id)].into());
        // Long after every pause: nothing is due any more.
        roster.db.shift_clock(Duration::from_secs(3600)).await.unwrap();
        let second = roster.prove("rhone", Email).await.unwrap();
        notice(&fake, &second.proof_id).await;
        assert_eq!(asked(), so_far + 1);
    }

    async fn a_proof_is_refused_where_there_is_nothing_to_prove(db: TestDb) {
        let (roster, _fake, _) = beside(db).await;
        roster.put(plumber("rhone")).await;
        assert_eq!(reason(&roster.prove("rhone", Whatsapp).await.unwrap_err()), "UNKNOWN_CHANNEL");
        assert_eq!(reason(&roster.prove("nobody", Sms).await.unwrap_err()), "UNKNOWN_PROVIDER");
        roster.tell(from(PHONE, Sms, pb::EvidenceKind::OptedOut)).await;
        assert_eq!(reason(&roster.prove("rhone", Sms).await.unwrap_err()), "OPTED_OUT");
        assert_eq!(roster.count("SELECT count(*) FROM proof").await, 0);
    }

    async fn proofs_asked_at_once_are_one(db: TestDb) {
        let (roster, _fake, _) = beside(db).await;
        roster.put(plumber("rhone")).await;
        let asks = (0..8).map(|_| roster.prove("rhone", Sms));
        let ids: std::collections::BTreeSet<_> = futures::future::join_all(asks).await
            .into_iter().map(|proof| proof.unwrap().proof_id).collect();
        assert_eq!(ids.len(), 1);
    }
}
