//! The one mechanism of forms: a post with a token that can be used once.

use crate::visitor::Visitor;
use domain::{Timestamp, time::DAY};
use leptos::prelude::*;

/// A form with this id; `name` is the same for every form of a kind.
pub(crate) fn form(visitor: &Visitor, id: &str, name: &str, action: &str, content: AnyView) -> AnyView {
    view! {
        <form id=id.to_owned() data-form=name.to_owned() method="post" action=action.to_owned()>
            <input type="hidden" name="token" value=visitor.services().form_token() />
            {content}
        </form>
    }
    .into_any()
}

/// A form that asks for no more than a click.
pub(crate) fn button(
    visitor: &Visitor,
    name: &str,
    action: &str,
    label: &'static str,
    class: &'static str,
) -> AnyView {
    form(visitor, name, name, action, view! { <button class=class>{label}</button> }.into_any())
}

/// Thirty days from now, as a `datetime-local` field writes it.
pub(crate) fn in_thirty_days(now: Timestamp) -> String {
    in_days(now, 30)
}

/// So many days from now, as a `datetime-local` field writes it.
pub(crate) fn in_days(now: Timestamp, days: i64) -> String {
    now.plus(days * DAY).to_string().chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_never_later_than_the_longest() {
        let now = Timestamp(1_795_407_607_999_999);
        let until = Timestamp::parse(&in_thirty_days(now));
        assert!(until.is_some_and(|until| until <= now.plus(domain::gate::LONGEST)));
    }
}
