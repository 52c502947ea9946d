//! Language tags, and the folders of the phones' own dictionaries.

const NAMES: [(&str, &str); 18] = [
    ("da", "Danish_Denmark"),
    ("de", "German_Germany"),
    ("en", "English_United_States"),
    ("en-ca", "English_Canada"),
    ("en-gb", "English_United_Kingdom"),
    ("es", "Spanish_Spain"),
    ("fr", "French_France"),
    ("it", "Italian_Italy"),
    ("ja", "Japanese_Japan"),
    ("ko", "Korean_Korea"),
    ("nb", "Norwegian_Norway"),
    ("nl", "Dutch_Netherlands"),
    ("pl", "Polish_Poland"),
    ("pt", "Portuguese_Portugal"),
    ("ru", "Russian_Russia"),
    ("sl", "Slovenian_Slovenia"),
    ("sv", "Swedish_Sweden"),
    ("zh-cn", "Chinese_China"),
];

/// What `lcl.ml.lang` takes; a region without a dictionary of its own is left off.
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
        assert_eq!(language("en-GB"), Some("English_United_Kingdom"));
        assert_eq!(language("de_AT"), Some("German_Germany"));
        assert_eq!(language("zh-TW"), None);
        assert_eq!(language("tlh"), None);
    }
}
