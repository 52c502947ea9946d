//! Line keys and those of modules: `Extension_K_` is the line on a key, or `Disabled`; then `Extended_Function_K_` says
//! what it does.

use crate::{
    buttons::{Button, Does, Place},
    entries::Content,
    sheet::Says,
};

/// The keys of a programmable key, with what each says when nothing is there.
pub(crate) fn key(place: Place) -> Vec<(String, &'static str)> {
    let Place { module, number } = place;
    match module {
        Some(module) => vec![(format!("Unit_{module}_Key_{number}_"), "")],
        None => vec![
            (format!("Extension_{number}_"), "Disabled"),
            (format!("Short_Name_{number}_"), ""),
            (format!("Extended_Function_{number}_"), ""),
        ],
    }
}

/// What they say.
pub(crate) fn say(button: &Button) -> Result<Says, &'static str> {
    let label = button.label.as_deref().unwrap_or_default();
    let value = button.value.as_deref().filter(|value| !value.is_empty());
    // `;` begins the next part, `$` a macro.
    if [label, value.unwrap_or_default()].iter().any(|text| text.contains([';', '$', '='])) {
        return Err("`;`, `$` and `=` mean something else to these phones.");
    }
    let on_module = button.place.module.is_some();
    let function = match button.does {
        Does::Line if on_module => return Err("A line has a key of the phone itself."),
        Does::Line | Does::Nothing => String::new(),
        Does::Dtmf => return Err("These phones have no key that sends digits."),
        does => {
            let value = value.ok_or("The key needs a number in `value`.")?;
            let what = match does {
                Does::Blf => "fnc=sd+blf+cp;sub",
                Does::Park => "fnc=prk;sub",
                _ => "fnc=sd;ext",
            };
            let line = button.line;
            let name = if label.is_empty() { String::new() } else { format!(";nme={label}") };
            format!("{what}={value}@$PROXY;vid={line}{name}")
        }
    };
    let text = |text: &str| if text.is_empty() { Content::Empty } else { text.into() };
    let all: &[&str] = &["type", "value", "line", "label"];
    if on_module {
        return Ok(vec![(text(&function), all)]);
    }
    let extension = match button.does {
        Does::Line => button.line.to_string(),
        _ => "Disabled".to_owned(),
    };
    Ok(vec![(extension.into(), &["type", "line"]), (text(label), &["label"]), (text(&function), all)])
}
