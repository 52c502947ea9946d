//! What surrounds every page: its head, the search, and who is signed in.

use crate::{
    components::{finding, form::form},
    navigation::navigation,
    pages::glass,
    visitor::{Said, Visitor},
};
use domain::Finding;
use leptos::prelude::*;

pub(crate) fn shell(visitor: &Visitor, title: &str, nonce: &str, content: AnyView) -> AnyView {
    let assets = visitor.console.assets.clone();
    let icon =
        (!assets.favicon.is_empty()).then(|| view! { <link rel="icon" href=assets.favicon.clone() /> });
    let style = (!assets.css.is_empty()).then(|| view! { <link rel="stylesheet" href=assets.css.clone() /> });
    view! {
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>{format!("{title} · Ringfence")}</title>
                {icon}
                {style}
                {islands(&assets.js, &assets.wasm, nonce)}
            </head>
            <body>
                <a class="skip" href="#main">"Skip to content"</a>
                {header(visitor)}
                <main id="main" tabindex="-1">
                    {glass::notice(visitor)}
                    {said(visitor.said.as_ref())}
                    {content}
                </main>
                <footer>
                    <p>"Times are UTC. "<a href="/codes">"What the codes mean"</a></p>
                </footer>
            </body>
        </html>
    }
    .into_any()
}

/// Loads the islands' module, then wakes each island on the page.
fn islands(js: &str, wasm: &str, nonce: &str) -> Option<AnyView> {
    if js.is_empty() || wasm.is_empty() {
        return None;
    }
    let script = format!(
        "import start, * as islands from {js:?};\
         await start({{ module_or_path: {wasm:?} }});\
         islands.hydrate();\
         for (const el of document.querySelectorAll('leptos-island')) islands[el.dataset.component]?.(el);"
    );
    let view = view! {
        <link rel="modulepreload" href=js.to_owned() />
        <link rel="preload" href=wasm.to_owned() r#as="fetch" r#type="application/wasm" crossorigin="" />
        <script type="module" nonce=nonce.to_owned() inner_html=script></script>
    };
    Some(view.into_any())
}

fn header(visitor: &Visitor) -> AnyView {
    let signed = visitor.actor.is_some();
    let navigation = signed.then(|| navigation(visitor));
    let search = signed.then(|| {
        view! {
            <form class="find" method="get" action="/trace" role="search" id="find" data-form="find">
                <label class="unseen" for="find-q">"Find a phone by MAC, serial, extension, person or site"</label>
                <input id="find-q" name="q" type="search" placeholder="MAC, serial, extension, person" />
                <button class="quiet">"Trace"</button>
            </form>
        }
    });
    view! {
        <header class="top">
            <a class="brand" href="/">
                <svg viewBox="0 0 32 32" aria-hidden="true">
                    <circle cx="16" cy="16" r="12.5" />
                    <path d="M11 10.5c0 6 4.5 10.5 10.5 10.5v-3.5l-3.5-1-1.5 1.5c-1.7-.8-3-2.1-3.8-3.8l1.5-1.5-1-3.2z" />
                </svg>
                "Ringfence"
            </a>
            {navigation}
            {search}
            {visitor.actor.is_some().then(|| account(visitor))}
        </header>
    }
    .into_any()
}

fn account(visitor: &Visitor) -> AnyView {
    let name = visitor.actor.as_ref().map(|actor| actor.name.clone());
    let roles = visitor.actor.as_ref().map(|actor| actor.roles.words()).unwrap_or_default();
    let leave = form(
        visitor,
        "sign-out",
        "sign-out",
        "/sign-out",
        view! { <button class="quiet">"Sign out"</button> }.into_any(),
    );
    view! {
        <div class="account">
            <span class="who"><span><strong>{name}</strong> " · " <a href="/password">"Password"</a></span> <span>{roles.join("; ")}</span></span>
            {leave}
        </div>
    }
    .into_any()
}

fn said(said: Option<&Said>) -> Option<AnyView> {
    let view = match said? {
        Said::Done(text) => view! { <p class="said" role="status">{text.clone()}</p> }.into_any(),
        Said::Code(code) => {
            let note = finding::list(&[Finding::new(*code, "form")]);
            view! { <div class="said" role="status">{note}</div> }.into_any()
        }
    };
    Some(view)
}
