//! The price list as the ledger takes it. It is the last of what lead-service is given: prices mean
//! something for sites that stand.

use chassis::clock;
use chrono::NaiveDate;
use contracts::lead::v1 as lead;
use prost_types::Duration;

use super::answer::changed;
use super::calls::Caller;
use crate::catalog::model::{Catalog, Expected, Money, Prices};

impl Caller {
    pub(super) async fn price_list(&mut self, catalog: &Catalog) {
        let today = clock::now().date_naive();
        let request = request(&catalog.prices, today, self.options.dry_run);
        let mut client = self.ledger.clone();
        let new = self.is_new(None);
        self.call(
            "lead",
            "prices",
            "prices and rates",
            Box::pin(async move {
                let answer = client.put_price_list(request).await?.into_inner();
                Ok(changed(answer.changed, new))
            }),
        )
        .await;
    }
}

/// What is expected of an agent is the figure of the day on which the catalogue is applied.
pub(super) fn request(list: &Prices, today: NaiveDate, dry_run: bool) -> lead::PutPriceListRequest {
    let prices = list.prices.iter().filter_map(|price| {
        Some(lead::Price {
            item: price.item.clone(),
            country: price.country.clone().unwrap_or_default(),
            amount: Some(amount(price.price.as_ref()?)),
            from_date: price.from.to_string(),
        })
    });
    let rates = list.rates.iter().map(|rate| lead::ExchangeRate {
        from_currency: rate.from_currency.clone(),
        to_currency: rate.to_currency.clone(),
        rate: rate.rate.clone(),
        from_date: rate.from.to_string(),
    });
    let expected = list.expected.as_ref().filter(|one| one.from <= today);
    lead::PutPriceListRequest {
        prices: prices.collect(),
        rates: rates.collect(),
        expected: Some(lead::Expected {
            call_duration: expected.map(call_duration),
            cost_per_lead: expected.and_then(|one| one.cost_per_lead.as_ref().map(amount)),
            agent_per_call: list.agent_per_call(today).map(amount),
        }),
        report_currency: list.rules.report_currency.clone(),
        credit_days: i32::try_from(list.rules.credit_days).ok(),
        dry_run,
    }
}

fn amount(money: &Money) -> lead::Amount {
    lead::Amount {
        micros: money.micros,
        currency: money.currency.clone(),
    }
}

/// "2.5" minutes are 150 s.
fn call_duration(expected: &Expected) -> Duration {
    let milliseconds = expected.call_milliminutes * 60;
    Duration {
        seconds: milliseconds / 1_000,
        nanos: i32::try_from(milliseconds % 1_000 * 1_000_000).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Folder;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn money(amount: Option<lead::Amount>) -> (i64, String) {
        amount.map(|one| (one.micros, one.currency)).unwrap()
    }

    /// R10, R74, R75, R77, R78.
    #[test]
    fn the_sample_goes_out_with_its_prices_rates_and_what_is_expected() {
        let catalog = Catalog::sample().unwrap();
        let sent = request(&catalog.prices, day("2026-11-22"), true);
        assert!(sent.dry_run);
        let price = |item: &str, country: &str| {
            let found = sent
                .prices
                .iter()
                .find(|p| p.item == item && p.country == country);
            money(found.unwrap().amount.clone())
        };
        assert_eq!(price("did_month", ""), (1_150_000, "USD".into()));
        assert_eq!(price("chain_month", "CH"), (13_000_000, "CHF".into()));
        assert_eq!(price("email", ""), (800, "USD".into()));
        assert_eq!(price("agent_credit", ""), (120, "USD".into()));
        assert!(sent.prices.iter().all(|p| p.from_date == "2026-01-01"));
        let rates: Vec<_> = sent
            .rates
            .iter()
            .map(|r| (r.from_currency.as_str(), r.rate.as_str()))
            .collect();
        assert_eq!(rates, [("USD", "0.8512"), ("CHF", "1.0741")]);
        assert_eq!(
            (sent.report_currency.as_str(), sent.credit_days),
            ("EUR", Some(14))
        );
        let expected = sent.expected.unwrap();
        assert_eq!(expected.call_duration.unwrap().seconds, 180);
        assert_eq!(money(expected.cost_per_lead), (40_000, "USD".into()));
        assert_eq!(money(expected.agent_per_call), (40_000, "USD".into()));
    }

    /// Before its day nothing is expected; from a later day on, the later figure is.
    #[test]
    fn what_is_expected_is_the_figure_of_the_day() {
        let folder = Folder::sample();
        let text = folder
            .get("prices.toml")
            .unwrap()
            .replace("call_minutes = \"3\"", "call_minutes = \"2.501\"");
        let later = "\n[[price]]\nitem = \"agent_call\"\namount = \"0.05\"\ncurrency = \"USD\"\nfrom = 2026-12-01\n";
        let folder = folder.with("prices.toml", &(text + later));
        let list = Catalog::from_folder(&folder).unwrap().prices;
        let agent = |on: &str| {
            request(&list, day(on), false)
                .expected
                .unwrap()
                .agent_per_call
                .map(|a| a.micros)
        };
        assert_eq!(agent("2025-12-31"), None);
        assert_eq!(agent("2026-11-30"), Some(40_000));
        assert_eq!(agent("2026-12-01"), Some(50_000));
        let before = request(&list, day("2025-12-31"), false).expected.unwrap();
        assert_eq!((before.call_duration, before.cost_per_lead), (None, None));
        let length = request(&list, day("2026-02-01"), false)
            .expected
            .unwrap()
            .call_duration
            .unwrap();
        assert_eq!(
            (length.seconds, length.nanos),
            (150, 60_000_000),
            "150.06 s"
        );
    }
}
