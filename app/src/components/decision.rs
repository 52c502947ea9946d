//! What the fence says, with every reason.

use super::{
    badge::{Tone, badge},
    finding,
    time::time,
};
use domain::fence::{Decision, Serve};
use leptos::prelude::*;

pub(crate) fn word(serve: Serve) -> AnyView {
    let tone = match serve {
        Serve::Bound => Tone::Good,
        Serve::Baseline => Tone::Quiet,
        Serve::Clear => Tone::Warning,
        Serve::Hold | Serve::Refuse => Tone::Bad,
    };
    badge(tone, serve.word())
}

const fn means(serve: Serve) -> &'static str {
    match serve {
        Serve::Bound => "Its bound configuration, with its lines.",
        Serve::Baseline => "Network and provisioning settings, without any line.",
        Serve::Clear => "A configuration that writes every account empty.",
        Serve::Hold => "Nothing now: it is told to ask again later.",
        Serve::Refuse => "Nothing without proof of its identity.",
    }
}

/// What a proven fetch would get now, and why.
pub(crate) fn decision(decision: &Decision) -> AnyView {
    let found: Vec<_> = decision.all_findings().cloned().collect();
    let until = decision
        .valid_until
        .map(|until| view! { <p class="hint">"Holds until " {time(until)} ", if no fact changes."</p> });
    view! {
        <div class="decision" data-serve=decision.serve.word()>
            <p class="verdict">{word(decision.serve)} " " {means(decision.serve)}</p>
            {finding::list_or(&found, "Nothing stands against it.")}
            {until}
        </div>
    }
    .into_any()
}
