//! The console: what a person sees.
//!
//! Every page is HTML that the server renders from a plain value of `services`, and works without
//! WebAssembly. Nothing is decided here: pages show what `services` and `domain` have decided, and a
//! form's post is parsed, handed over, and answered with a redirect or with the same page and its findings.
//!
//! `islands` is the only code that reaches the browser; the rest exists on the server alone.

pub mod islands;

#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod components;
#[cfg(feature = "ssr")]
mod console;
#[cfg(feature = "ssr")]
mod fields;
#[cfg(feature = "ssr")]
mod navigation;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
mod render;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
mod visitor;

#[cfg(feature = "ssr")]
pub use console::{Assets, Console, Login, refuse, router};
