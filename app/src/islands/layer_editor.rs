//! What a draft makes of one phone, as one types: the rules and the dialects run in the browser.

#[cfg(feature = "hydrate")]
mod browser;
mod words;

use super::prose::prose;
use dialects::look::{Look, Looked, Setting};
use domain::{Finding, Severity, plan::Difference};
use leptos::prelude::*;
use words::{Row, apart, explained, rows, summary, why};

/// Settings, files, differences and findings of the phone that `bench` describes, for what stands in `form`.
#[island]
pub fn LayerEditor(
    /// The form with the draft.
    form: String,
    /// The phone as people read it.
    phone: String,
    /// `dialects::look::Bench` as JSON.
    bench: String,
) -> impl IntoView {
    let ready = RwSignal::new(false);
    let failed = RwSignal::new(false);
    let look = RwSignal::new(Look::default());
    let live = RwSignal::new(false);
    Effect::new(move |_| {
        ready.set(true);
        start(&form, &bench, move |found| {
            failed.set(found.is_none());
            if let Some(found) = found {
                look.set(found);
                live.set(true);
            }
        });
    });
    let files = move || look.with(|look| look.files.iter().map(|f| f.name.clone()).collect::<Vec<_>>());
    view! {
        <div data-hydrated=move || ready.get().then_some("")>
            <p class="calm" hidden=move || !failed.get()>
                "What it does cannot be shown as you type. \"Look at it\" shows it."
            </p>
            <section class="live" id="live" aria-labelledby="live-title" hidden=move || !live.get()
                data-live=move || live.get().then_some("")>
                <h2 id="live-title">{format!("What it makes of {phone}, as you type")}</h2>
                <p role="status">{move || look.with(summary)}</p>
                <ul class="findings">
                    <For each=move || look.with(|look| look.findings.clone()) key=Finding::clone children=remark />
                </ul>
                {differences(look)}
                <For each=files key=String::clone children=move |name| file(look, name) />
                {settings(look)}
            </section>
        </div>
    }
}

#[cfg(feature = "hydrate")]
use browser::begin as start;

#[cfg(not(feature = "hydrate"))]
fn start(_form: &str, _bench: &str, _show: impl Fn(Option<Look>) + 'static) {}

fn walk(event: leptos::ev::KeyboardEvent) {
    #[cfg(feature = "hydrate")]
    browser::walk(&event);
    #[cfg(not(feature = "hydrate"))]
    drop(event);
}

fn remark(finding: Finding) -> AnyView {
    let code = finding.code;
    let tone = match code.severity() {
        Severity::Blocking => "badge bad",
        Severity::Warning => "badge warning",
        Severity::Note => "badge quiet",
    };
    view! {
        <li class="finding" data-code=code.text()>
            <p class="finding-head">
                <span class=tone>{code.severity().word()}</span> " " <code>{code.text()}</code> " "
                <span class="subject">{finding.subject}</span>
            </p>
            <p>{prose(code.says())} " " {prose(&finding.detail)}</p>
            <p class="next">"Next: " {prose(code.next_step())}</p>
        </li>
    }
    .into_any()
}

fn differences(look: RwSignal<Look>) -> AnyView {
    let side = |value: Option<String>, class: &'static str| match value {
        Some(value) => view! { <code class=class>{value}</code> }.into_any(),
        None => view! { <span class="none">"not set"</span> }.into_any(),
    };
    let row = move |difference: Difference| {
        view! {
            <tr>
                <th scope="row"><code class="path">{difference.path}</code></th>
                <td data-label="Before">{side(difference.before, "before")}</td>
                <td data-label="After">{side(difference.after, "after")}</td>
                <td data-label="Set by">{difference.origin}</td>
            </tr>
        }
        .into_any()
    };
    let none = move || look.with(|look| look.differences.is_empty());
    view! {
        <p class="empty" hidden=move || !none()>"No setting changes."</p>
        <div class="scroll" role="region" aria-label="Settings that change" tabindex="0" hidden=none>
            <table>
                <caption>"Settings that change"</caption>
                <thead>
                    <tr><th scope="col">"Setting"</th><th scope="col">"Before"</th><th scope="col">"After"</th><th scope="col">"Set by"</th></tr>
                </thead>
                <tbody>
                    <For each=move || look.with(|look| look.differences.clone()) key=Difference::clone children=row />
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

fn file(look: RwSignal<Look>, name: String) -> AnyView {
    let of = {
        let name = name.clone();
        Memo::new(move |_| {
            let named = |look: &Look| look.files.iter().find(|file| file.name == name).cloned();
            look.with(named).unwrap_or_default()
        })
    };
    let said =
        RwSignal::new("Point at a line, or walk with the arrow keys, to see where it comes from.".to_owned());
    let caption = format!("File {name}");
    let region = caption.clone();
    let gone = move || of.with(|file: &Looked| apart(&file.gone));
    let row = move |row: Row| {
        let Row { line, fresh, .. } = row;
        let why = StoredValue::new(why(&line));
        let say = move || said.set(why.get_value());
        view! {
            <tr tabindex="-1" data-fresh=fresh.then_some("") on:focus=move |_| say() on:mouseenter=move |_| say()>
                <td class="number count"></td>
                <td class="line"><code>{line.text}</code> {fresh.then(|| view! { " " <span class="badge busy">"new"</span> })}</td>
                <td><code class="path">{line.path}</code></td>
                <td>{line.origin}</td>
            </tr>
        }
        .into_any()
    };
    view! {
        <div class="lines">
            <p class="explained" aria-live="polite">{said}</p>
            <div class="scroll tall" role="region" aria-label=region tabindex="0" on:keydown=walk>
                <table class="dense counted">
                    <caption>{caption}</caption>
                    <thead>
                        <tr><th scope="col" class="number">"No."</th><th scope="col">"Line"</th><th scope="col">"Setting"</th><th scope="col">"Set by"</th></tr>
                    </thead>
                    <tbody>
                        <For each=move || of.with(rows) key=Row::clone children=row />
                    </tbody>
                </table>
            </div>
            <div hidden=move || of.with(|file| file.gone.is_empty())>
                <p class="hint">"Lines that the file has now and will not have:"</p>
                <ul class="plain">
                    <For each=gone key=Clone::clone children=|(_, line)| view! { <li><code class="before">{line}</code></li> } />
                </ul>
            </div>
        </div>
    }
    .into_any()
}

fn settings(look: RwSignal<Look>) -> AnyView {
    let row = |setting: Setting| {
        let why = explained(&setting.path, &setting.origin, &setting.overrode);
        let own = setting.own.then(|| view! { <span class="badge busy">"this draft"</span> " " });
        let overruled = setting
            .overruled
            .then(|| view! { <span class="badge warning">"overrules this draft"</span> " " });
        let locked = setting
            .locked_by
            .map(|by| view! { <span class="badge quiet">{format!("locked by {by}")}</span> });
        let overrode: Vec<_> = setting
            .overrode
            .into_iter()
            .map(|(layer, value)| view! { <span class="instead">"instead of " <code>{value}</code> " from " {layer}</span> })
            .collect();
        view! {
            <tr tabindex="-1" title=why>
                <th scope="row"><code class="path">{setting.path}</code></th>
                <td data-label="Value"><code>{setting.value}</code></td>
                <td data-label="Set by">{setting.origin} " " {own} {overruled} {locked} {overrode}</td>
            </tr>
        }
        .into_any()
    };
    let many = move || format!("All {} settings afterwards", look.with(|look| look.settings.len()));
    view! {
        <details class="more">
            <summary>{many}</summary>
            <div class="scroll tall" role="region" aria-label="Settings afterwards" tabindex="0" on:keydown=walk>
                <table class="dense">
                    <caption>"Each with the layer that sets it, and what it overrides"</caption>
                    <thead><tr><th scope="col">"Setting"</th><th scope="col">"Value"</th><th scope="col">"Set by"</th></tr></thead>
                    <tbody>
                        <For each=move || look.with(|look| look.settings.clone()) key=Setting::clone children=row />
                    </tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}
