//! The items of a request: grouped by what happens and by what is in the way, then line by line, a page at a time.

use crate::{
    components::{
        badge::{Tone, badge},
        head::section,
        id,
        pager::pager,
        table::table,
    },
    render::query,
};
use domain::{
    Code, Finding,
    change_request::{ItemState, unblocked_by, unblocked_by_roles},
    plan::Effect,
};
use leptos::prelude::*;
use services::{
    change_requests::ItemPlace,
    view::{ItemGroup, ItemRow, RequestView},
};
use std::collections::BTreeMap;

/// What happens where; nothing when there is one item, which the page says by itself.
pub(crate) fn section_of(request: &RequestView, place: &ItemPlace) -> Option<AnyView> {
    if request.row.kind.no_line() || request.row.items < 2 {
        return None;
    }
    let path = format!("/requests/{}", request.row.number);
    let groups: Vec<_> = request.groups.iter().map(|one| group(&path, one, place)).collect();
    let all =
        (!place.group.is_empty()).then(|| view! { <p><a href=format!("{path}#items")>"All items"</a></p> });
    let rows: Vec<_> = request.rows.iter().map(one).collect();
    let next = request.next.map(|next| next.to_string());
    let heads = ["#Item", "What", "Device", "#Line key", "State", "What blocks it"];
    let whole = if request.all_or_nothing {
        "All of them are applied, or none."
    } else {
        "What shares a device or an extension is applied together; the others do not wait for it."
    };
    let content = view! {
        <p class="hint">{whole}</p>
        {table("item-groups", "Items by what happens and what blocks", &["What", "State", "#Items", "What blocks", "Who can unblock"], groups, "")}
        {all}
        {table("item-rows", "Line by line", &heads, rows, "No item is like that any more.")}
        {pager(&path, &[("group", place.group.as_str())], &place.after, next.as_deref())}
    };
    Some(section("items", "Items", content.into_any()))
}

fn verb(effect: Effect) -> &'static str {
    match effect {
        Effect::Bind => "Bind",
        Effect::Unbind => "Revoke",
    }
}

fn codes(codes: &[Code]) -> AnyView {
    let code = |code: &Code| view! { <code class="code" title=code.says()>{code.text()}</code> " " };
    codes.iter().map(code).collect::<Vec<_>>().into_any()
}

fn group(path: &str, group: &ItemGroup, place: &ItemPlace) -> AnyView {
    let address = format!("{path}{}#items", query(&[("group", &group.name)]));
    let current = (place.group == group.name).then_some("true");
    view! {
        <tr>
            <th scope="row"><a href=address aria-current=current>{verb(group.effect)}</a></th>
            <td>{word(&group.state)}</td>
            <td class="number" data-label="Items">{group.count}</td>
            <td data-label="What blocks">{codes(&group.blocks)}</td>
            <td data-label="Who can unblock">{roles(&group.blocks)}</td>
        </tr>
    }
    .into_any()
}

/// The roles that can do something about any of these.
fn roles(codes: &[Code]) -> String {
    let mut roles: Vec<_> =
        codes.iter().flat_map(|code| unblocked_by_roles(*code)).map(|r| r.title()).collect();
    roles.sort_unstable();
    roles.dedup();
    roles.join(", ").replace('-', " ")
}

/// Who can do something about what blocks, one row for each thing that has to be done.
pub(crate) fn who(findings: &[Finding]) -> Option<AnyView> {
    let mut acts: BTreeMap<&str, Vec<Code>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.blocks()) {
        let codes = acts.entry(unblocked_by(finding.code).title()).or_default();
        if !codes.contains(&finding.code) {
            codes.push(finding.code);
        }
    }
    let rows: Vec<_> = acts
        .into_iter()
        .map(|(title, blocked)| {
            view! {
                <tr>
                    <th scope="row">{roles(&blocked)}</th>
                    <td data-label="Who may">{title}</td>
                    <td data-label="Clears">{codes(&blocked)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    (!rows.is_empty())
        .then(|| table("unblock", "Who can unblock it", &["Role", "Who may", "Clears"], rows, ""))
}

fn one(row: &ItemRow) -> AnyView {
    view! {
        <tr>
            <td class="number">{row.number}</td>
            <th scope="row">{format!("{} {}", verb(row.effect), row.extension)}</th>
            <td>{id::device(row.mac)}</td>
            <td class="number" data-label="Line key">{row.index}</td>
            <td>{state(&row.state)}</td>
            <td data-label="What blocks it">{codes(&row.blocks)}</td>
        </tr>
    }
    .into_any()
}

fn state(state: &ItemState) -> AnyView {
    word(state.word())
}

fn word(word: &str) -> AnyView {
    let tone = match word {
        "applied" => Tone::Good,
        "stale" => Tone::Warning,
        "blocked" => Tone::Bad,
        _ => Tone::Quiet,
    };
    badge(tone, word)
}
