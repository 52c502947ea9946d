//! The form as it is typed in, and the keyboard.

use dialects::look::{Desk, Look};
use domain::layer::form::Typed;
use leptos::{
    ev,
    prelude::{document, window_event_listener},
    wasm_bindgen::JsCast as _,
    web_sys::EventTarget,
};
use web_sys::{Element, FormData, HtmlElement, HtmlFormElement};

/// Shows what the form says, now and after every keystroke; nothing when `bench` is none.
pub(super) fn begin(form: &str, bench: &str, show: impl Fn(Option<Look>) + 'static) {
    let Some(desk) = Desk::read(bench) else {
        show(None);
        return;
    };
    let id = form.to_owned();
    let look = move || {
        let form = document().get_element_by_id(&id).and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
        show(form.and_then(|form| typed(&form)).map(|typed| desk.look(&typed)));
    };
    look();
    // What a form post showed of the same phone is older than this.
    if let Some(preview) = document().get_element_by_id("preview") {
        let _hidden = preview.set_attribute("hidden", "");
    }
    let form = format!("#{form}");
    // Forms do not come and go on a page, so the window listens for as long as it is there.
    let _listening = window_event_listener(ev::input, move |event| {
        if element(event.target()).is_some_and(|from| from.closest(&form).ok().flatten().is_some()) {
            look();
        }
    });
}

fn element(target: Option<EventTarget>) -> Option<Element> {
    target?.dyn_into().ok()
}

fn typed(form: &HtmlFormElement) -> Option<Typed> {
    let fields = FormData::new_with_form(form).ok()?;
    let field = |name: &str| fields.get(name).as_string().unwrap_or_default();
    let rule = ["sites", "models", "roles", "tags", "groups"].map(field);
    Some(Typed { text: field("text"), release: field("release"), rule })
}

/// From the row that has the focus to its neighbour; from the table to its first row.
pub(super) fn walk(event: &ev::KeyboardEvent) {
    let down = match event.key().as_str() {
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return,
    };
    let Some(from) = element(event.target()) else { return };
    let next = match from.closest("tbody tr").ok().flatten() {
        Some(row) if down => row.next_element_sibling(),
        Some(row) => row.previous_element_sibling(),
        None => from.query_selector("tbody tr").ok().flatten(),
    };
    if let Some(row) = next.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
        event.prevent_default();
        // Nothing depends on the focus having moved.
        let _moved = row.focus();
    }
}
