//! Provenance decides what a declaration may overwrite: the catalogue writes over its own earlier
//! word, never over what an operator changed since; an operator may write over anything. Likewise the
//! catalogue lifts only the pause that it set itself, when a provider left its files.

/// Who declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Catalog,
    Operator,
}

impl Source {
    /// As it stands in the record, and as the one who paused.
    #[must_use]
    pub fn actor(self) -> &'static str {
        match self {
            Self::Catalog => "catalog",
            Self::Operator => "operator",
        }
    }
}

/// What a declaration comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Create,
    Update,
    /// Nothing to write.
    Unchanged,
    /// The content stands already; that the catalogue says so as well is all that is new.
    Adopt,
    /// An operator changed the row since the catalogue last wrote it.
    Conflict,
}

/// Hashes of a stored row.
#[derive(Debug, Clone, Copy)]
pub struct Stored<'a> {
    pub content: &'a str,
    /// The content as the catalogue last wrote it; nothing when it never did.
    pub catalog: Option<&'a str>,
}

#[must_use]
pub fn decide(stored: Option<Stored<'_>>, new: &str, source: Source, overwrite: bool) -> Outcome {
    let Some(Stored { content, catalog }) = stored else {
        return Outcome::Create;
    };
    match source {
        _ if content == new && (source == Source::Operator || catalog == Some(new)) => {
            Outcome::Unchanged
        }
        Source::Catalog if content == new => Outcome::Adopt,
        Source::Catalog if catalog != Some(content) && !overwrite => Outcome::Conflict,
        Source::Catalog | Source::Operator => Outcome::Update,
    }
}

/// Whether a declaration lifts the pause that stands: a provider is back in the files that it had
/// left. A declaration in conflict writes nothing at all.
#[must_use]
pub fn lifts_pause(pause_actor: Option<&str>, source: Source, outcome: Outcome) -> bool {
    source == Source::Catalog
        && pause_actor == Some(Source::Catalog.actor())
        && outcome != Outcome::Conflict
}

/// Whether a pause is put in the place of the one that stands: the catalogue's yields to a
/// person's, so that a return to the files does not lift it.
#[must_use]
pub fn yields_pause(standing: &str, actor: &str) -> bool {
    let catalog = Source::Catalog.actor();
    standing == catalog && actor != catalog
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(content: &'static str, catalog: Option<&'static str>) -> Option<Stored<'static>> {
        Some(Stored { content, catalog })
    }

    #[test]
    fn the_catalogue_overwrites_only_its_own_word() {
        let catalog = |row, new, overwrite| decide(row, new, Source::Catalog, overwrite);
        assert_eq!(catalog(None, "a", false), Outcome::Create);
        assert_eq!(
            catalog(stored("a", Some("a")), "a", false),
            Outcome::Unchanged
        );
        assert_eq!(catalog(stored("a", Some("a")), "b", false), Outcome::Update);
        // The operator changed a to x.
        assert_eq!(
            catalog(stored("x", Some("a")), "b", false),
            Outcome::Conflict
        );
        assert_eq!(
            catalog(stored("x", Some("a")), "a", false),
            Outcome::Conflict
        );
        assert_eq!(catalog(stored("x", Some("a")), "b", true), Outcome::Update);
        // The files took over what the operator had done.
        assert_eq!(catalog(stored("x", Some("a")), "x", false), Outcome::Adopt);
        // The operator made the row.
        assert_eq!(catalog(stored("x", None), "b", false), Outcome::Conflict);
    }

    #[test]
    fn an_operator_overwrites_anything() {
        let operator = |row, new| decide(row, new, Source::Operator, false);
        assert_eq!(operator(stored("a", Some("a")), "x"), Outcome::Update);
        assert_eq!(operator(stored("x", Some("a")), "x"), Outcome::Unchanged);
        assert_eq!(operator(None, "x"), Outcome::Create);
    }

    #[test]
    fn the_catalogue_lifts_only_its_own_pause() {
        let lifts = |actor, source, outcome| lifts_pause(actor, source, outcome);
        let by_catalog = Some("catalog");
        assert!(lifts(by_catalog, Source::Catalog, Outcome::Unchanged));
        assert!(lifts(by_catalog, Source::Catalog, Outcome::Update));
        assert!(!lifts(by_catalog, Source::Catalog, Outcome::Conflict));
        assert!(!lifts(by_catalog, Source::Operator, Outcome::Update));
        assert!(!lifts(
            Some("operator:ana"),
            Source::Catalog,
            Outcome::Update
        ));
        assert!(!lifts(None, Source::Catalog, Outcome::Unchanged));
        assert!(yields_pause("catalog", "operator:ana"));
        assert!(!yields_pause("catalog", "catalog"));
        assert!(!yields_pause("operator:ana", "operator:ben"));
    }
}
