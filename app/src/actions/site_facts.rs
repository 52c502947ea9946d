//! Changing a site's own facts: name and time zone, segments, places.

use crate::{
    fields::{Attempt, Fields, Stop, once},
    pages::site_facts::{PLACE, RENAME, SEGMENT, Wanted, page},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::site_facts::{self, PlaceInput, SegmentInput};

pub(crate) async fn rename(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let (name, zone, reason) = (fields.text("name"), fields.text("time_zone"), fields.text("reason"));
    let act = site_facts::rename(signed.services(), &signed.op, &code, name, zone, reason);
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, &code, RENAME, fields, outcome, "The site is changed.").await
}

pub(crate) async fn segment(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let text = |name: &str| fields.text(name).to_owned();
    let input = SegmentInput { code: text("code"), cidr: text("cidr"), vlan: text("vlan"), ntp: text("ntp") };
    let reason = fields.text("reason");
    let act = site_facts::put_segment(signed.services(), &signed.op, &code, &input, reason);
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, &code, SEGMENT, fields, outcome, "The segment is saved.").await
}

pub(crate) async fn place(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let text = |name: &str| fields.text(name).to_owned();
    let input = PlaceInput {
        code: text("code"),
        building: text("building"),
        floor: text("floor"),
        room: text("room"),
        emergency_location: text("emergency_location"),
        callback_number: text("callback_number"),
        contact: text("contact"),
    };
    let act = site_facts::put_place(signed.services(), &signed.op, &code, &input, fields.text("reason"));
    let outcome = once(signed.services(), &fields, act).await;
    finish(&signed, &code, PLACE, fields, outcome, "The place is saved.").await
}

async fn finish(
    signed: &Signed,
    code: &str,
    form: &'static str,
    fields: Fields,
    outcome: Result<(), Stop>,
    said: &str,
) -> Answer {
    let path = format!("/sites/{code}/facts");
    match outcome {
        Ok(()) => signed.done(&path, said).await,
        Err(Stop::Repeated) => signed.repeated(&path).await,
        Err(Stop::Refused(problem)) => {
            page(signed, code, &Wanted::default(), &Attempt::refused(form, fields, problem)).await
        }
    }
}
