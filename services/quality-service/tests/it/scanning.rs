//! A scan judges, closes the books, recovers what was lost, and raises flags.

use contracts::lead::v1 as lead;
use contracts::notification::v1 as notification;
use contracts::quality::v1 as quality;
use contracts::telephony::v1 as telephony;
use test_support::{eventually, on_both};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tonic::Code;

use crate::play::{self, AGENT, Books};
use crate::world::{PATIENCE, World};

async fn world(db: &test_support::TestDb) -> (World, Books) {
    let mut world = World::new(db).await;
    let books = Books::default();
    books.serve_at(&world);
    world.start().await;
    (world, books)
}

fn kinds(flags: &[quality::Flag]) -> Vec<&str> {
    let mut kinds: Vec<&str> = flags.iter().map(|flag| flag.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds
}

on_both! {
    // I19, R56, R58, B2: what was dispatched is judged once, closed as a lead, and raises nothing.
    async fn a_call_that_made_a_lead_is_judged_once_and_closed(db: TestDb) {
        let (mut world, books) = world(&db).await;
        let id = books.call(&world, 1, play::dispatched());
        books.lead_of(&id, lead::LeadState::Confirmed);
        world.carried_up_to("first", 2).await;
        let scan = world.scan().await;
        assert_eq!(scan.state(), quality::ScanState::Good, "{:?}", scan.failures);
        assert_eq!((scan.judged, scan.ended_calls, scan.closed_calls), (1, 1, 1));
        assert_eq!(kinds(&world.flags(false).await), Vec::<&str>::new());
        let again = world.recover().await;
        assert_eq!(again.judged, 0, "once for each version of the rules (I19)");
        let kept = world.books().await.unwrap();
        assert_eq!(kept.calls_by_class.get("lead"), Some(&1));
        assert_eq!((kept.conversations, kept.judged), (1, 1));
        assert!(kept.last_good_scan_time.is_some());
        assert_eq!(books.0.lock().unwrap().scans, 2, "the watchdog heard of each good scan (R72)");
        world.stop().await;
    }

    // R27, R28, R58, R61, B3: a goodbye before the tool loses the lead; it is flagged with its words
    // and recovered from the vendor's data collection, once.
    async fn a_lost_lead_is_flagged_with_its_words_and_recovered_once(db: TestDb) {
        let (mut world, books) = world(&db).await;
        let id = books.call(&world, 1, play::lost());
        books.collect(&id, &[
            ("customer_name", "Nadia Favre"), ("phone", "+41791234567"), ("language", "fr"),
            ("service", "fuite d'eau"), ("location", "Carouge"), ("real_need", "true"),
        ]);
        world.carried_up_to("first", 2).await;
        let scan = world.scan().await;
        assert_eq!(scan.state(), quality::ScanState::Good, "{:?}", scan.failures);
        assert_eq!((scan.recovered, scan.closed_calls), (1, 1));
        let flags = world.flags(true).await;
        assert_eq!(kinds(&flags), ["CLOSED_FIRST", "DISPATCH_MISSED"]);
        let closed = flags.iter().find(|flag| flag.kind == "CLOSED_FIRST").unwrap();
        assert_eq!((closed.agent_name.as_str(), closed.owner.as_str()), (AGENT, "machine"));
        assert_eq!(closed.severity(), quality::Severity::Critical);
        assert_eq!(closed.evidence[0].turn, 3);
        assert!(closed.evidence[0].words.contains("revoir"), "{:?}", closed.evidence);
        let bare = world.flags(false).await;
        assert!(bare.iter().flat_map(|flag| &flag.evidence).all(|at| at.words.is_empty()), "I25");
        let asked: Vec<lead::RecoverLeadRequest> = world.leads.asked("LeadService/RecoverLead");
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0].source(), lead::RecoverySource::DataCollection);
        assert_eq!(asked[0].need.as_ref().unwrap().location, "Carouge");
        let again = world.recover().await;
        assert_eq!((again.recovered, again.state()), (0, quality::ScanState::Good));
        assert_eq!(world.books().await.unwrap().calls_by_class.get("recovered"), Some(&1));
        world.stop().await;
    }

    // B3: what a tool call that never reached us carried comes before what was collected.
    async fn a_tool_call_that_never_reached_us_is_recovered_from_the_vendors_log(db: TestDb) {
        let (mut world, books) = world(&db).await;
        let mut turns = play::opening();
        turns.push(play::dispatch(true));
        turns.push(play::agent("Nous vous rappelons. Au revoir."));
        let id = books.call(&world, 1, turns);
        books.0.lock().unwrap().executions.push(telephony::ToolExecution {
            execution_id: "exec_1".to_owned(),
            conversation_id: id.clone(),
            failed: true,
            error_type: "client_timeout".to_owned(),
            arguments: play::need(),
            ..telephony::ToolExecution::default()
        });
        world.carried_up_to("first", 2).await;
        let scan = world.scan().await;
        assert_eq!((scan.recovered, scan.state()), (1, quality::ScanState::Good));
        let asked: Vec<lead::RecoverLeadRequest> = world.leads.asked("LeadService/RecoverLead");
        assert_eq!(asked[0].source(), lead::RecoverySource::ToolExecution);
        let need = asked[0].need.clone().unwrap();
        assert_eq!((need.caller_id.as_str(), need.conversation_id), ("+41791234567", id));
        world.stop().await;
    }

    // B3: anything missing makes a flag with the operator's next step, never a guess.
    async fn a_lost_lead_without_a_place_is_a_flag_and_no_guess(db: TestDb) {
        let (mut world, books) = world(&db).await;
        let id = books.call(&world, 1, play::lost());
        books.collect(&id, &[("customer_name", "Nadia Favre"), ("language", "fr"),
            ("service", "fuite d'eau"), ("real_need", "true")]);
        world.carried_up_to("first", 2).await;
        let scan = world.scan().await;
        assert_eq!((scan.recovered, scan.closed_calls), (0, 1));
        let flags = world.flags(false).await;
        let open = flags.iter().find(|flag| flag.kind == "RECOVERY_INCOMPLETE").unwrap();
        assert!(open.text.contains("location is missing"), "{}", open.text);
        assert!(!open.text.contains("Favre"), "I25");
        assert_eq!(open.owner, "operator");
        assert!(world.leads.asked::<lead::RecoverLeadRequest>("LeadService/RecoverLead").is_empty());
        assert_eq!(world.books().await.unwrap().calls_by_class.get("flagged"), Some(&1));
        let resolve = |resolution: &str| quality::ResolveFlagRequest {
            flag_id: open.flag_id.clone(),
            actor: "operator:ana".to_owned(),
            resolution: resolution.to_owned(),
        };
        let refused = world.quality().resolve_flag(resolve(" ")).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        let closed = world.quality().resolve_flag(resolve("called back")).await.unwrap().into_inner();
        assert!(closed.changed);
        let again = world.quality().resolve_flag(resolve("called back")).await.unwrap().into_inner();
        assert!(!again.changed, "a repeat changes nothing");
        world.stop().await;
    }

    // R76: what is no need of the site's is closed by what was heard.
    async fn calls_without_a_need_are_told_apart_and_raise_nothing(db: TestDb) {
        let (mut world, books) = world(&db).await;
        let off_topic = books.call(&world, 1, vec![
            play::caller("Bonjour, je voudrais commander une pizza pour ce soir."),
            play::agent("Ici, c'est un service de plomberie à Genève. Bonne soirée."),
        ]);
        books.call(&world, 2, vec![play::caller("Allô ?"), play::agent("Bonjour, je vous écoute.")]);
        books.collect(&off_topic, &[("real_need", "false")]);
        world.carried_up_to("first", 4).await;
        let scan = world.scan().await;
        assert_eq!((scan.judged, scan.closed_calls, scan.flags_raised), (2, 2, 0), "{scan:?}");
        let classes = world.books().await.unwrap().calls_by_class;
        assert_eq!((classes.get("off_topic"), classes.get("hang_up")), (Some(&1), Some(&1)));
        world.stop().await;
    }

    // R55: a slot runs once; who asks again is told which scan it was.
    async fn a_slot_runs_once_and_two_scanners_judge_each_conversation_once(db: TestDb) {
        let (mut world, books) = world(&db).await;
        let mut other = World::beside(&world, &db).await;
        other.start().await;
        for number in 0..40 {
            let id = books.call(&world, number, play::dispatched());
            books.lead_of(&id, lead::LeadState::Confirmed);
        }
        world.carried_up_to("first", 80).await;
        let (one, two) = tokio::join!(world.recover(), other.recover());
        assert_eq!(one.judged + two.judged, 40, "each once (I19)");
        let first = world.scan().await;
        let second = other.scan().await;
        assert_eq!(first.scan_id, second.scan_id);
        assert_eq!(world.books().await.unwrap().judged, 40);
        other.stop().await;
        world.stop().await;
    }

    // R52, R53: within a minute of its arrival every real call is summarised, once.
    async fn a_real_calls_summary_is_mailed_once_with_what_was_drawn(db: TestDb) {
        let (mut world, books) = world(&db).await;
        let id = books.call_untold(1, play::dispatched());
        books.collect(&id, &[("sentiment", "worried"), ("next_step", "Ring back before noon.")]);
        books.lead_of(&id, lead::LeadState::Notified);
        books.call(&world, 1, play::dispatched());
        books.collect(&id, &[("sentiment", "worried"), ("next_step", "Ring back before noon.")]);
        books.call(&world, 2, vec![play::caller("Allô ?")]);
        world.carried_up_to("first", 4).await;
        let mails = eventually(PATIENCE, async || {
            let mails: Vec<notification::NotifyRequest> =
                world.notification.asked("NotificationService/Notify");
            (!mails.is_empty()).then_some(mails)
        })
        .await;
        assert_eq!(mails[0].message_key, format!("summary:{id}"));
        let Some(notification::notify_request::Notice::CallSummary(summary)) = &mails[0].notice else {
            panic!("a summary");
        };
        assert_eq!(summary.turns.len(), 5);
        assert_eq!((summary.sentiment.as_str(), summary.next_step.as_str()),
            ("worried", "Ring back before noon."));
        assert_eq!(summary.leads[0].state, "notified");
        assert_eq!(summary.turns[3].tools, ["dispatch_lead"]);
        assert_eq!(summary.site_url, "https://plombiersgeneve.ch");
        assert!(!summary.health);
        world.scan().await;
        assert_eq!(world.notification.asked::<notification::NotifyRequest>("NotificationService/Notify").len(), 1,
            "no mail for a hang-up, and none twice");
        world.stop().await;
    }

    // B3: what the stream never told of is found by a recovery.
    async fn a_recovery_finds_calls_that_these_books_never_heard_of(db: TestDb) {
        let (mut world, books) = world(&db).await;
        let id = books.call_untold(7, play::lost());
        books.collect(&id, &[
            ("customer_name", "Nadia Favre"), ("phone", "+41791234567"), ("language", "fr"),
            ("service", "fuite d'eau"), ("location", "Carouge"), ("real_need", "true"),
        ]);
        let scan = world.recover().await;
        assert_eq!((scan.judged, scan.recovered, scan.closed_calls), (1, 1, 1), "{scan:?}");
        world.stop().await;
    }

    // D2: a lead that reached its provider on no channel is flagged.
    async fn a_lead_that_reached_nobody_is_flagged_d2(db: TestDb) {
        let (mut world, books) = world(&db).await;
        let id = books.call(&world, 1, play::dispatched());
        let lead_id = books.lead_of(&id, lead::LeadState::Notified);
        books.0.lock().unwrap().deliveries.push(notification::Delivery {
            state: notification::DeliveryState::Failed.into(),
            ..notification::Delivery::default()
        });
        world.carried_up_to("first", 2).await;
        world.scan().await;
        let flags = world.flags(false).await;
        assert_eq!(kinds(&flags), ["NOT_DELIVERED"]);
        assert_eq!(flags[0].lead_id, lead_id);
        world.stop().await;
    }

    // A neighbour that is away fails the scan and loses nothing: the next one does it.
    async fn a_scan_without_lead_service_fails_and_the_next_one_does_it_all(db: TestDb) {
        let (mut world, books) = world(&db).await;
        let id = books.call(&world, 1, play::dispatched());
        world.carried_up_to("first", 2).await;
        world.leads.answer("LeadService/ListLeads", |_: lead::ListLeadsRequest| {
            Err::<lead::ListLeadsResponse, _>(tonic::Status::unavailable("away"))
        });
        let scan = world.scan().await;
        assert_eq!(scan.state(), quality::ScanState::Failed);
        assert!(scan.failures[0].starts_with("books"), "{:?}", scan.failures);
        books.serve_at(&world);
        books.lead_of(&id, lead::LeadState::Confirmed);
        let next = world.recover().await;
        assert_eq!((next.state(), next.closed_calls), (quality::ScanState::Good, 1));
        world.stop().await;
    }

    // R22: another model answered than the one that is declared; a pinned version is the declared one.
    async fn a_call_that_another_model_answered_is_flagged_r22(db: TestDb) {
        let (mut world, books) = world(&db).await;
        let pinned = books.call(&world, 1, play::dispatched());
        let other = books.call(&world, 2, play::dispatched());
        for (id, model) in [(&pinned, "gpt-4o-2024-11-20"), (&other, "gpt-4o-mini")] {
            books.lead_of(id, lead::LeadState::Confirmed);
            let mut held = books.0.lock().unwrap();
            held.conversations.get_mut(id).unwrap().answering_models = vec![model.to_owned()];
        }
        world.carried_up_to("first", 4).await;
        world.scan().await;
        let flags = world.flags(false).await;
        assert_eq!(kinds(&flags), ["MODEL_SUBSTITUTED"]);
        assert!(flags[0].text.contains("gpt-4o-mini answered"), "{}", flags[0].text);
        world.stop().await;
    }

    // R71: an outside watch is asked after each good scan, and never after one that failed.
    async fn a_good_scan_is_told_to_the_heartbeat_outside_and_a_failed_one_is_not(db: TestDb) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/beat", listener.local_addr().unwrap());
        let (beats, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let outside = chassis::run::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut asked = vec![0; 1_024];
                let read = socket.read(&mut asked).await.unwrap_or_default();
                let line = String::from_utf8_lossy(&asked[..read]);
                let _ = beats.send(line.lines().next().unwrap_or_default().to_owned());
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                let _ = socket.write_all(answer).await;
            }
        });
        let mut world = World::new(&db).await;
        let books = Books::default();
        books.serve_at(&world);
        world.config.scan.heartbeat_url = Some(url);
        world.start().await;
        let scan = world.scan().await;
        assert_eq!(scan.state(), quality::ScanState::Good, "{:?}", scan.failures);
        assert_eq!(heard.recv().await.unwrap(), "GET /beat HTTP/1.1");
        world.telephony.answer("ConversationService/ListConversations", |_: telephony::ListConversationsRequest| {
            Err::<telephony::ListConversationsResponse, _>(tonic::Status::unavailable("away"))
        });
        assert_eq!(world.recover().await.state(), quality::ScanState::Failed);
        books.serve_at(&world);
        assert_eq!(world.recover().await.state(), quality::ScanState::Good);
        assert!(heard.recv().await.is_some(), "one for the good one after it");
        tokio::task::yield_now().await;
        assert!(heard.try_recv().is_err(), "and none for the failed one");
        outside.abort();
        world.stop().await;
    }
}
