//! What people say about something that waits for approval. Nobody edits or removes it.

use super::{form::form, time};
use crate::{fields::Attempt, visitor::Signed};
use domain::authz::Action;
use leptos::prelude::*;
use services::view::CommentRow;

pub(crate) const COMMENT: &str = "comment";

/// Everything that was said, and a form to say more for those who may.
pub(crate) fn conversation(
    signed: &Signed,
    comments: &[CommentRow],
    action: &str,
    attempt: &Attempt,
) -> AnyView {
    let said: Vec<_> = comments
        .iter()
        .map(|comment| {
            view! {
                <li class="comment">
                    <p class="finding-head"><strong>{comment.by.clone()}</strong> " " {time::time(comment.at)}</p>
                    <p class="body">{comment.body.clone()}</p>
                </li>
            }
        })
        .collect();
    let none = said.is_empty().then(|| view! { <p class="calm">"Nobody has said anything yet."</p> });
    let say = signed.may(Action::Comment).then(|| {
        let typed = attempt.typed(COMMENT, "comment").unwrap_or_default().to_owned();
        let fields = view! {
            <div class="field">
                <label for="comment-comment">"Comment"</label>
                <span class="hint" id="comment-hint">"It stays as it is, and in the record."</span>
                <textarea id="comment-comment" name="comment" rows="3" required aria-describedby="comment-hint"
                    aria-invalid=attempt.marks(COMMENT, "comment").then_some("true")>{typed}</textarea>
            </div>
            <button class="quiet">"Say it"</button>
        };
        form(signed, COMMENT, COMMENT, action, fields.into_any())
    });
    view! { <ol class="comments">{said}</ol> {none} {say} }.into_any()
}
