//! The operations of the model test, and how often each is drawn.

use proptest::prelude::*;

pub(crate) const PROVIDERS: usize = 3;
pub(crate) const LEADS: usize = 5;

#[derive(Debug, Clone)]
pub(crate) enum Op {
    Assign { lead: usize },
    Release { lead: usize },
    ReleaseAhead { lead: usize },
    Confirm { lead: usize },
    Free { lead: usize },
    Complete { lead: usize },
    Pause { provider: usize },
    Resume { provider: usize },
    Capacity { provider: usize, slots: i32 },
}

pub(crate) fn op() -> impl Strategy<Value = Op> {
    let (lead, provider) = (0..LEADS, 0..PROVIDERS);
    prop_oneof![
        6 => lead.clone().prop_map(|lead| Op::Assign { lead }),
        3 => lead.clone().prop_map(|lead| Op::Release { lead }),
        1 => lead.clone().prop_map(|lead| Op::ReleaseAhead { lead }),
        2 => lead.clone().prop_map(|lead| Op::Confirm { lead }),
        1 => lead.clone().prop_map(|lead| Op::Free { lead }),
        1 => lead.prop_map(|lead| Op::Complete { lead }),
        1 => provider.clone().prop_map(|provider| Op::Pause { provider }),
        1 => provider.clone().prop_map(|provider| Op::Resume { provider }),
        2 => (provider, 1..4).prop_map(|(provider, slots)| Op::Capacity { provider, slots }),
    ]
}
