//! The product from outside: rules of the whole tree first, then calls from ring to receipt.

mod answers;
mod calls;
mod catalogue;
mod clauses;
mod contention;
mod dependencies;
mod dispatch;
mod identity;
mod judged;
mod loss;
mod page;
mod passes;
mod people;
mod proto_rules;
mod replicas;
mod saga;
mod sealed;
mod shutdown;
mod tool;
mod truth;
mod world;
