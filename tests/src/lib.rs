//! The whole product tested from outside.
