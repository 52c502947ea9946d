//! Ids that people carry elsewhere: MAC, digest, place in the record.

use crate::islands::CopyId;
use domain::Mac;
use leptos::prelude::*;

/// An id in full, to be copied.
pub(crate) fn id(text: impl Into<String>, label: &str) -> AnyView {
    let text = text.into();
    view! { <span class="id"><code>{text.clone()}</code><CopyId text=text label=label.to_owned() /></span> }
        .into_any()
}

/// A digest: its beginning, and the whole of it to be copied.
pub(crate) fn digest(text: impl Into<String>, label: &str) -> AnyView {
    let text = text.into();
    let short: String = text.chars().take(12).collect();
    view! {
        <span class="id"><code title=text.clone()>{short}</code><CopyId text=text label=label.to_owned() /></span>
    }
    .into_any()
}

/// A device by its MAC.
pub(crate) fn device(mac: Mac) -> AnyView {
    view! {
        <span class="id">
            <a href=format!("/devices/{}", mac.bare())><code>{mac.to_string()}</code></a>
            <CopyId text=mac.to_string() label="MAC".to_owned() />
        </span>
    }
    .into_any()
}
