//! What a person manipulates: the only code in the browser's binary.
//!
//! An island gets plain props, and sets `data-hydrated` on itself once it listens. The page around it
//! is whole without it.

#![expect(missing_docs, reason = "`#[island]` makes a struct of the props and gives it no text")]

pub mod copy_id;
pub mod line_filter;
pub mod live;

pub use copy_id::CopyId;
pub use line_filter::{Line, LineFilter};
pub use live::Live;
