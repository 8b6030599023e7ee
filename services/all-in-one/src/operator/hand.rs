//! A hand is whoever acts: "operator:NAME", of `--as` or of `$USER`, and why it does.

use anyhow::Context as _;
use chassis::config::Env;

/// Longer names are no names.
const LONGEST: usize = 60;

#[derive(clap::Args, Debug, Default)]
pub struct Who {
    /// Who acts, as the event log will say; your user name when left out.
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
}

#[derive(clap::Args, Debug)]
pub struct Hand {
    #[command(flatten)]
    pub who: Who,
    /// Why, in words without personal data: it stays in the event log.
    #[arg(long, value_name = "TEXT", value_parser = in_words)]
    pub reason: String,
}

impl Who {
    /// "operator:ana".
    ///
    /// # Errors
    /// When there is no name, or one that is none.
    pub fn actor(&self) -> anyhow::Result<String> {
        let env = Env::from_process();
        let name = self.name.clone().or_else(|| env.optional("USER"));
        actor(name.as_deref())
    }
}

fn actor(name: Option<&str>) -> anyhow::Result<String> {
    let name = name
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .context("nobody knows who acts: say it with --as NAME")?;
    let plain = name
        .chars()
        .all(|c| c.is_alphanumeric() || "._-@".contains(c));
    anyhow::ensure!(
        plain && name.chars().count() <= LONGEST,
        "{name:?} is no name for the event log: use letters, digits, dots and hyphens, at most {LONGEST}"
    );
    Ok(format!("operator:{name}"))
}

/// A text that says something.
pub fn in_words(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("say it in words".to_owned()),
        text => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_is_an_operator_with_a_plain_name() {
        assert_eq!(actor(Some(" ana ")).unwrap(), "operator:ana");
        assert_eq!(actor(Some("jörg.m")).unwrap(), "operator:jörg.m");
        for wrong in [None, Some(""), Some("a b"), Some("x:y"), Some("a\nb")] {
            assert!(actor(wrong).is_err(), "{wrong:?}");
        }
        let told = actor(None).unwrap_err().to_string();
        assert!(told.contains("--as NAME"), "{told}");
    }

    #[test]
    fn a_reason_says_something() {
        assert!(in_words("  ").is_err());
        assert_eq!(in_words(" no answer ").unwrap(), "no answer");
    }
}
