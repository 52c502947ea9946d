//! How cases go: the same definitions from which the documentation is made.

use crate::{
    components::{
        head::{head, section, step},
        table::table,
    },
    visitor::{Answer, Signed},
};
use axum::http::StatusCode;
use domain::exception::Kind;
use leptos::prelude::*;

pub(crate) async fn help(signed: Signed) -> Answer {
    let kinds = || Kind::ALL.into_iter().map(of_kind).collect::<Vec<_>>();
    Ok(signed.page(StatusCode::OK, "How cases go", || {
        view! {
            {head(&[step("/exceptions", "Exceptions")], "How cases go".into_any(), ().into_any())}
            <p class="lede">"Each kind of case has a target time, and in each state one next step. Nobody has to remember them: a case's page says which one it is."</p>
            {kinds()}
        }
        .into_any()
    }))
}

fn of_kind(kind: Kind) -> AnyView {
    let definition = kind.definition();
    let rows = definition
        .steps
        .iter()
        .map(|step| {
            view! {
                <tr>
                    <th scope="row">{step.title()}</th>
                    <td class="prose">{step.next}</td>
                    <td data-label="Whose">{step.whose()}</td>
                    <td class="prose" data-label="Until">{step.until}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let ends = if definition.by_hand {
        "It is closed with what was found."
    } else {
        "It closes by itself when its last step has ended."
    };
    let caption = format!("Steps of {}", definition.title.to_lowercase());
    section(
        definition.word,
        definition.title,
        view! {
            <p>"Opened when: " {definition.opens} " Target: " {format!("{} hours. ", definition.target_hours)} {ends}</p>
            {table(&format!("{}-steps", definition.word), &caption, &["State", "Next step", "Whose", "Until"], rows, "")}
        }
        .into_any(),
    )
}
