//! The product from outside: rules of the whole tree first, then calls from ring to receipt.

mod dependencies;
mod proto_rules;
