//! The voice of the demo: numbered steps, and what is said below each.

use crate::terminal;

/// Numbers the steps.
#[derive(Default)]
pub(super) struct Teller {
    pub(super) steps: usize,
}

impl Teller {
    pub(super) fn step(&mut self, title: impl AsRef<str>) {
        self.steps += 1;
        terminal::line(format!("\n{}. {}", self.steps, title.as_ref()));
    }

    #[expect(
        clippy::unused_self,
        reason = "what is said belongs to the step that was begun"
    )]
    pub(super) fn say(&self, text: impl AsRef<str>) {
        terminal::line(format!("   {}", text.as_ref()));
    }
}
