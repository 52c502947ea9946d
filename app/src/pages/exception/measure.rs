//! How long cases take, beside the minutes that they took by hand.

use crate::{
    components::{
        choose::select,
        facts::none,
        field::Field,
        finding,
        form::form,
        head::{head, section, step},
        table::table,
    },
    fields::Attempt,
    visitor::{Answer, Signed},
};
use domain::{
    authz::Action,
    exception::{Handling, Kind},
};
use leptos::prelude::*;
use services::exceptions;

pub(crate) const BASELINE: &str = "baseline";

pub(crate) async fn measures(signed: Signed) -> Answer {
    measures_page(&signed, &Attempt::default()).await
}

pub(crate) async fn measures_page(signed: &Signed, attempt: &Attempt) -> Answer {
    let measured = exceptions::handling(signed.services(), &signed.op).await?;
    Ok(signed.page(attempt.status(), "How long cases take", || {
        view! {
            {head(&[step("/exceptions", "Exceptions")], "How long cases take".into_any(), ().into_any())}
            {finding::summary(attempt)}
            <p class="lede">"Cases closed in the last 90 days, from when somebody took them; the case in the middle counts. By hand is what your organisation says that such a case took before."</p>
            {figures(&measured)}
            {signed.may_all(Action::SetPolicy).then(|| section("by-hand", "Minutes by hand", baseline(signed, attempt)))}
        }
        .into_any()
    }))
}

fn figures(measured: &[Handling]) -> AnyView {
    let minutes = |n: Option<i64>| n.map_or_else(none, |n| format!("{n} min").into_any());
    let rows = measured
        .iter()
        .map(|h| {
            view! {
                <tr data-measure=h.kind.word()>
                    <th scope="row">{h.kind.title()}</th>
                    <td class="number" data-label="Closed">{h.closed}</td>
                    <td class="number" data-label="Late">{h.late}</td>
                    <td class="number" data-label="Took">{minutes(h.median)}</td>
                    <td class="number" data-label="By hand">{minutes(h.baseline)}</td>
                    <td class="number" data-label="Saved by each">{minutes(h.saved())}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["Kind", "#Closed", "#Late", "#Took", "#By hand", "#Saved by each"];
    table("measures", "Handling times by kind", &heads, rows, "")
}

fn baseline(signed: &Signed, attempt: &Attempt) -> AnyView {
    let kinds = Kind::ALL.map(|kind| (kind.word(), kind.title()));
    let fields = view! {
        <div class="row end">
            {select(BASELINE, "kind", "Kind", &kinds, Kind::Replacement.word(), attempt)}
            {Field::new(BASELINE, "minutes", "Minutes").kind("number").required().view(attempt)}
            <button>"Set"</button>
        </div>
    };
    form(signed, BASELINE, BASELINE, "/exceptions/measures", fields.into_any())
}
