//! A button that copies an id and says so.

use leptos::prelude::*;

/// Copies `text`; `label` says what it is.
#[island]
pub fn CopyId(
    /// What is copied.
    text: String,
    /// What it is, for those who cannot see where the button stands.
    label: String,
) -> impl IntoView {
    let ready = RwSignal::new(false);
    let said = RwSignal::new("");
    Effect::new(move |_| ready.set(true));
    let copy = move |_| {
        said.set(browser::copy(&text));
        set_timeout(move || said.set(""), std::time::Duration::from_secs(3));
    };
    view! {
        <span class="copy" data-hydrated=move || ready.get().then_some("")>
            <button type="button" aria-label=format!("Copy {label}") hidden=move || !ready.get() on:click=copy>
                <svg viewBox="0 0 16 16" aria-hidden="true">
                    <path d="M5.5 5.5v-3h8v8h-3" />
                    <rect x="2.5" y="5.5" width="8" height="8" rx="1" />
                </svg>
            </button>
            <span class="copy-said" role="status">{move || said.get()}</span>
        </span>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::window;

    /// Browsers hand out the clipboard on trustworthy addresses alone; elsewhere we say so.
    pub(super) fn copy(text: &str) -> &'static str {
        let window = window();
        if !window.is_secure_context() {
            return "Needs HTTPS: select and copy by hand";
        }
        // The promise is not awaited: a refusal leaves the id on the page, to be selected.
        let _ = window.navigator().clipboard().write_text(text);
        "Copied"
    }
}

#[cfg(not(feature = "hydrate"))]
mod browser {
    pub(super) fn copy(_text: &str) -> &'static str {
        ""
    }
}
