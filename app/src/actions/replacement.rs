//! The steps of a replacement: open, file, rotate, say that it is dead, answer for it, say that it is wiped, end, call
//! off.

use super::exception::to_case;
use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::{
        change_request::number,
        exception,
        replacement::{OPEN, credentials, page},
    },
    visitor::{Answer, Failure, Signed},
};
use axum::extract::Path;
use services::{
    Problem,
    replacements::{self, EndInput, OpenInput},
};

pub(crate) async fn open(signed: Signed, fields: Fields) -> Answer {
    let text = |name: &str| fields.text(name).to_owned();
    let input = OpenInput { old: text("old"), new: text("new"), reason: text("reason") };
    let act = replacements::open(signed.services(), &signed.op, &input);
    match once(signed.services(), &fields, act).await {
        Ok(number) => signed.done(&format!("/exceptions/{number}"), "The replacement is open.").await,
        Err(Stop::Repeated) => signed.repeated("/exceptions").await,
        Err(Stop::Refused(problem)) => page(&signed, &Attempt::refused(OPEN, fields, problem)).await,
    }
}

pub(crate) async fn step(
    signed: Signed,
    Path((text, verb)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let number = number(&text)?;
    let (services, op) = (signed.services(), &signed.op);
    let typed = |name: &str| fields.text(name).to_owned();
    match verb.as_str() {
        "file" => {
            let act = replacements::file(services, op, number);
            to_case(&signed, number, "file", fields, act, "The requests are filed.").await
        }
        "rotate" => {
            let act = replacements::rotate(services, op, number);
            to_case(&signed, number, "rotate", fields, act, "The platform is told to rotate.").await
        }
        "reveal" => {
            let reason = typed("reason");
            match once(services, &fields, replacements::reveal(services, op, number, &reason)).await {
                Ok(shown) => Ok(credentials(&signed, number, &shown)),
                Err(Stop::Repeated) => signed.repeated(&format!("/exceptions/{number}")).await,
                Err(Stop::Refused(problem)) => {
                    exception::page(&signed, number, &Attempt::refused("reveal", fields, problem)).await
                }
            }
        }
        "dead" => {
            let evidence = typed("evidence");
            let act = replacements::dead(services, op, number, &evidence);
            to_case(&signed, number, "dead", fields, act, "Noted: it is dead at the platform.").await
        }
        "answer" => {
            let (reason, password) = (typed("reason"), fields.raw("password").to_owned());
            let act = replacements::answer(services, op, number, &reason, &password);
            to_case(&signed, number, "answer", fields, act, "You answer for it.").await
        }
        "wiped" => {
            let evidence = typed("evidence");
            let act = replacements::wiped(services, op, number, &evidence);
            to_case(&signed, number, "wiped", fields, act, "Noted: it is wiped.").await
        }
        "end" => {
            let input = EndInput {
                to: typed("to"),
                whom: typed("whom"),
                until: typed("until"),
                reference: typed("reference"),
                reason: typed("reason"),
            };
            let act = replacements::end(services, op, number, &input);
            to_case(&signed, number, "end", fields, act, "Noted where the old handset goes.").await
        }
        "call-off" => {
            let reason = typed("reason");
            let act = replacements::call_off(services, op, number, &reason);
            to_case(&signed, number, "call-off", fields, act, "The replacement is called off.").await
        }
        _ => Err(Failure(Problem::not_found("page"))),
    }
}
