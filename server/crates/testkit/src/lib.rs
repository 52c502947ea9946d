//! Test application, fixed clock, builders.
