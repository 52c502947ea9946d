//! The console: what a person sees.
