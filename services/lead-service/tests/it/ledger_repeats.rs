//! The same customer with the same need is charged once, whatever becomes of the leads (D13).

use std::time::Duration;

use contracts::lead::v1::IncomeState::{Credited, Due, Waived};
use test_support::{eventually, on_both};

use crate::calls::tool_call;
use crate::fake_roster::PROVIDER;
use crate::harness::World;
use crate::ledger::closing;
use crate::verbs::{LINK, lost};

impl World {
    /// What the provider owes, in minor units of the euro; the books hold what they must.
    async fn owed(&mut self) -> i64 {
        assert_eq!(self.check_books().await.findings, []);
        closing(&self.statement(PROVIDER).await, "EUR")
    }

    /// The round that looks for charges that fell away.
    async fn looks_at_repeats(&self) {
        let looked =
            "SELECT COUNT(*) FROM task WHERE name = 'repeats' AND due_us > (SELECT us FROM clock)";
        self.pass_time(Duration::from_secs(301)).await;
        eventually(Duration::from_secs(15), async || {
            (self.count(looked).await == 1).then_some(())
        })
        .await;
    }
}

on_both! {
    async fn of_two_leads_offered_at_once_the_one_that_is_confirmed_is_charged_whichever_it_is(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        let first = world.dispatch(tool_call(1)).await.lead_id;
        world.is_offered(&first, 1).await;
        let second = world.dispatch(tool_call(2)).await.lead_id;
        world.confirm(&second, 1, LINK).await.unwrap();
        assert_eq!(world.income(&second).await[0].state(), Due, "nothing else is charged");
        assert_eq!(world.owed().await, 10_000);
        world.confirm(&first, 1, LINK).await.unwrap();
        assert_eq!(world.income(&first).await[0].state(), Waived);
        assert_eq!(world.owed().await, 10_000);
    }

    async fn a_customer_who_calls_again_after_nothing_came_of_it_is_not_charged_again(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        let first = world.dispatch(tool_call(1)).await.lead_id;
        world.confirm(&first, 1, LINK).await.unwrap();
        world.close(&first, 1, lost("nobody at home")).await.unwrap();
        assert_eq!(world.owed().await, 10_000, "flat terms are due for the lead");
        let again = world.dispatch(tool_call(2)).await.lead_id;
        world.confirm(&again, 1, LINK).await.unwrap();
        assert_eq!(world.income(&again).await[0].state(), Waived);
        assert_eq!(world.owed().await, 10_000);
    }

    async fn a_repeat_is_charged_when_the_lead_that_was_charged_is_cancelled(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        let first = world.dispatch(tool_call(1)).await.lead_id;
        world.confirm(&first, 1, LINK).await.unwrap();
        let again = world.dispatch(tool_call(2)).await.lead_id;
        world.confirm(&again, 1, LINK).await.unwrap();
        let third = world.dispatch(tool_call(3)).await.lead_id;
        world.confirm(&third, 1, LINK).await.unwrap();
        world.cancel(&first).await.unwrap();
        world.looks_at_repeats().await;
        assert_eq!(world.income(&first).await[0].state(), Credited);
        let states = [world.income(&again).await[0].state(), world.income(&third).await[0].state()];
        assert!([[Due, Waived], [Waived, Due]].contains(&states), "one of them: {states:?}");
        assert_eq!(world.owed().await, 10_000);
        world.looks_at_repeats().await;
        assert_eq!(world.owed().await, 10_000, "once");
    }
}
