//! Random operations against a model: I4, I5 and I6 hold after each, and each match is the one that
//! the order D3 names.

use std::collections::HashMap;

use contracts::bord::roster::v1 as pb;
use proptest::test_runner::{Config, TestRunner};
use test_support::TestDb;
use uuid::Uuid;

use crate::harness::{RosterTest, owner, plumber, reason, wanted};
use crate::model_ops::{LEADS, Op, PROVIDERS, op};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Reserved,
    Confirmed,
    Completed,
}

#[derive(Debug, Default)]
struct Model {
    /// Capacity, paused, number of the last lead.
    providers: Vec<(i32, bool, u64)>,
    /// Who has the lead, where it stands, whether it holds a slot.
    owners: HashMap<usize, (usize, State, bool)>,
    /// The attempt that comes next.
    attempt: HashMap<usize, i32>,
    made: u64,
}

impl Model {
    fn held(&self, provider: usize) -> i32 {
        let holding = self
            .owners
            .values()
            .filter(|(owner, _, holds)| *owner == provider && *holds);
        i32::try_from(holding.count()).unwrap()
    }

    /// D3, written again in another way.
    fn best(&self) -> Option<usize> {
        let free = (0..PROVIDERS).filter(|p| {
            let (capacity, paused, _) = self.providers[*p];
            !paused && self.held(*p) < capacity
        });
        free.min_by(|a, b| {
            let load = |p: &usize| f64::from(self.held(*p)) / f64::from(self.providers[*p].0);
            load(a)
                .total_cmp(&load(b))
                .then(self.providers[*a].2.cmp(&self.providers[*b].2))
                .then(a.cmp(b))
        })
    }
}

struct Case<'a> {
    roster: &'a RosterTest,
    city: String,
    leads: Vec<Uuid>,
    model: Model,
}

impl Case<'_> {
    fn id(&self, provider: usize) -> String {
        format!("{}-p{provider}", self.city)
    }

    fn declared(&self, provider: usize, capacity: i32) -> pb::Provider {
        pb::Provider {
            cities: vec![self.city.clone()],
            capacity,
            ..plumber(&self.id(provider))
        }
    }

    async fn run(&mut self, ops: &[Op]) {
        for provider in 0..PROVIDERS {
            self.roster.put(self.declared(provider, 2)).await;
            self.model.providers.push((2, false, 0));
        }
        for op in ops {
            self.step(op).await;
            let mine = format!("FROM provider WHERE provider_id LIKE '{}-%'", self.city);
            let held = self.roster.count(format!("SELECT sum(held) {mine}")).await;
            let expected: i32 = (0..PROVIDERS)
                .map(|provider| self.model.held(provider))
                .sum();
            assert_eq!(held, i64::from(expected), "held after {op:?} (I5)");
        }
        for provider in 0..PROVIDERS {
            let held = self.roster.provider(&self.id(provider)).await.held;
            assert_eq!(held, self.model.held(provider), "held by each (I5)");
        }
        self.roster.assert_books_balance().await;
    }

    async fn step(&mut self, op: &Op) {
        match *op {
            Op::Assign { lead } => self.assign(lead).await,
            Op::Release { lead } => {
                let attempt = self.attempt(lead);
                let released = self.roster.release(self.leads[lead], attempt).await;
                match self.model.owners.get(&lead) {
                    Some((_, State::Completed, _)) => {
                        assert_eq!(reason(&released.unwrap_err()), "ILLEGAL_MOVE");
                    }
                    standing => {
                        assert_eq!(released.unwrap().is_some(), standing.is_some());
                        self.model.owners.remove(&lead);
                        self.model.attempt.insert(lead, attempt + 1);
                    }
                }
            }
            Op::ReleaseAhead { lead } => {
                // An attempt that was never made; whatever stands is left alone.
                let ahead = self.attempt(lead) + 1;
                assert_eq!(
                    self.roster.release(self.leads[lead], ahead).await.unwrap(),
                    None
                );
                if !self.model.owners.contains_key(&lead) {
                    let refused = self.ask(lead, ahead).await.unwrap_err();
                    assert_eq!(reason(&refused), "ATTEMPT_CLOSED");
                }
                self.skip(lead, ahead);
            }
            Op::Confirm { lead } => {
                let moved = self
                    .roster
                    .confirm(self.leads[lead], self.attempt(lead))
                    .await;
                let Some(owned) = self.model.owners.get_mut(&lead) else {
                    return assert!(moved.is_err());
                };
                moved.unwrap();
                if owned.1 == State::Reserved {
                    owned.1 = State::Confirmed;
                }
            }
            Op::Free { lead } => {
                let moved = self.roster.free(self.leads[lead], self.attempt(lead)).await;
                match self.model.owners.get_mut(&lead) {
                    None | Some((_, State::Reserved, _)) => assert!(moved.is_err()),
                    Some(owned) => {
                        moved.unwrap();
                        owned.2 = false;
                    }
                }
            }
            Op::Complete { lead } => {
                let moved = self
                    .roster
                    .complete(self.leads[lead], self.attempt(lead))
                    .await;
                match self.model.owners.get_mut(&lead) {
                    None | Some((_, State::Reserved, _)) => assert!(moved.is_err()),
                    Some(owned) => {
                        moved.unwrap();
                        *owned = (owned.0, State::Completed, false);
                    }
                }
            }
            Op::Pause { provider } => {
                let changed = self.roster.pause(&self.id(provider)).await;
                assert_eq!(changed, !self.model.providers[provider].1);
                self.model.providers[provider].1 = true;
            }
            Op::Resume { provider } => {
                let changed = self.roster.resume(&self.id(provider)).await;
                assert_eq!(changed, self.model.providers[provider].1);
                self.model.providers[provider].1 = false;
            }
            Op::Capacity { provider, slots } => {
                self.roster.put(self.declared(provider, slots)).await;
                self.model.providers[provider].0 = slots;
            }
        }
    }

    fn attempt(&self, lead: usize) -> i32 {
        self.model.attempt.get(&lead).copied().unwrap_or(1)
    }

    /// The attempt `closed` cannot be used; one that stands goes on under its own number.
    fn skip(&mut self, lead: usize, closed: i32) {
        if !self.model.owners.contains_key(&lead) {
            self.model.attempt.insert(lead, closed + 1);
        }
    }

    async fn ask(
        &self,
        lead: usize,
        attempt: i32,
    ) -> Result<pb::AssignProviderResponse, tonic::Status> {
        let request = pb::AssignProviderRequest {
            city: self.city.clone(),
            ..wanted(self.leads[lead], attempt)
        };
        self.roster.ask(request).await
    }

    async fn assign(&mut self, lead: usize) {
        let attempt = self.attempt(lead);
        let answer = self.ask(lead, attempt).await;
        let had = self.model.owners.get(&lead).map(|owned| owned.0);
        if had.is_none()
            && answer
                .as_ref()
                .is_err_and(|refused| reason(refused) == "ATTEMPT_CLOSED")
        {
            // Closed ahead while an earlier attempt stood.
            self.model.attempt.insert(lead, attempt + 1);
            return;
        }
        let got = owner(&answer.unwrap());
        let best = had.or_else(|| self.model.best());
        assert_eq!(
            got,
            best.map(|provider| self.id(provider)),
            "the match of D3 (I4, I6)"
        );
        if let (None, Some(provider)) = (had, best) {
            self.model.made += 1;
            self.model.providers[provider].2 = self.model.made;
            self.model
                .owners
                .insert(lead, (provider, State::Reserved, true));
        }
    }
}

fn against_the_model(cases: u32, sqlite: bool) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let roster = runtime.block_on(async {
        let db = if sqlite {
            TestDb::sqlite().await
        } else {
            TestDb::postgres().await
        };
        RosterTest::start(db).await
    });
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    });
    let ops = proptest::collection::vec(op(), 1..40);
    let outcome = runner.run(&ops, |ops| {
        let mut case = Case {
            roster: &roster,
            // A city of its own for each case: the cell starts empty.
            city: format!("city-{}", chassis::ids::random().simple()),
            leads: (0..LEADS).map(|_| chassis::ids::random()).collect(),
            model: Model::default(),
        };
        runtime.block_on(case.run(&ops));
        Ok(())
    });
    runtime.block_on(async { drop(roster) });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

#[test]
fn any_operations_keep_the_promises_on_sqlite() {
    against_the_model(25, true);
}

#[test]
fn any_operations_keep_the_promises_on_postgres() {
    against_the_model(25, false);
}
