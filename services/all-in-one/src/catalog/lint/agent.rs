//! An agent's settings: wait (R16), first message (D1), one tool (R19, R26), voice (R20, R21),
//! model (R22, R23) and the vendor's own limits.

use crate::catalog::model::{Agent, Site};

use super::Lint;

const WAIT_SECONDS: i64 = 3;
const TOOL: &str = "dispatch_lead";
const ERIC: &str = "Eric";
const STRONG: &str = "gpt-4o";
const CHEAP: &str = "gpt-4o-mini";

pub(super) fn check(lint: &Lint<'_>, site: &Site, agent: &Agent) {
    let (at, report) = (&agent.at, lint.report);
    if agent.initial_wait_time != WAIT_SECONDS {
        let message = format!(
            "`initial_wait_time` is {}: it must be {WAIT_SECONDS}, or the agent talks over a slow hello (R17)",
            agent.initial_wait_time
        );
        report.error(at.field("initial_wait_time"), "R16", message);
    }
    if !agent.first_message.is_empty() {
        let message = "`first_message` is not empty, so `initial_wait_time` has no effect: leave it \"\" and let the disclosure ask";
        report.warn(at.field("first_message"), "D1", message);
    }
    for (index, tool) in agent.tools.iter().enumerate() {
        if tool != TOOL {
            let message =
                format!("`tools` names {tool}: {TOOL} is the one webhook tool; remove it");
            report.error(at.item("tools", index), "R26", message);
        }
    }
    if at.field("tools").is_some() && !agent.tools.iter().any(|tool| tool == TOOL) {
        report.error(
            at.field("tools"),
            "R19",
            format!("`tools` lacks {TOOL}: without it no call becomes a lead; add it"),
        );
    }
    for (index, tool) in agent.built_in_tools.iter().enumerate() {
        if tool != "end_call" {
            let message = format!(
                "`built_in_tools` names {tool}: only end_call may stand beside {TOOL}; remove it"
            );
            report.error(at.item("built_in_tools", index), "R19", message);
        }
    }
    // What the vendor takes (conversation.max_duration_seconds, turn.silence_end_call_timeout).
    if at.field("silence_end_call_timeout").is_some() {
        lint.range(
            at.field("silence_end_call_timeout"),
            "silence_end_call_timeout",
            agent.silence_end_call_timeout,
            10..=300,
            "R19",
        );
    }
    lint.range(
        at.field("max_duration_seconds"),
        "max_duration_seconds",
        agent.max_duration_seconds,
        60..=7200,
        "R19",
    );
    if at.field("language").is_some()
        && site.at.field("language").is_some()
        && agent.language != site.language
    {
        let message = format!(
            "`language` is \"{}\", but the site's is \"{}\": the disclosure and the agent speak the same",
            agent.language, site.language
        );
        report.error(at.field("language"), "language", message);
    }
    check_model(lint, agent);
    check_voice(lint, site, agent);
}

fn check_model(lint: &Lint<'_>, agent: &Agent) {
    let place = agent.at.field("llm");
    if agent.at.field("dispatch_fidelity").is_none() {
        return;
    }
    let (llm, model) = (&agent.llm, unpinned(&agent.llm));
    if agent.dispatch_fidelity && model != STRONG {
        let message =
            format!("`llm` is {llm}, but `dispatch_fidelity` is true: it must be {STRONG} there");
        lint.report.error(place, "R22", message);
    } else if !agent.dispatch_fidelity && model != CHEAP {
        let message = format!(
            "`llm` is {llm}, but `dispatch_fidelity` is false: it must be {CHEAP} there, or say that fidelity matters"
        );
        lint.report.error(place, "R23", message);
    }
}

/// "gpt-4o-mini-2024-07-18" → "gpt-4o-mini": a pinned version is the same model.
fn unpinned(llm: &str) -> &str {
    let date = |s: &str| {
        s.bytes().enumerate().all(|(i, b)| {
            if i == 4 || i == 7 {
                b == b'-'
            } else {
                b.is_ascii_digit()
            }
        })
    };
    match llm
        .len()
        .checked_sub(11)
        .filter(|at| llm.is_char_boundary(*at))
        .map(|at| llm.split_at(at))
    {
        Some((model, suffix)) if suffix.starts_with('-') && date(&suffix[1..]) => model,
        _ => llm,
    }
}

fn check_voice(lint: &Lint<'_>, site: &Site, agent: &Agent) {
    if lint.damaged.is("catalog.toml") {
        return;
    }
    let place = agent.at.field("voice");
    let Some(voice) = lint.catalog.voice(agent) else {
        let message = format!(
            "`voice` names \"{0}\", which is not in catalog.toml: add [voices.{0}], or correct the name",
            agent.voice
        );
        lint.report.error(place, "reference", message);
        return;
    };
    if site.at.field("country").is_none() || site.at.field("url").is_none() {
        return;
    }
    let eric = voice.name == ERIC;
    if site.is_swiss_ch() && !eric {
        let message = format!("`voice` is {}: Swiss .ch sites use {ERIC}", voice.name);
        lint.report.error(place, "R20", message);
    } else if !site.is_swiss_ch() && eric {
        let message = format!(
            "`voice` is {ERIC}, the voice of the Swiss .ch sites: give this market a voice of its own"
        );
        lint.report.error(place, "R21", message);
    }
}

/// Each site outside Switzerland is a market of its own: no two share a voice (R21). Compared
/// by the vendor's id, for one voice may stand under two names.
pub(super) fn check_voices(lint: &Lint<'_>) {
    let agents = || {
        lint.catalog
            .sites
            .iter()
            .filter_map(|s| Some((s, s.agent.as_ref()?)))
    };
    let own = agents()
        .filter(|(site, _)| !site.is_swiss_ch())
        .filter_map(|(_, agent)| {
            let voice = lint
                .catalog
                .voice(agent)
                .filter(|voice| voice.name != ERIC)?;
            Some((voice.id.as_str(), agent.at.field("voice")))
        });
    lint.unique("voice", "R21", own);
    lint.unique(
        "name",
        "unique",
        agents().map(|(_, a)| (a.name.as_str(), a.at.field("name"))),
    );
    let voices = &lint.catalog.operator.voices;
    lint.unique(
        "id",
        "unique",
        voices.values().map(|v| (v.id.as_str(), v.at.field("id"))),
    );
}

#[cfg(test)]
mod tests {
    use super::unpinned;

    #[test]
    fn a_pinned_version_is_the_model_itself() {
        assert_eq!(unpinned("gpt-4o-mini-2024-07-18"), "gpt-4o-mini");
        assert_eq!(unpinned("gpt-4o-2024-11-20"), "gpt-4o");
        assert_eq!(unpinned("gpt-4o"), "gpt-4o");
        assert_eq!(unpinned("gpt-4o-mini"), "gpt-4o-mini");
    }
}
