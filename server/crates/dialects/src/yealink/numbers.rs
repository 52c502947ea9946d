//! The numbers in `y0000000000NN.cfg`: a hint at the model, never a gate. They are not always the firmware's
//! prefix, and the list is not whole.

const NUMBERS: &str = include_str!("numbers.csv");

/// The model that usually asks for this common file, if the number is one we know.
pub fn model_hint(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let digits = name.strip_prefix('y')?.strip_suffix(".cfg")?;
    if digits.len() != 12 || !digits.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let number = digits.trim_start_matches('0');
    NUMBERS
        .lines()
        .filter_map(|row| row.split_once(','))
        .find(|(known, _)| *known == number)
        .map(|(_, model)| model)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_hint_at_models() {
        assert_eq!(model_hint("y000000000108.cfg"), Some("T46U"));
        assert_eq!(model_hint("Y000000000123.CFG"), Some("T31G"));
        assert_eq!(model_hint("y000000000077.cfg"), Some("W60B"));
        assert_eq!(model_hint("y000000000000.cfg"), None);
        assert_eq!(model_hint("y108.cfg"), None);
        assert_eq!(model_hint("805ec0123456.cfg"), None);
    }

    #[test]
    fn the_table_is_sorted_and_no_number_is_there_twice() {
        let rows = NUMBERS.lines().filter(|row| !row.starts_with('#')).skip(1);
        let numbers: Vec<u16> = rows.map(|row| row.split_once(',').unwrap().0.parse().unwrap()).collect();
        assert!(numbers.len() > 50 && numbers.is_sorted_by(|a, b| a < b));
    }
}
