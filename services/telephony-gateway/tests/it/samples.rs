//! One site with its number, its agent and a caller, as the tests declare them.

use contracts::telephony::v1 as wire;

pub(crate) const DID: &str = "+41225394512";
pub(crate) const CHAIN: &str = "+41779503412";
pub(crate) const CALLER: &str = "+41791112233";
pub(crate) const SITE: &str = "plombiersgeneve";
pub(crate) const AGENT: &str = "bord-plombiersgeneve";

/// A prompt that the twin's scripted agent follows as a model would.
pub(crate) const PROMPT: &str = "Vous êtes l'assistant de Plombiers Genève : plomberie, fuites, \
    robinets. **APPELEZ TOUJOURS `dispatch_lead` AVANT DE DIRE AU REVOIR.** Ne demandez jamais la \
    date de naissance. Ne donnez jamais l'adresse d'un plombier avant dispatch_lead. Hors sujet : \
    dites ce que fait ce site, ne transmettez rien.";

pub(crate) fn ring(
    sid: &str,
    to: &str,
    from: &str,
    forwarded_from: &str,
) -> wire::AnswerCallRequest {
    let now = chassis::clock::now();
    let nanos = i32::try_from(now.timestamp_subsec_nanos()).unwrap();
    wire::AnswerCallRequest {
        call_sid: sid.to_owned(),
        to: to.to_owned(),
        from: from.to_owned(),
        forwarded_from: forwarded_from.to_owned(),
        account_sid: String::new(),
        receive_time: Some(prost_types::Timestamp {
            seconds: now.timestamp(),
            nanos,
        }),
    }
}

pub(crate) fn site() -> wire::Site {
    wire::Site {
        site_id: SITE.to_owned(),
        url: "https://plombiersgeneve.ch".to_owned(),
        country: "CH".to_owned(),
        languages: vec!["fr".to_owned(), "en".to_owned()],
        time_zone: "Europe/Zurich".to_owned(),
        disclosure: "Bonjour, vous parlez à une IA & l'appel est enregistré. Comment aider ?"
            .to_owned(),
        paused: false,
    }
}

pub(crate) fn number() -> wire::Number {
    wire::Number {
        number_e164: DID.to_owned(),
        site_id: SITE.to_owned(),
        country: "CH".to_owned(),
        chain_mobile_e164: CHAIN.to_owned(),
        chain_carrier: "Digital Republic eSIM".to_owned(),
        fallback_url: "https://fallback.example/voice.xml".to_owned(),
        ..Default::default()
    }
}

pub(crate) fn agent() -> wire::Agent {
    let seconds = |seconds| Some(prost_types::Duration { seconds, nanos: 0 });
    wire::Agent {
        name: AGENT.to_owned(),
        site_id: SITE.to_owned(),
        configuration: Some(wire::AgentConfiguration {
            language: "fr".to_owned(),
            voice_id: "cjVigY5qzO86Huf0OWal".to_owned(),
            voice_name: "Eric".to_owned(),
            llm: "gpt-4o".to_owned(),
            prompt: PROMPT.to_owned(),
            initial_wait_time: seconds(3),
            silence_end_call_timeout: seconds(30),
            max_duration: seconds(600),
            dispatch_fidelity: true,
            ..Default::default()
        }),
        served_categories: vec!["plumbing".to_owned()],
        ..Default::default()
    }
}
