//! The numbers in `y0000000000NN.cfg`: a hint at the model, never a gate. They are not always the firmware's
//! prefix, and the list is not whole.

const MODELS: [(u16, &str); 25] = [
    (28, "T46G"),
    (29, "T42G"),
    (35, "T48G"),
    (44, "T23G"),
    (54, "T40P"),
    (65, "T48S"),
    (66, "T46S"),
    (67, "T42S"),
    (68, "T41S"),
    (70, "T54S"),
    (74, "T52S"),
    (76, "T40G"),
    (95, "T53"),
    (96, "T54W"),
    (97, "T57W"),
    (107, "T43U"),
    (108, "T46U"),
    (109, "T48U"),
    (116, "T42U"),
    (123, "T31G"),
    (124, "T33G"),
    (150, "T58W"),
    (171, "T34W"),
    (172, "T31W"),
    (174, "T44W"),
];

/// The model that usually asks for this common file, if the number is one we know.
pub fn model_hint(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let digits = name.strip_prefix('y')?.strip_suffix(".cfg")?;
    if digits.len() != 12 || !digits.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let number = digits.parse::<u64>().ok()?;
    MODELS.iter().find(|(known, _)| u64::from(*known) == number).map(|(_, model)| *model)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_hint_at_models() {
        assert_eq!(model_hint("y000000000108.cfg"), Some("T46U"));
        assert_eq!(model_hint("Y000000000123.CFG"), Some("T31G"));
        assert_eq!(model_hint("y000000000000.cfg"), None);
        assert_eq!(model_hint("y108.cfg"), None);
        assert_eq!(model_hint("805ec0123456.cfg"), None);
    }
}
