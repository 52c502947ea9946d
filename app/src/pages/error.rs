//! The page for whatever could not be shown.

use crate::{
    components::{finding, head},
    visitor::Visitor,
};
use axum::{http::StatusCode, response::Response};
use leptos::prelude::*;
use services::{Kind, Problem};

/// The HTTP status of a kind of problem.
pub(crate) const fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

const fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Invalid => "This cannot be done",
        Kind::Forbidden => "This is not for you",
        Kind::NotFound => "Nothing here",
        Kind::Conflict => "Something has changed",
        Kind::Unavailable => "Not available now",
    }
}

pub(crate) fn page(visitor: &Visitor, problem: &Problem) -> Response {
    let title = title(problem.kind);
    visitor.page(status(problem.kind), title, || {
        view! {
            {head::plain(title)}
            {finding::list(&problem.findings)}
            <p><a href="/">"Back to the overview"</a></p>
        }
        .into_any()
    })
}
