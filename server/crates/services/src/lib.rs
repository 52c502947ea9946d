//! Use cases: authorise, begin, load, decide, save, audit, outbox, commit.
