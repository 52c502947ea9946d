//! Language tags and Yealink's names for them.

const NAMES: [(&str, &str); 11] = [
    ("de", "German"),
    ("en", "English"),
    ("es", "Spanish"),
    ("fr", "French"),
    ("it", "Italian"),
    ("nl", "Dutch"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ru", "Russian"),
    ("tr", "Turkish"),
    ("zh-cn", "Chinese_S"),
];

/// `en`, `de-CH`, `zh-CN` → the name that `lang.gui` takes; a region that has no name of its own is left off.
pub(super) fn language(tag: &str) -> Option<&'static str> {
    let tag = tag.trim().to_ascii_lowercase().replace('_', "-");
    let bare = tag.split('-').next().unwrap_or_default();
    let find = |wanted: &str| NAMES.iter().find(|(ours, _)| *ours == wanted).map(|(_, name)| *name);
    find(&tag).or_else(|| find(bare))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_fall_back_to_their_language() {
        assert_eq!(language("de-CH"), Some("German"));
        assert_eq!(language("zh_CN"), Some("Chinese_S"));
        assert_eq!(language("zh-TW"), None);
        assert_eq!(language("xx"), None);
    }
}
