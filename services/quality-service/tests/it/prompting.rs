//! From a flag to a healed prompt: a clause is added or strengthened, passes the gate, goes live by
//! the standing policy, and the flag is resolved (R62, B5).

use contracts::quality::v1 as quality;
use quality_service::domain::flag::Kind;
use test_support::{eventually, on_both};

use crate::prompting_world::{AGENT, Mending, PROMPT};
use crate::world::PATIENCE;

fn live(revision: &quality::PromptRevision) -> bool {
    revision.state() == quality::RevisionState::Live
}

on_both! {
    async fn a_flag_adds_its_clause_which_passes_the_gate_and_goes_live_without_a_hand_r62(db: TestDb) {
        let mut mending = Mending::started(&db).await;
        let address = mending.flag(Kind::AddressTold, "conv_1").await;
        let (_, _, resolution) = mending.flag_when(address, "resolved").await;
        assert!(resolution.contains("passed the gate"), "{resolution}");

        let revisions = mending.revisions().await;
        let (mend, before) = (&revisions[0], &revisions[1]);
        assert!(live(mend) && mend.origin == "mend");
        assert_eq!(mend.clauses, ["address: stated"]);
        assert_eq!(mend.approved_by, "policy:standing");
        assert_eq!(mend.flag_ids, [address.to_string()]);
        assert_eq!(before.state(), quality::RevisionState::Superseded);
        {
            let vendor = mending.vendor();
            assert!(vendor.live.contains("Ne donnez jamais le nom ni l'adresse d'un prestataire"));
            assert_eq!(vendor.releases.len(), 1);
            assert_eq!(vendor.releases[0].1, "policy:standing");
            // What was declared beside the prompt is kept.
            let kept = &vendor.kept[&vendor.agent.released_hash];
            assert_eq!(kept.data_collection.len(), 1);
            // D14: the flagged call is a scenario of its agent from now on, before the gate.
            let own = &vendor.runs[0].1;
            assert_eq!(own.len(), 1);
            assert_eq!(own[0].scenario_id, "own-address-1");
            assert_eq!(own[0].forbidden, ["address"]);
        }
        // The same rule broken again: a step stronger, and another scenario.
        let again = mending.flag(Kind::AddressTold, "conv_2").await;
        mending.flag_when(again, "resolved").await;
        let revisions = mending.revisions().await;
        assert_eq!(revisions[0].clauses, ["address: emphasis"]);
        assert_eq!(mending.vendor().runs[1].1.len(), 2);
        mending.world.stop().await;
    }

    async fn an_edit_at_the_vendor_is_put_back_through_the_gate_and_flags_of_calls_wait_for_it_b5(db: TestDb) {
        let mut mending = Mending::new(&db).await;
        mending.vendor().live = "Soyez gentil.".to_owned();
        let found = mending.prompts.check_drift(AGENT).await.unwrap().unwrap();
        assert!(found.text.contains("conversation_config.agent.prompt.prompt"));
        assert!(!found.text.contains("Soyez gentil"), "paths, never the text");
        let drift = found.id();
        mending.prompts.raise(vec![found]).await.unwrap();
        // What was sealed forbids this firmly: the edit is why it happened.
        let closing = mending.flag(Kind::ClosedFirst, "conv_1").await;
        mending.world.start().await;
        let (_, _, resolution) = mending.flag_when(drift, "resolved").await;
        assert!(resolution.starts_with("put back"), "{resolution}");
        let (_, _, resolution) = mending.flag_when(closing, "resolved").await;
        assert!(resolution.starts_with("put back"), "{resolution}");
        assert_eq!(mending.vendor().live, PROMPT);
        assert_eq!(mending.vendor().runs.len(), 1, "a fresh run of the gate");
        let revisions = mending.revisions().await;
        assert!(live(&revisions[0]) && revisions[0].origin == "put_back");
        assert_eq!(revisions[0].configuration_hash, revisions[1].configuration_hash);
        assert!(mending.prompts.check_drift(AGENT).await.unwrap().is_none());
        // A call that the edited prompt answered, judged only now: nothing more to mend.
        mending.world.stop().await;
    }

    async fn the_loop_finds_the_edit_itself_before_it_strengthens_anything(db: TestDb) {
        let mut mending = Mending::started(&db).await;
        mending.vendor().live = "Soyez gentil.".to_owned();
        let address = mending.flag(Kind::AddressTold, "conv_1").await;
        // The sealed prompt has no clause on addresses: first it is put back, then mended.
        mending.flag_when(address, "resolved").await;
        let origins: Vec<String> =
            mending.revisions().await.into_iter().map(|revision| revision.origin).collect();
        assert_eq!(origins, ["mend", "put_back", "catalog"]);
        assert_eq!(mending.open(Kind::Drift).await, 0);
        mending.world.stop().await;
    }

    async fn a_rule_at_full_strength_goes_to_the_operator(db: TestDb) {
        let mut mending = Mending::started(&db).await;
        for number in 0..2 {
            let flag = mending.flag(Kind::BirthAsked, &format!("conv_{number}")).await;
            mending.flag_when(flag, "resolved").await;
        }
        let last = mending.flag(Kind::BirthAsked, "conv_3").await;
        let text = mending.handed_over(last).await;
        assert!(text.contains("full strength"), "{text}");
        assert_eq!(mending.open(Kind::FullStrength).await, 1);
        assert!(mending.vendor().live.starts_with("# Règles absolues"));
        mending.world.stop().await;
    }

    /// B5: two a day; the third waits for a person, and nothing piles up behind it.
    async fn the_standing_policy_releases_twice_a_day_at_the_most_b5(db: TestDb) {
        let mut mending = Mending::started(&db).await;
        for number in 0..2 {
            let flag = mending.flag(Kind::AddressTold, &format!("conv_{number}")).await;
            mending.flag_when(flag, "resolved").await;
        }
        let third = mending.flag(Kind::BirthAsked, "conv_3").await;
        let braked = async || (mending.open(Kind::Braked).await == 1).then_some(());
        eventually(PATIENCE, braked).await;
        let passed = mending.revisions().await.remove(0);
        assert_eq!(passed.state(), quality::RevisionState::Passed);
        assert_eq!(mending.vendor().releases.len(), 2);
        // One candidate for each agent: another flag waits, another proposal is refused.
        let fourth = mending.flag(Kind::DispatchMissed, "conv_4").await;
        let proposal = quality::ProposePromptRequest {
            agent_name: AGENT.to_owned(),
            actor: "operator:ana".to_owned(),
            basis: Some(quality::propose_prompt_request::Basis::AdoptLive(true)),
            ..Default::default()
        };
        let refused = mending.rpc().propose_prompt(proposal).await.unwrap_err();
        assert_eq!(chassis::fault::reason(&refused).unwrap(), "CANDIDATE_STANDS");
        assert_eq!(mending.flag_now(fourth).await.0, "open");
        let release = quality::ReleasePromptRequest {
            revision_id: passed.revision_id,
            actor: "operator:ana".to_owned(),
        };
        let released = mending.rpc().release_prompt(release.clone()).await.unwrap().into_inner();
        assert!(released.changed);
        mending.flag_when(third, "resolved").await;
        let again = mending.rpc().release_prompt(release).await.unwrap().into_inner();
        assert!(!again.changed, "a repeat changes nothing");
        mending.world.stop().await;
    }

    async fn credits_and_length_have_their_limits_b5(db: TestDb) {
        let mut mending = Mending::new(&db).await;
        mending.world.config.prompts.credits_per_day = 400;
        mending.world.start().await;
        let first = mending.flag(Kind::AddressTold, "conv_1").await;
        mending.flag_when(first, "resolved").await;
        mending.flag(Kind::AddressTold, "conv_2").await;
        let braked = async || (mending.open(Kind::Braked).await == 1).then_some(());
        eventually(PATIENCE, braked).await;
        let waits = mending.revisions().await.remove(0);
        assert_eq!(waits.state(), quality::RevisionState::Candidate);
        let evaluate = quality::EvaluatePromptRequest { revision_id: waits.revision_id };
        let refused = mending.rpc().evaluate_prompt(evaluate).await.unwrap_err();
        assert_eq!(chassis::fault::reason(&refused).unwrap(), "CREDITS_SPENT");
        assert_eq!(mending.vendor().runs.len(), 1);
        mending.world.stop().await;
    }

    async fn two_workers_at_once_make_one_candidate_b5(db: TestDb) {
        let mending = Mending::new(&db).await;
        let flag = mending.flag(Kind::AddressTold, "conv_1").await;
        let step = || async { while mending.prompts.step().await.unwrap() {} };
        tokio::join!(step(), step(), step());
        let settled = async || {
            while mending.prompts.step().await.unwrap() {}
            Some(mending.flag_now(flag).await).filter(|flag| flag.0 == "resolved")
        };
        eventually(PATIENCE, settled).await;
        let vendor = mending.vendor();
        assert_eq!((vendor.runs.len(), vendor.releases.len()), (1, 1));
    }
}
