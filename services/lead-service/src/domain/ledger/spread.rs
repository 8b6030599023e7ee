//! Who bears which cost.
//!
//! Every cost line of the period goes into one **pot**, and a pot is divided over its bearers:
//! - a line that names a lead, or whose call has leads, is those leads' own;
//! - what belongs to no lead is borne by the leads of its site and calendar month (D4);
//! - by call and by agent, a number's month is borne by the calls of its site in that month, and
//!   the rest by its own call.
//!
//! What nobody is there to bear stays with its site.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::cost::{CostLine, Part};
use super::economics::{Books, Call, Group, Lead, Sum};
use super::income::IncomeLine;
use super::month::{Month, Period};

/// Costs of one part with the same bearers.
pub(super) struct Pot {
    pub(super) part: Part,
    pub(super) own: bool,
    pub(super) sum: Sum,
    pub(super) bearers: Vec<Place>,
}

/// Where something stands in each grouping; empty where it has no name there.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    lead: String,
    call: String,
    site: String,
    city: String,
    category: String,
    provider: String,
    agent: String,
    month: String,
}

/// Finds leads and calls for a line, and those of a site's month that lie in the period.
pub(super) struct Index<'a> {
    period: &'a Period,
    leads: BTreeMap<Uuid, &'a Lead>,
    calls: BTreeMap<&'a str, &'a Call>,
    leads_of_call: BTreeMap<&'a str, Vec<&'a Lead>>,
    /// In order of id, so that it is always the same ones that bear a micro more.
    leads_at: BTreeMap<(&'a str, Month), Vec<&'a Lead>>,
    calls_at: BTreeMap<(&'a str, Month), Vec<&'a Call>>,
}

pub(super) fn pots(books: &Books<'_>, index: &Index<'_>, group: Group) -> Vec<Pot> {
    let by_call = matches!(group, Group::Call | Group::Agent);
    let mut pots = Vec::new();
    let mut shared: BTreeMap<(&str, Month, Part), Sum> = BTreeMap::new();
    for line in books
        .costs
        .iter()
        .filter(|line| index.period.holds(line.at))
    {
        let (part, month) = (line.part, Month::of(line.at));
        let sum = Sum::of(line.amount(), line.at, books.rates);
        let mut bearers = index.owners(line);
        let own = !bearers.is_empty();
        if by_call && !own && !part.is_monthly() {
            bearers.push(Place::default());
        }
        if bearers.is_empty() {
            shared
                .entry((&line.belongs.site, month, part))
                .or_default()
                .add(sum);
        } else {
            let bearers = bearers
                .into_iter()
                .map(|place| index.at_line(place, line))
                .collect();
            pots.push(Pot {
                part,
                own,
                sum,
                bearers,
            });
        }
    }
    for ((site, month, part), sum) in shared {
        let mut bearers = if by_call {
            index.calls_at(site, month)
        } else {
            index.leads_at(site, month)
        };
        if bearers.is_empty() {
            bearers.push(Place::default());
        }
        for place in &mut bearers {
            (place.site, place.month) = (site.to_owned(), month.to_string());
        }
        pots.push(Pot {
            part,
            own: false,
            sum,
            bearers,
        });
    }
    pots
}

impl Place {
    pub(super) fn name(&self, group: Group) -> &str {
        match group {
            Group::All => "",
            Group::Lead => &self.lead,
            Group::Call => &self.call,
            Group::Site => &self.site,
            Group::City => &self.city,
            Group::Category => &self.category,
            Group::Provider => &self.provider,
            Group::Agent => &self.agent,
            Group::Month => &self.month,
        }
    }
}

impl<'a> Index<'a> {
    pub(super) fn of(books: &Books<'a>, period: &'a Period) -> Self {
        let mut index = Self {
            period,
            leads: books.leads.iter().map(|lead| (lead.id, lead)).collect(),
            calls: books
                .calls
                .iter()
                .map(|call| (call.id.as_str(), call))
                .collect(),
            leads_of_call: BTreeMap::new(),
            leads_at: BTreeMap::new(),
            calls_at: BTreeMap::new(),
        };
        for lead in index.leads.values() {
            if let Some(call) = &lead.call {
                index.leads_of_call.entry(call).or_default().push(lead);
            }
            if period.holds(lead.at) {
                index
                    .leads_at
                    .entry((&lead.site, Month::of(lead.at)))
                    .or_default()
                    .push(lead);
            }
        }
        for call in index.calls.values().filter(|call| period.holds(call.at)) {
            index
                .calls_at
                .entry((&call.site, Month::of(call.at)))
                .or_default()
                .push(call);
        }
        index
    }

    /// The leads whose own a line is.
    fn owners(&self, line: &CostLine) -> Vec<Place> {
        match (line.belongs.lead, &line.belongs.call) {
            (Some(id), _) => vec![self.of_lead_id(id)],
            (None, Some(call)) => self.leads_of_call(call),
            (None, None) => Vec::new(),
        }
    }

    fn leads_of_call(&self, call: &str) -> Vec<Place> {
        let leads = self.leads_of_call.get(call).into_iter().flatten();
        leads.map(|lead| self.of_lead(lead)).collect()
    }

    fn leads_at(&self, site: &str, month: Month) -> Vec<Place> {
        let leads = self.leads_at.get(&(site, month)).into_iter().flatten();
        leads.map(|lead| self.of_lead(lead)).collect()
    }

    fn calls_at(&self, site: &str, month: Month) -> Vec<Place> {
        let calls = self.calls_at.get(&(site, month)).into_iter().flatten();
        calls.map(|call| at_call(Place::default(), call)).collect()
    }

    pub(super) fn of_lead(&self, lead: &Lead) -> Place {
        let call = lead.call.as_deref().and_then(|call| self.calls.get(call));
        let agent = lead
            .agent
            .clone()
            .or_else(|| call.map(|call| call.agent.clone()));
        Place {
            lead: lead.id.to_string(),
            call: lead.call.clone().unwrap_or_default(),
            site: lead.site.clone(),
            city: lead.city.clone(),
            category: lead.category.clone(),
            provider: lead.provider.clone().unwrap_or_default(),
            agent: agent.unwrap_or_default(),
            month: Month::of(lead.at).to_string(),
        }
    }

    fn of_lead_id(&self, id: Uuid) -> Place {
        let nameless = || Place {
            lead: id.to_string(),
            ..Place::default()
        };
        self.leads
            .get(&id)
            .map_or_else(nameless, |lead| self.of_lead(lead))
    }

    /// Where a call counts: with each of its leads, else by itself.
    pub(super) fn of_call(&self, call: &Call) -> Vec<Place> {
        let mut places = self.leads_of_call(&call.id);
        if places.is_empty() {
            places.push(Place::default());
        }
        places
            .into_iter()
            .map(|place| at_call(place, call))
            .collect()
    }

    /// With the provider who owes it, and in the month in which it came.
    pub(super) fn of_income(&self, income: &IncomeLine, at: DateTime<Utc>) -> Place {
        Place {
            provider: income.provider.clone(),
            month: Month::of(at).to_string(),
            ..self.of_lead_id(income.lead)
        }
    }

    /// What the line says goes before what is known of its lead, but for what the lead is about.
    fn at_line(&self, place: Place, line: &CostLine) -> Place {
        let belongs = &line.belongs;
        let call = belongs
            .call
            .as_deref()
            .and_then(|call| self.calls.get(call));
        let agent = belongs
            .agent
            .clone()
            .or_else(|| call.map(|call| call.agent.clone()));
        let or_line = |of_lead: String, of_line: &Option<String>| {
            if of_lead.is_empty() {
                of_line.clone().unwrap_or_default()
            } else {
                of_lead
            }
        };
        Place {
            lead: place.lead,
            call: belongs.call.clone().unwrap_or(place.call),
            site: belongs.site.clone(),
            city: or_line(place.city, &belongs.city),
            category: or_line(place.category, &belongs.category),
            provider: belongs.provider.clone().unwrap_or(place.provider),
            agent: agent.unwrap_or(place.agent),
            month: Month::of(line.at).to_string(),
        }
    }
}

fn at_call(place: Place, call: &Call) -> Place {
    Place {
        call: call.id.clone(),
        site: call.site.clone(),
        agent: call.agent.clone(),
        month: Month::of(call.at).to_string(),
        ..place
    }
}
