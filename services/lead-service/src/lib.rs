//! Leads, their event log and the dispatch saga.
