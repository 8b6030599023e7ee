//! Equal shares that add up to the whole exactly.
//!
//! By largest remainder: with equal shares all remainders are the same, so the micros left over go
//! one each to the first. Whoever shares sorts by id, so that it is always the same ones.

/// `parts` shares of `whole`; none of nothing.
pub fn equal(whole: i128, parts: usize) -> impl Iterator<Item = i128> {
    let count = i128::try_from(parts).unwrap_or(i128::MAX).max(1);
    let (each, over) = (whole.div_euclid(count), whole.rem_euclid(count));
    (0..count)
        .take(parts)
        .map(move |place| each + i128::from(place < over))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn usd_1_15_over_three_calls_is_383_334_and_twice_383_333_micros() {
        let shares: Vec<_> = equal(1_150_000, 3).collect();
        assert_eq!(shares, [383_334, 383_333, 383_333]);
        assert_eq!(equal(5, 2).collect::<Vec<_>>(), [3, 2]);
        assert_eq!(equal(-5, 2).collect::<Vec<_>>(), [-2, -3]);
        assert_eq!(equal(5, 0).count(), 0);
    }

    proptest! {
        #[test]
        fn shares_add_up_and_differ_by_one_micro_at_most(
            whole in -10_000_000_000_000_i128..10_000_000_000_000, parts in 1_usize..200,
        ) {
            let shares: Vec<_> = equal(whole, parts).collect();
            prop_assert_eq!(shares.len(), parts);
            prop_assert_eq!(shares.iter().sum::<i128>(), whole);
            let most = shares.iter().max().unwrap();
            prop_assert!(most - shares.iter().min().unwrap() <= 1);
        }
    }
}
