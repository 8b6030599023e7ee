//! The ledger as these tests say it: price lists, closed calls, and what stands in lines and books.

use std::time::Duration;

use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};
use contracts::lead::v1 as wire;
use prost_types::Timestamp;
use test_support::eventually;
use tonic::Status;

use crate::calls::GENEVA_DID;
use crate::harness::World;

pub(crate) fn at(text: &str) -> Timestamp {
    stamp(text.parse().unwrap())
}

pub(crate) fn stamp(time: DateTime<Utc>) -> Timestamp {
    Timestamp {
        seconds: time.timestamp(),
        nanos: i32::try_from(time.timestamp_subsec_nanos()).unwrap(),
    }
}

/// "USD 0.0085".
pub(crate) fn amount(text: &str) -> wire::Amount {
    let amount: lead_service::domain::ledger::money::Amount = text.parse().unwrap();
    wire::Amount {
        micros: amount.micros,
        currency: amount.currency.code().to_owned(),
    }
}

pub(crate) fn price(item: &str, country: &str, worth: &str, from: &str) -> wire::Price {
    wire::Price {
        item: item.to_owned(),
        country: country.to_owned(),
        amount: Some(amount(worth)),
        from_date: from.to_owned(),
    }
}

/// From January 2020 on.
pub(crate) fn list() -> wire::PutPriceListRequest {
    let from = "2020-01-01";
    wire::PutPriceListRequest {
        prices: vec![
            price("did_month", "CH", "USD 1.15", from),
            price("chain_month", "", "CHF 13", from),
            price("carrier_minute", "CH", "USD 0.0085", from),
            price("agent_minute", "", "USD 0.08", from),
            price("sms", "CH", "USD 0.0725", from),
            price("whatsapp", "", "USD 0.0144", from),
            price("email", "", "USD 0.0008", from),
        ],
        rates: vec![wire::ExchangeRate {
            from_currency: "USD".to_owned(),
            to_currency: "EUR".to_owned(),
            rate: "0.92".to_owned(),
            from_date: from.to_owned(),
        }],
        ..Default::default()
    }
}

/// A lead's call of 61 seconds to the Geneva number, without the agent.
pub(crate) fn call(n: u32, start: &str) -> wire::RecordCostRequest {
    let start = at(start);
    wire::RecordCostRequest {
        call_sid: format!("CA{n:032x}"),
        site_id: "plombiersgeneve".to_owned(),
        call_class: wire::CallClass::Lead.into(),
        start_time: Some(start),
        end_time: Some(Timestamp {
            seconds: start.seconds + 61,
            ..start
        }),
        duration: Some(seconds(61)),
        called_number: GENEVA_DID.to_owned(),
        ..Default::default()
    }
}

pub(crate) fn seconds(seconds: i64) -> prost_types::Duration {
    prost_types::Duration { seconds, nanos: 0 }
}

pub(crate) fn spoken(n: u32, length: i64) -> wire::ConversationCost {
    wire::ConversationCost {
        conversation_id: format!("conv_{n}"),
        agent_name: "eric".to_owned(),
        duration: Some(seconds(length)),
        ..Default::default()
    }
}

async fn texts(tx: &mut Tx, sql: &'static str) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(sql).fetch_all(c).await?))
}

impl World {
    pub(crate) async fn put_prices(
        &mut self,
        list: wire::PutPriceListRequest,
    ) -> Result<bool, Status> {
        let answer = self.ledger.put_price_list(list).await?;
        Ok(answer.into_inner().changed)
    }

    pub(crate) async fn costs(&mut self, call: wire::RecordCostRequest) -> bool {
        let answer = self.ledger.record_cost(call).await.unwrap();
        answer.into_inner().changed
    }

    pub(crate) async fn texts(&self, sql: &'static str) -> Vec<String> {
        let mut tx = self.store.read().await.unwrap();
        texts(&mut tx, sql).await.unwrap()
    }

    /// What calls and their conversations cost: "key micros", or why it is not known.
    pub(crate) async fn call_lines(&self) -> Vec<String> {
        self.texts(
            "SELECT cost_key || ' ' || COALESCE(CAST(amount_micros AS TEXT), unknown)
               FROM cost_line WHERE part IN ('carrier', 'agent') ORDER BY cost_key",
        )
        .await
    }

    pub(crate) async fn message_lines(&self) -> Vec<String> {
        self.texts(
            "SELECT part || ' ' || COALESCE(CAST(amount_micros AS TEXT), unknown)
               FROM cost_line WHERE part IN ('sms', 'whatsapp', 'email') ORDER BY cost_key",
        )
        .await
    }

    pub(crate) async fn month_lines(&self) -> Vec<String> {
        self.texts(
            "SELECT cost_key || ' ' || site_id || ' ' || COALESCE(CAST(amount_micros AS TEXT), unknown)
               FROM cost_line WHERE part IN ('did', 'chain') ORDER BY cost_key",
        )
        .await
    }

    /// All of the books, in order.
    pub(crate) async fn entries(&self) -> Vec<String> {
        self.texts(
            "SELECT base || ':' || CAST(place AS TEXT) || ' ' || debit || ' ' || CAST(amount_micros AS TEXT)
               FROM transfer WHERE base NOT LIKE 'cost:number:%' ORDER BY base, place",
        )
        .await
    }

    /// What stands in the books is what the lines say, and nothing stands without a line.
    pub(crate) async fn balances(&self) {
        let differing = self
            .count(
                "SELECT COUNT(*) FROM cost_line l
                  WHERE COALESCE(l.amount_micros, 0) <> COALESCE((SELECT SUM(
                        CASE WHEN t.debit LIKE 'cost:%' THEN t.amount_micros ELSE -t.amount_micros END)
                        FROM transfer t WHERE t.base = 'cost:' || l.cost_key), 0)",
            )
            .await;
        let stray = self
            .count(
                "SELECT COUNT(*) FROM (
                    SELECT base FROM transfer
                     WHERE NOT EXISTS (SELECT 1 FROM cost_line l WHERE base = 'cost:' || l.cost_key)
                     GROUP BY base
                    HAVING SUM(CASE WHEN debit LIKE 'cost:%' THEN amount_micros
                                    ELSE -amount_micros END) <> 0) AS stray",
            )
            .await;
        assert_eq!((differing, stray), (0, 0));
    }

    /// Waits until every line is priced by the list that was put last.
    pub(crate) async fn is_repriced(&self) {
        eventually(Duration::from_secs(20), async || {
            let due = self
                .count("SELECT COUNT(*) FROM ledger_rules WHERE reprice_time IS NOT NULL")
                .await;
            (due == 0).then_some(())
        })
        .await;
    }

    /// The database's clock shows this moment from now on.
    pub(crate) async fn it_is(&self, moment: &str) {
        let now = self.store.now_us().await.unwrap();
        let then = moment.parse::<DateTime<Utc>>().unwrap().timestamp_micros();
        let by = u64::try_from(then - now).expect("the clock goes forward only");
        self.pass_time(Duration::from_micros(by)).await;
    }

    /// Waits until a statement finds something.
    pub(crate) async fn comes(&self, sql: &'static str) {
        eventually(Duration::from_secs(20), async || {
            (self.count(sql).await > 0).then_some(())
        })
        .await;
    }
}
