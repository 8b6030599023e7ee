//! From the catalogue's values to the messages of each service, nothing else.

use std::collections::HashMap;

use contracts::{
    lead::v1 as lead, notification::v1 as notification, roster::v1 as roster,
    telephony::v1 as telephony,
};
use prost_types::Duration;

use crate::catalog::model::{
    Agent, Catalog, Category, City, Number, Operator, Provider, Site, Sms, Terms, Window,
};
use crate::catalog::prompt;

pub(super) fn channel_rules(
    catalog: &Catalog,
    dry_run: bool,
) -> notification::PutChannelRulesRequest {
    let operator = &catalog.operator;
    let countries = operator
        .countries
        .values()
        .map(|country| notification::CountryRules {
            country: country.code.clone(),
            // An empty sender says that the channel is not possible there (D11).
            sms_from: country
                .sms_from
                .clone()
                .filter(|_| country.sms != Sms::None)
                .unwrap_or_default(),
            whatsapp_from: country
                .whatsapp_from
                .clone()
                .filter(|_| country.whatsapp)
                .unwrap_or_default(),
            two_way_sms: country.sms == Sms::TwoWay,
        });
    let templates = operator.templates.iter().flat_map(|(language, templates)| {
        templates
            .content_sids
            .iter()
            .map(|(template, sid)| notification::WhatsappTemplate {
                template: template.clone(),
                language: language.clone(),
                content_sid: sid.clone(),
            })
    });
    notification::PutChannelRulesRequest {
        countries: countries.collect(),
        whatsapp_templates: templates.collect(),
        languages: operator.languages.clone(),
        dry_run,
        message_retention_days: small(operator.retention.message_days),
    }
}

pub(super) fn provider(provider: &Provider) -> roster::Provider {
    let channel = |kind: roster::ChannelKind, address: &Option<String>| {
        address.clone().map(|address| roster::Channel {
            kind: kind.into(),
            address,
            ..Default::default()
        })
    };
    roster::Provider {
        provider_id: provider.id.clone(),
        name: provider.name.clone(),
        country: provider.country.clone(),
        language: provider.language.clone(),
        categories: provider.categories.clone(),
        cities: provider.cities.clone(),
        priority: small(provider.priority),
        capacity: small(provider.capacity),
        max_per_day: small(provider.max_per_day.unwrap_or_default()),
        time_zone: provider.timezone.clone(),
        hours: provider.hours.iter().map(window).collect(),
        channels: [
            channel(roster::ChannelKind::Whatsapp, &provider.whatsapp),
            channel(roster::ChannelKind::Sms, &provider.sms),
            channel(roster::ChannelKind::Email, &provider.email),
        ]
        .into_iter()
        .flatten()
        .collect(),
        address: provider.address.clone(),
        terms: provider.terms.as_ref().map(terms),
        ..Default::default()
    }
}

fn window(window: &Window) -> roster::OpenHours {
    roster::OpenHours {
        weekday: i32::from(window.weekday),
        open_minute: i32::from(window.open),
        close_minute: i32::from(window.close),
    }
}

fn terms(terms: &Terms) -> roster::PayoutTerms {
    let terms = match terms {
        Terms::Flat { minor, currency } => roster::payout_terms::Terms::Flat(roster::FlatTerms {
            amount_minor: *minor,
            currency: currency.clone(),
        }),
        Terms::Percent(percent) => {
            roster::payout_terms::Terms::PercentHundredths(small(percent * 100))
        }
    };
    roster::PayoutTerms { terms: Some(terms) }
}

pub(super) fn taxonomy(catalog: &Catalog, dry_run: bool) -> lead::PutTaxonomyRequest {
    lead::PutTaxonomyRequest {
        categories: catalog.categories.iter().map(category).collect(),
        cities: catalog.cities.iter().map(city).collect(),
        dry_run,
        rules: Some(lead_rules(&catalog.operator)),
    }
}

fn lead_rules(operator: &Operator) -> lead::LeadRules {
    lead::LeadRules {
        repeat_days: small(operator.leads.repeat_days),
        result_reminder_days: small(operator.leads.result_reminder_days),
        retention_days: small(operator.retention.lead_days),
    }
}

pub(super) fn retention(operator: &Operator, dry_run: bool) -> telephony::PutRetentionRequest {
    telephony::PutRetentionRequest {
        recording_days: small(operator.retention.recording_days),
        transcript_days: small(operator.retention.transcript_days),
        dry_run,
    }
}

fn category(category: &Category) -> lead::Category {
    lead::Category {
        category_id: category.id.clone(),
        health: category.health,
        names: category.names.clone().into_iter().collect(),
        synonyms: category.synonyms.values().flatten().cloned().collect(),
        answer_deadlines: Some(lead::AnswerDeadlines {
            emergency_minutes: small(category.deadline_minutes.emergency),
            soon_minutes: small(category.deadline_minutes.soon),
            flexible_minutes: small(category.deadline_minutes.flexible),
        }),
    }
}

fn city(city: &City) -> lead::City {
    lead::City {
        city_id: city.id.clone(),
        country: city.country.clone(),
        names: city.names.clone().into_iter().collect(),
        synonyms: city.synonyms.clone(),
    }
}

pub(super) fn site_facts(site: &Site) -> lead::SiteFacts {
    let chains = site
        .numbers
        .iter()
        .filter_map(|number| number.chain.as_ref());
    lead::SiteFacts {
        site_id: site.id.clone(),
        url: site.url.clone(),
        country: site.country.clone(),
        allowed_countries: site
            .allowed_countries
            .iter()
            .filter(|c| **c != site.country)
            .cloned()
            .collect(),
        languages: first(&site.language, &site.languages),
        categories: first(&site.default_category, &site.categories),
        cities: first(&site.default_city, &site.cities),
        numbers: site
            .numbers
            .iter()
            .map(|number| number.did.clone())
            .collect(),
        chain_mobiles: chains.map(|chain| chain.mobile.clone()).collect(),
        time_zone: site.timezone.clone(),
        max_call_duration: site
            .agent
            .as_ref()
            .map(|agent| seconds(agent.max_duration_seconds)),
    }
}

pub(super) fn site(catalog: &Catalog, site: &Site) -> telephony::Site {
    telephony::Site {
        site_id: site.id.clone(),
        url: site.url.clone(),
        country: site.country.clone(),
        languages: first(&site.language, &site.languages),
        time_zone: site.timezone.clone(),
        disclosure: catalog.disclosure(site).unwrap_or_default().to_owned(),
        paused: false,
    }
}

pub(super) fn number(site: &Site, number: &Number) -> telephony::Number {
    let (mobile, carrier) = match &number.chain {
        Some(chain) => (chain.mobile.clone(), chain.carrier.clone()),
        None => Default::default(),
    };
    telephony::Number {
        number_e164: number.did.clone(),
        site_id: site.id.clone(),
        country: site.country.clone(),
        chain_mobile_e164: mobile,
        chain_carrier: carrier,
        fallback_url: site.fallback_url.clone().unwrap_or_default(),
        ..Default::default()
    }
}

pub(super) fn agent(catalog: &Catalog, site: &Site, agent: &Agent) -> telephony::Agent {
    let (voice_id, voice_name) = match catalog.voice(agent) {
        Some(voice) => (voice.id.clone(), voice.name.clone()),
        None => Default::default(),
    };
    telephony::Agent {
        name: agent.name.clone(),
        site_id: site.id.clone(),
        configuration: Some(telephony::AgentConfiguration {
            language: agent.language.clone(),
            voice_id,
            voice_name,
            llm: agent.llm.clone(),
            prompt: prompt::render(agent),
            first_message: agent.first_message.clone(),
            initial_wait_time: Some(seconds(agent.initial_wait_time)),
            silence_end_call_timeout: Some(seconds(agent.silence_end_call_timeout)),
            max_duration: Some(seconds(agent.max_duration_seconds)),
            dispatch_fidelity: agent.dispatch_fidelity,
            data_collection: data_collection(agent),
            // Speech model, turn-taking and keywords: telephony's defaults fit the language.
            ..Default::default()
        }),
        served_categories: first(&site.default_category, &site.categories),
        ..Default::default()
    }
}

fn data_collection(agent: &Agent) -> HashMap<String, String> {
    let declared = agent.data_collection.as_ref();
    declared.map_or_else(HashMap::new, |table| {
        table.fields.clone().into_iter().collect()
    })
}

/// The list with its default in front, as the contracts ask.
fn first(default: &str, all: &[String]) -> Vec<String> {
    let others = all.iter().filter(|each| *each != default).cloned();
    std::iter::once(default.to_owned()).chain(others).collect()
}

fn seconds(seconds: i64) -> Duration {
    Duration { seconds, nanos: 0 }
}

/// The lint keeps every such number within the range.
fn small(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
