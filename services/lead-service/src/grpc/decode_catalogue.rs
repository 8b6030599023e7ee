//! From the wire to the catalogue; its rules are the domain's.

use std::time::Duration;

use chassis::fault::{InvalidRequest, Violations};
use contracts::lead::v1 as wire;

use crate::domain::deadline::AnswerDeadlines;
use crate::domain::site::{DEFAULT_MAX_CALL, SiteFacts};
use crate::domain::taxonomy::{Category, City, LeadRules};

pub(super) fn site(
    request: wire::PutSiteFactsRequest,
) -> Result<(SiteFacts, bool), InvalidRequest> {
    let wire::PutSiteFactsRequest { site, dry_run } = request;
    let mut v = Violations::new();
    v.required("site", site.as_ref());
    v.finish()?;
    let wire::SiteFacts {
        site_id,
        url,
        country,
        allowed_countries,
        languages,
        categories,
        cities,
        numbers,
        chain_mobiles,
        time_zone,
        max_call_duration,
    } = site.unwrap_or_default();
    let seconds = max_call_duration.map(|length| u64::try_from(length.seconds).unwrap_or_default());
    let max_call = seconds
        .filter(|s| *s > 0)
        .map_or(DEFAULT_MAX_CALL, Duration::from_secs);
    let site = SiteFacts {
        site_id,
        url,
        country,
        allowed_countries,
        languages,
        categories,
        cities,
        numbers,
        chain_mobiles,
        time_zone,
        max_call,
    };
    Ok((site, dry_run))
}

pub(super) fn taxonomy(
    categories: Vec<wire::Category>,
    cities: Vec<wire::City>,
) -> (Vec<Category>, Vec<City>) {
    let category = |wire::Category {
                        category_id,
                        health,
                        names,
                        synonyms,
                        answer_deadlines,
                    }| Category {
        category_id,
        health,
        names: names.into_iter().collect(),
        synonyms,
        answer_deadlines: answer_deadlines.map_or_else(AnswerDeadlines::default, deadlines),
    };
    let city = |wire::City {
                    city_id,
                    country,
                    names,
                    synonyms,
                }| City {
        city_id,
        country,
        names: names.into_iter().collect(),
        synonyms,
    };
    (
        categories.into_iter().map(category).collect(),
        cities.into_iter().map(city).collect(),
    )
}

fn deadlines(said: wire::AnswerDeadlines) -> AnswerDeadlines {
    AnswerDeadlines {
        emergency_minutes: said.emergency_minutes,
        soon_minutes: said.soon_minutes,
        flexible_minutes: said.flexible_minutes,
    }
}

/// Zero means the default.
pub(super) fn rules(said: Option<wire::LeadRules>) -> LeadRules {
    let wire::LeadRules {
        repeat_days,
        result_reminder_days,
        retention_days,
    } = said.unwrap_or_default();
    let standard = LeadRules::default();
    let or = |said: i32, default: i32| if said == 0 { default } else { said };
    LeadRules {
        repeat_days: or(repeat_days, standard.repeat_days),
        result_reminder_days: or(result_reminder_days, standard.result_reminder_days),
        retention_days: or(retention_days, standard.retention_days),
    }
}
