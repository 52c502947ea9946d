//! What the codes mean.

use crate::{
    components::{finding, head, prose::prose, table::table},
    visitor::Visitor,
};
use axum::{http::StatusCode, response::Response};
use domain::Code;
use leptos::prelude::*;

pub(crate) async fn show(visitor: Visitor) -> Response {
    visitor.page(StatusCode::OK, "Codes", || {
        let rows = Code::ALL
            .iter()
            .map(|code| {
                view! {
                    <tr id=code.text()>
                        <th scope="row"><code>{code.text()}</code></th>
                        <td>{finding::severity(code.severity())}</td>
                        <td>{prose(code.says())}</td>
                        <td>{prose(code.next_step())}</td>
                    </tr>
                }
                .into_any()
            })
            .collect();
        view! {
            {head::plain("Codes")}
            <p class="lede">"Every finding and every refusal carries one of these. A code never changes its meaning."</p>
            {table("codes", "Findings and errors", &["Code", "Weight", "What is the case", "What to do next"], rows, "")}
        }
        .into_any()
    })
}
