//! Erase and retention: personal data leave, keys and logs stay (B10, I2, I26).

use std::time::Duration;

use chassis::db::{StoreError, Tx};
use chassis::on;
use contracts::lead::v1 as wire;
use lead_service::store::personal::PERSONAL;
use test_support::{eventually, on_both};
use tonic::Code;

use crate::calls::{CALLER, refusal, tool_call};
use crate::fake_lists::FONTAINE;
use crate::harness::World;
use crate::schema::execute;
use crate::verbs::{LINK, OPERATOR, lost};

async fn erase(
    world: &mut World,
    phone: &str,
    dry_run: bool,
) -> Result<wire::EraseResponse, tonic::Status> {
    let request = wire::EraseRequest {
        phone_e164: phone.to_owned(),
        actor: OPERATOR.to_owned(),
        dry_run,
    };
    Ok(world.client.erase(request).await?.into_inner())
}

fn count(erased: &wire::EraseResponse, store: &str) -> i64 {
    let mut stores = erased.stores.iter();
    stores.find(|found| found.store == store).unwrap().count
}

/// Everything that the personal columns hold, by one statement for each.
async fn personal(world: &World) -> String {
    let mut tx = world.store.read().await.unwrap();
    let mut all = String::new();
    for (table, column) in PERSONAL {
        let sql: &'static str =
            format!("SELECT COALESCE(CAST({column} AS TEXT), '') FROM {table}").leak();
        let values = values(&mut tx, sql).await.unwrap();
        all.push_str(&values.join("\n"));
    }
    all
}

async fn values(tx: &mut Tx, sql: &'static str) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(sql).fetch_all(c).await?))
}

/// A lost lead with an amendment, a decline, and messages of customer and provider.
async fn finished(world: &mut World) -> String {
    let id = world.dispatch(tool_call(1)).await.lead_id;
    world.is_offered(&id, 1).await;
    let mut amended = tool_call(1);
    amended.location = "chemin des Sources 4".to_owned();
    world.dispatch(amended).await;
    world.says("SM1", CALLER, "Rochat, deuxième étage").await;
    world
        .says("SM2", FONTAINE, "oui, je vais chez Rochat")
        .await;
    world.confirm(&id, 1, LINK).await.unwrap();
    world
        .close(&id, 1, lost("Mme Rochat n'était pas là"))
        .await
        .unwrap();
    idle(world).await;
    id
}

/// Waits until nothing of it is due any more.
async fn idle(world: &World) {
    eventually(Duration::from_secs(15), async || {
        let due = world
            .count(
                "SELECT (SELECT COUNT(*) FROM reply WHERE due_us IS NOT NULL)
            + (SELECT COUNT(*) FROM lead WHERE NOT settled)",
            )
            .await;
        (due == 0).then_some(())
    })
    .await;
}

on_both! {
    async fn a_caller_is_erased_everywhere_and_the_key_stays_b10_i26(db: TestDb) {
        let mut world = World::start(db).await;
        let id = finished(&mut world).await;
        assert!(personal(&world).await.contains("Rochat"));
        let found = erase(&mut world, CALLER, true).await.unwrap();
        assert_eq!(found.lead_ids, std::slice::from_ref(&id));
        assert_eq!(found.conversation_ids, ["conv_1"]);
        assert_eq!((found.call_sids.len(), count(&found, "lead.lead")), (1, 1));
        assert!(personal(&world).await.contains("Rochat"), "a dry run writes nothing");
        let erased = erase(&mut world, CALLER, false).await.unwrap();
        assert_eq!(erased.lead_ids, std::slice::from_ref(&id));
        assert_eq!((count(&erased, "lead.lead"), count(&erased, "lead.amendment")), (1, 1));
        let left = personal(&world).await;
        for word in ["Rochat", "79123", "Carouge", "Sources", CALLER] {
            assert!(!left.contains(word), "{word} is left");
        }
        let lead = world.lead(&id).await;
        assert!(lead.erase_time.is_some());
        assert_eq!(lead.state(), wire::LeadState::Lost);
        assert_eq!(world.events(&id).await.last().unwrap(), "erased");
        // A repeat finds nothing more, and the same need still meets the same lead (I2).
        let again = erase(&mut world, CALLER, false).await.unwrap();
        assert_eq!((again.lead_ids.len(), count(&again, "lead.lead")), (0, 0));
        assert_eq!(world.dispatch(tool_call(1)).await.lead_id, id);
        assert_eq!(world.leads().await.len(), 1);
        assert!(!personal(&world).await.contains("Rochat"), "a repeat brings nothing back");
    }

    async fn an_open_lead_is_cancelled_before_it_is_erased(db: TestDb) {
        let mut world = World::start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        world.is_offered(&id, 1).await;
        let refused = erase(&mut world, CALLER, false).await.unwrap_err();
        assert_eq!(refusal(&refused), (Code::FailedPrecondition, "LEAD_STILL_OPEN".to_owned()));
        assert!(refused.message().contains(&format!("bord cancel {id}")), "{}", refused.message());
        assert_eq!(erase(&mut world, CALLER, true).await.unwrap().lead_ids, std::slice::from_ref(&id));
        world.cancel(&id).await.unwrap();
        idle(&world).await;
        assert_eq!(count(&erase(&mut world, CALLER, false).await.unwrap(), "lead.lead"), 1);
    }

    async fn a_number_that_was_only_said_is_found_and_another_one_is_not(db: TestDb) {
        let mut world = World::start(db).await;
        let id = world.dispatch(tool_call(1)).await.lead_id;
        let mut amended = tool_call(1);
        amended.phone = "c'est le 022 539.45-99".to_owned();
        world.dispatch(amended).await;
        world.is_offered(&id, 1).await;
        let dry = async |world: &mut World, phone: &str| erase(world, phone, true).await.unwrap().lead_ids;
        assert_eq!(dry(&mut world, "+41225394599").await, [id]);
        assert_eq!(dry(&mut world, "+41225394598").await, [""; 0]);
        assert_eq!(dry(&mut world, "+33225394599").await, [""; 0], "it was dialled in Switzerland");
        for phone in ["", "41791234567", "+41", "+4179abc4567"] {
            let refused = erase(&mut world, phone, true).await.unwrap_err();
            assert_eq!(refused.code(), Code::InvalidArgument, "{phone}");
        }
    }

    async fn what_ended_longer_ago_than_the_rules_allow_is_emptied(db: TestDb) {
        let mut world = World::start(db).await;
        let id = finished(&mut world).await;
        let kept = world.dispatch(tool_call(2)).await.lead_id;
        world.is_offered(&kept, 1).await;
        // The first round may come before or after; it is due each hour.
        world.pass_time(Duration::from_secs(729 * 24 * 3600)).await;
        eventually(Duration::from_secs(15), async || {
            let done = world.count("SELECT COUNT(*) FROM task WHERE name = 'retention'
                AND due_us > (SELECT us FROM clock)").await;
            (done == 1).then_some(())
        })
        .await;
        assert!(world.lead(&id).await.erase_time.is_none());
        world.pass_time(Duration::from_secs(2 * 24 * 3600)).await;
        world.logs(&id, "erased").await;
        assert_eq!(world.lead(&id).await.customer_name, "");
        assert_eq!(world.lead(&kept).await.customer_name, "Léa Rochat", "it is not finished");
        execute(&world.store, "DELETE FROM amendment").await.unwrap();
        assert!(!personal(&world).await.contains("n'était pas"));
    }
}
