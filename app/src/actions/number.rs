//! What people do with a number: one form per verb.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::number::one::page,
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use domain::{
    Code, Finding, Timestamp,
    number::{
        Did,
        state::{Act, USUAL_COOLING, Verb},
    },
};
use services::{Problem, numbers};

fn at(fields: &Fields, name: &str) -> Result<Timestamp, Finding> {
    Timestamp::parse(fields.text(name)).ok_or_else(|| {
        Finding::new(Code::FormInvalid, name).detail("Write the time in UTC, as 2026-11-23T04:20.")
    })
}

fn temporary(fields: &Fields) -> Result<Option<Did>, Finding> {
    match fields.text("temporary") {
        "" => Ok(None),
        text => Did::parse(text).map(Some).map_err(|why| {
            Finding::new(Code::NumberInvalid, "temporary").detail(format!("`{text}` is {why}."))
        }),
    }
}

/// What the form says; nothing for an assignment, which is not of this kind.
fn read(signed: &Signed, verb: Verb, fields: &Fields) -> Result<Act, Finding> {
    Ok(match verb {
        Verb::Assign => Act::Assign,
        Verb::Reserve => Act::Reserve {
            until: at(fields, "until")?,
            whom: fields.text("whom").to_owned(),
            by: signed.op.actor.name.clone(),
        },
        // Where nothing cools, the form does not ask for how long.
        Verb::Release if fields.text("until").is_empty() => {
            Act::Release { until: signed.op.now.plus(USUAL_COOLING) }
        }
        Verb::Release => Act::Release { until: at(fields, "until")? },
        Verb::PortIn => Act::PortIn { on: at(fields, "on")?, temporary: temporary(fields)? },
        Verb::PortOut => Act::PortOut { on: at(fields, "on")? },
        Verb::Complete => Act::Complete,
        Verb::CallOff => Act::CallOff,
    })
}

const fn said(verb: Verb) -> &'static str {
    match verb {
        Verb::Assign => "It is assigned.",
        Verb::Reserve => "It is reserved.",
        Verb::Release => "It is released.",
        Verb::PortIn | Verb::PortOut => "The porting is noted.",
        Verb::Complete => "It is ported.",
        Verb::CallOff => "The porting is called off.",
    }
}

pub(crate) async fn act(
    signed: Signed,
    Path((number, verb)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let verb = Verb::parse(&verb).ok_or_else(|| Problem::not_found("page"))?;
    let path = format!("/numbers/{number}");
    let act = async {
        let (services, op, reason) = (signed.services(), &signed.op, fields.text("reason"));
        if verb == Verb::Assign {
            return numbers::assign(services, op, &number, fields.text("to"), reason).await;
        }
        let act = read(&signed, verb, &fields)?;
        numbers::carry_out(services, op, &number, act, reason).await
    };
    match once(signed.services(), &fields, act).await {
        Ok(()) => signed.done(&path, said(verb)).await,
        Err(Stop::Repeated) => signed.repeated(&path).await,
        Err(Stop::Refused(problem)) => {
            page(&signed, &number, &Attempt::refused(verb.word(), fields, problem)).await
        }
    }
}
