//! The top of a page: where one is, its one heading, and what it is about.

use leptos::prelude::*;

/// `trail` leads here: path and name.
pub(crate) fn head(trail: &[(String, String)], title: AnyView, aside: AnyView) -> AnyView {
    let trail: Vec<_> =
        trail.iter().map(|(path, name)| view! { <li><a href=path.clone()>{name.clone()}</a></li> }).collect();
    let trail = (!trail.is_empty())
        .then(|| view! { <nav class="trail" aria-label="Breadcrumb"><ol>{trail}</ol></nav> });
    view! {
        <div class="head">
            {trail}
            <div class="head-row">
                <h1>{title}</h1>
                <div class="head-aside">{aside}</div>
            </div>
        </div>
    }
    .into_any()
}

/// A page without a trail or anything beside its heading.
pub(crate) fn plain(title: &str) -> AnyView {
    head(&[], title.to_owned().into_any(), ().into_any())
}

/// A step of a trail.
pub(crate) fn step(path: impl Into<String>, name: impl Into<String>) -> (String, String) {
    (path.into(), name.into())
}

/// A part of a page under its own heading.
pub(crate) fn section(id: &str, title: &str, content: AnyView) -> AnyView {
    let heading = format!("{id}-title");
    view! {
        <section id=id.to_owned() aria-labelledby=heading.clone()>
            <h2 id=heading.clone()>{title.to_owned()}</h2>
            {content}
        </section>
    }
    .into_any()
}
