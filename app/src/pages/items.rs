//! The items of a request of several, line by line.

use crate::components::{
    badge::{Tone, badge},
    head::section,
    id,
    table::table,
};
use domain::{change_request::ItemState, plan::Effect};
use leptos::prelude::*;
use services::view::{ItemRow, RequestView};

/// What happens where; nothing when there is one item, which the page says by itself.
pub(crate) fn section_of(request: &RequestView) -> Option<AnyView> {
    let rows: Vec<_> = request.rows.iter().enumerate().map(|(at, row)| one(at + 1, row)).collect();
    let heads = ["#No.", "What", "Device", "#Line key", "State", "What blocks it"];
    (rows.len() > 1).then(|| section("items", "Line by line", table("item-rows", "Items", &heads, rows, "")))
}

fn one(number: usize, row: &ItemRow) -> AnyView {
    let what = match row.effect {
        Effect::Bind => format!("Bind {}", row.extension),
        Effect::Unbind => format!("Revoke {}", row.extension),
    };
    let codes: Vec<_> = row
        .blocks
        .iter()
        .map(|code| view! { <code class="code" title=code.says()>{code.text()}</code> " " })
        .collect();
    view! {
        <tr>
            <td class="number">{number}</td>
            <th scope="row">{what}</th>
            <td>{id::device(row.mac)}</td>
            <td class="number">{row.index}</td>
            <td>{state(&row.state)}</td>
            <td>{codes}</td>
        </tr>
    }
    .into_any()
}

pub(crate) fn state(state: &ItemState) -> AnyView {
    let tone = match state {
        ItemState::Waiting => Tone::Quiet,
        ItemState::Applied { .. } => Tone::Good,
        ItemState::Stale => Tone::Warning,
        ItemState::Blocked { .. } => Tone::Bad,
    };
    badge(tone, state.word())
}
