//! Providers, coverage, capacity and assignments.
