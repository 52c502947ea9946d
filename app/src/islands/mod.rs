//! What a person manipulates: the only code in the browser's binaries. There are two: pages with the layer editor load the
//! one that has it, with the rules and the dialects, and no other page pays for it.
//!
//! An island gets plain props, and sets `data-hydrated` on itself once it listens. The page around it
//! is whole without it.

#![expect(missing_docs, reason = "`#[island]` makes a struct of the props and gives it no text")]

pub mod copy_id;
#[cfg(any(feature = "ssr", feature = "editor"))]
pub mod layer_editor;
pub mod line_filter;
pub mod live;
#[cfg(any(feature = "ssr", feature = "editor"))]
pub(crate) mod prose;

pub use copy_id::CopyId;
#[cfg(any(feature = "ssr", feature = "editor"))]
pub use layer_editor::LayerEditor;
pub use line_filter::{Line, LineFilter};
pub use live::Live;
