//! The ledger as these tests ask it, and what they put into its tables.

use chassis::db::{self, StoreError, Tx};
use chrono::{DateTime, Utc};
use contracts::lead::v1 as wire;
use lead_service::domain::ledger::cost::{
    Belongs, CostLine, Fact, Part, Quantity, Source, Word, Worth,
};
use lead_service::domain::ledger::economics::{Call, Class};
use lead_service::domain::ledger::income::What;
use lead_service::domain::ledger::terms::Terms;
use lead_service::domain::ledger::transfer::{Wanted, adjust};
use lead_service::store::ledger::{cost_lines, ended_calls, income_events, transfers};
use prost_types::Timestamp;
use test_support::TestDb;
use tonic::Status;
use uuid::Uuid;

use crate::fake_lists::customer;
use crate::harness::World;
use crate::verbs::{LINK, OPERATOR};

/// A world in which leads bring something in.
pub(crate) async fn start(db: TestDb) -> World {
    let world = World::start(db).await;
    world.roster.pays_as_usual();
    world
}

pub(crate) fn money(text: &str) -> wire::Amount {
    let amount: lead_service::domain::ledger::money::Amount = text.parse().unwrap();
    wire::Amount {
        micros: amount.micros,
        currency: amount.currency.code().to_owned(),
    }
}

pub(crate) fn timestamp(at: DateTime<Utc>) -> Timestamp {
    Timestamp {
        seconds: at.timestamp(),
        nanos: i32::try_from(at.timestamp_subsec_nanos()).unwrap(),
    }
}

/// "2026-01-31T23:59" in UTC.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    format!("{text}:00Z").parse().unwrap()
}

pub(crate) fn euros(text: &str) -> Terms {
    Terms::Flat(text.parse().unwrap())
}

pub(crate) fn told(kind: &str, amount: &str) -> (String, Option<String>) {
    (kind.to_owned(), Some(amount.to_owned()))
}

/// A customer's lead that its provider confirmed.
pub(crate) async fn confirmed(world: &mut World, n: u32) -> String {
    let id = world.dispatch(customer(n)).await.lead_id;
    world.confirm(&id, 1, LINK).await.unwrap();
    id
}

/// A statement in a few words: each line's kind and amount.
pub(crate) fn lines(statement: &wire::GetStatementResponse) -> Vec<(String, Option<String>)> {
    let lines = statement.lines.iter();
    lines
        .map(|line| {
            let amount = line.amount.as_ref().map(|amount| {
                let unit = amount.micros / 10_000;
                format!("{} {unit}", amount.currency)
            });
            (line.kind.clone(), amount)
        })
        .collect()
}

/// What stands open in a currency, in hundredths.
pub(crate) fn closing(statement: &wire::GetStatementResponse, currency: &str) -> i64 {
    let mut balances = statement.balances.iter();
    let found = balances.find(|balance| balance.currency == currency);
    found.map_or(0, |balance| {
        let wire::StatementBalance {
            opening_micros,
            charged_micros,
            credited_micros,
            paid_micros,
            closing_micros,
            ..
        } = balance;
        assert_eq!(
            opening_micros + charged_micros - credited_micros - paid_micros,
            *closing_micros,
            "the balance adds up"
        );
        closing_micros / 10_000
    })
}

impl World {
    pub(crate) async fn statement(&mut self, provider: &str) -> wire::GetStatementResponse {
        let request = wire::GetStatementRequest {
            provider_id: provider.to_owned(),
            ..Default::default()
        };
        let answer = self.ledger.get_statement(request).await;
        answer.unwrap().into_inner()
    }

    pub(crate) async fn lead_economics(&mut self, id: &str) -> wire::GetLeadEconomicsResponse {
        let lead_id = id.to_owned();
        let request = wire::GetLeadEconomicsRequest { lead_id };
        let answer = self.ledger.get_lead_economics(request).await;
        answer.unwrap().into_inner()
    }

    pub(crate) async fn income(&mut self, id: &str) -> Vec<wire::IncomeLine> {
        self.lead_economics(id).await.incomes
    }

    pub(crate) async fn credit(
        &mut self,
        id: &str,
        request: u128,
        amount: Option<wire::Amount>,
    ) -> Result<wire::IncomeLine, Status> {
        let request = wire::CreditLeadRequest {
            lead_id: id.to_owned(),
            amount,
            reason: "undeliverable".to_owned(),
            request_id: Uuid::from_u128(request).to_string(),
            actor: OPERATOR.to_owned(),
        };
        let answer = self.ledger.credit_lead(request).await?.into_inner();
        Ok(answer.income.unwrap())
    }

    pub(crate) async fn pay(
        &mut self,
        provider: &str,
        amount: &str,
        reference: &str,
        at: DateTime<Utc>,
    ) -> Result<bool, Status> {
        let request = wire::RecordPaymentRequest {
            provider_id: provider.to_owned(),
            amount: Some(money(amount)),
            reference: reference.to_owned(),
            payment_time: Some(timestamp(at)),
            actor: OPERATOR.to_owned(),
        };
        Ok(self
            .ledger
            .record_payment(request)
            .await?
            .into_inner()
            .changed)
    }

    pub(crate) async fn check_books(&mut self) -> wire::CheckBooksResponse {
        let answer = self.ledger.check_books(wire::CheckBooksRequest {}).await;
        answer.unwrap().into_inner()
    }

    pub(crate) async fn economics(
        &mut self,
        group: wire::EconomicsGroup,
    ) -> wire::GetEconomicsResponse {
        let request = wire::GetEconomicsRequest {
            group: group.into(),
            ..Default::default()
        };
        let answer = self.ledger.get_economics(request).await;
        answer.unwrap().into_inner()
    }

    async fn write<F>(&self, work: impl FnOnce(Tx) -> F)
    where
        F: Future<Output = Result<Tx, StoreError>> + Send + 'static,
    {
        let (store, work) = (self.store.clone(), work);
        // The transaction is begun inside the unit, by what the closure makes.
        let begun = db::unit(async move { store.begin().await });
        let tx = begun.await.unwrap();
        let work = work(tx);
        db::unit(async move { work.await?.commit().await })
            .await
            .unwrap();
    }

    /// An attempt with terms, as if it had been assigned and confirmed then; nothing is posted.
    pub(crate) async fn was_confirmed(
        &self,
        id: &str,
        provider: &'static str,
        terms: Terms,
        at: DateTime<Utc>,
    ) {
        let lead = Uuid::try_parse(id).unwrap();
        self.write(|mut tx| async move {
            income_events::assigned(&mut tx, (lead, 1), at, provider, terms).await?;
            income_events::add(&mut tx, (lead, 1), at, &What::Confirmed, None).await?;
            Ok(tx)
        })
        .await;
    }

    /// Puts into the books what is wanted, as if it had been posted when it happened.
    pub(crate) async fn posts(&self, wanted: Vec<Wanted>) {
        self.write(|mut tx| async move {
            for wanted in &wanted {
                let posted = transfers::of_base(&mut tx, &wanted.base).await?;
                for transfer in adjust(wanted, &posted, wanted.at) {
                    transfers::add(&mut tx, &transfer).await?;
                }
            }
            Ok(tx)
        })
        .await;
    }

    pub(crate) async fn calls(&self, calls: Vec<Call>) {
        self.write(|mut tx| async move {
            for call in &calls {
                ended_calls::put(&mut tx, call, call.at).await?;
            }
            Ok(tx)
        })
        .await;
    }

    /// Cost lines with what stands for them in the books.
    pub(crate) async fn cost_lines(&self, lines: Vec<CostLine>) {
        let wanted = lines.iter().map(CostLine::wanted).collect();
        self.write(|mut tx| async move {
            for line in &lines {
                let fact = Fact {
                    key: line.key.clone(),
                    part: line.part,
                    at: line.at,
                    belongs: line.belongs.clone(),
                    country: "CH".to_owned(),
                    word: Word::NotYet,
                };
                cost_lines::put(&mut tx, &fact, line).await?;
            }
            Ok(tx)
        })
        .await;
        self.posts(wanted).await;
    }
}

pub(crate) fn call(n: u32, at: DateTime<Utc>, class: Class, seconds: u32) -> Call {
    Call {
        id: format!("CA{n:032x}"),
        site: "plombiersgeneve".to_owned(),
        agent: "plombier-fr".to_owned(),
        at,
        seconds: Some(seconds),
        class,
        heard: true,
    }
}

/// A line worth an amount, or (without one) unknown.
pub(crate) fn cost(
    key: &str,
    part: Part,
    at: DateTime<Utc>,
    belongs: Belongs,
    amount: Option<&str>,
) -> CostLine {
    let worth = match amount {
        Some(amount) => Worth::Known {
            amount: amount.parse().unwrap(),
            source: Source::Actual,
        },
        None => Worth::Unknown(lead_service::domain::ledger::cost::Unknown::NoWordYet),
    };
    CostLine {
        key: key.to_owned(),
        part,
        at,
        belongs,
        quantity: amount.map(|_| Quantity::Message),
        worth,
    }
}
