//! Provenance: who declared a row, and what a Put may do to it. A catalogue never overwrites what
//! an operator changed meanwhile, and pausing belongs to the running system: each side lifts only
//! the pause that it set itself, the operator any.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Catalog,
    Operator,
}

impl Source {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Catalog => "catalog",
            Self::Operator => "operator",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Catalog, Self::Operator]
            .into_iter()
            .find(|source| source.name() == name)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Created,
    Updated,
    Unchanged,
    Conflict,
}

/// How a Put is meant.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    pub source: Source,
    pub dry_run: bool,
    pub overwrite: bool,
}

/// Who paused a row, if anybody did.
pub type Pause = Option<Source>;

/// The pause after a Put that wants the row paused or not.
#[must_use]
pub fn pause(stored: Pause, wanted: bool, by: Source) -> Pause {
    match (stored, wanted) {
        // An operator's pause stands above the catalogue's, and outlives the return to the files.
        (Some(Source::Operator), true) => Some(Source::Operator),
        (_, true) => Some(by),
        // The catalogue knows nothing of an operator's pause.
        (Some(Source::Operator), false) if by == Source::Catalog => Some(Source::Operator),
        (_, false) => None,
    }
}

/// What a Put does. `stored` is who last declared the row's content, `changed` names the declared
/// fields that differ, `pause_changes` tells of a pause set or lifted.
#[must_use]
pub fn outcome(
    stored: Option<Source>,
    changed: &[&'static str],
    pause_changes: bool,
    manner: Manner,
) -> Outcome {
    match stored {
        None => Outcome::Created,
        Some(Source::Operator)
            if manner.source == Source::Catalog && !manner.overwrite && !changed.is_empty() =>
        {
            Outcome::Conflict
        }
        Some(_) if changed.is_empty() && !pause_changes => Outcome::Unchanged,
        Some(_) => Outcome::Updated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manner(source: Source, overwrite: bool) -> Manner {
        Manner {
            source,
            dry_run: false,
            overwrite,
        }
    }

    #[test]
    fn what_an_operator_changed_is_a_conflict_for_the_catalogue() {
        let by = |source, overwrite| {
            outcome(
                Some(Source::Operator),
                &["url"],
                false,
                manner(source, overwrite),
            )
        };
        assert_eq!(by(Source::Catalog, false), Outcome::Conflict);
        assert_eq!(by(Source::Catalog, true), Outcome::Updated);
        assert_eq!(by(Source::Operator, false), Outcome::Updated);
        let same = outcome(
            Some(Source::Operator),
            &[],
            false,
            manner(Source::Catalog, false),
        );
        assert_eq!(same, Outcome::Unchanged);
        assert_eq!(
            outcome(None, &[], false, manner(Source::Catalog, false)),
            Outcome::Created
        );
    }

    #[test]
    fn a_catalogue_never_lifts_an_operators_pause() {
        assert_eq!(
            pause(Some(Source::Operator), false, Source::Catalog),
            Some(Source::Operator)
        );
        assert_eq!(pause(Some(Source::Catalog), false, Source::Catalog), None);
        assert_eq!(pause(Some(Source::Catalog), false, Source::Operator), None);
        assert_eq!(pause(None, true, Source::Catalog), Some(Source::Catalog));
        let by_both = pause(Some(Source::Catalog), true, Source::Operator);
        assert_eq!(
            pause(by_both, false, Source::Catalog),
            Some(Source::Operator)
        );
    }
}
