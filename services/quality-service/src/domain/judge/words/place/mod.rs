//! The words of places and numbers, of the six languages.

pub(super) mod de;
pub(super) mod en;
pub(super) mod es;
pub(super) mod fr;
pub(super) mod id;
pub(super) mod it;
