//! A part of a page that follows by itself, by server-sent events.

use leptos::prelude::*;

/// Shows what the server sends from `path` in place of its children. Without it the page is as it was when it was asked
/// for.
#[island]
pub fn Live(
    /// Where the events come from: each is the whole part anew, as our server renders it.
    path: String,
    /// The part, as it is now.
    children: Children,
) -> impl IntoView {
    let ready = RwSignal::new(false);
    let part = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        ready.set(true);
        browser::follow(&path, part);
    });
    view! {
        <div class="live" data-hydrated=move || ready.get().then_some("")>
            <p class="calm" hidden=move || !ready.get()>"This part follows by itself."</p>
            <div node_ref=part>{children()}</div>
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::{
        html::Div,
        prelude::{GetUntracked as _, NodeRef},
        wasm_bindgen::{JsCast as _, closure::Closure},
    };
    use web_sys::{EventSource, MessageEvent};

    /// The browser asks again by itself when the connection ends.
    pub(super) fn follow(path: &str, part: NodeRef<Div>) {
        let Ok(source) = EventSource::new(path) else { return };
        let show = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let (Some(html), Some(part)) = (event.data().as_string(), part.get_untracked()) {
                part.set_inner_html(&html);
            }
        });
        source.set_onmessage(Some(show.as_ref().unchecked_ref()));
        // It listens as long as the page is there.
        show.forget();
    }
}

#[cfg(not(feature = "hydrate"))]
mod browser {
    use leptos::{html::Div, prelude::NodeRef};

    pub(super) fn follow(_path: &str, _part: NodeRef<Div>) {}
}
