//! Hydrates the islands; nothing else.

// Without a use of `app`, its islands' exports vanish from the bundle.
use app as _;

/// Called by the page's script once the module is loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
