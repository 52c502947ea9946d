//! Changing a site's own facts: name and time zone, segments, places.

use super::finish;
use crate::{
    fields::Fields,
    pages::site_facts::{PLACE, RENAME, SEGMENT, Wanted, page},
    visitor::{Answer, Signed},
};
use axum::extract::Path;
use services::{
    Problem,
    site_facts::{self, PlaceInput, SegmentInput},
};

pub(crate) async fn rename(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let (name, zone, reason) = (fields.text("name"), fields.text("time_zone"), fields.text("reason"));
    let act = site_facts::rename(signed.services(), &signed.op, &code, name, zone, reason);
    back(&signed, &code, RENAME, &fields, act, "The site is changed.").await
}

pub(crate) async fn segment(signed: Signed, Path(code): Path<String>, fields: Fields) -> Answer {
    let text = |name: &str| fields.text(name).to_owned();
    let input = SegmentInput { code: text("code"), cidr: text("cidr"), vlan: text("vlan"), ntp: text("ntp") };
    let reason = fields.text("reason");
    let act = site_facts::put_segment(signed.services(), &signed.op, &code, &input, reason);
    back(&signed, &code, SEGMENT, &fields, act, "The segment is saved.").await
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
    back(&signed, &code, PLACE, &fields, act, "The place is saved.").await
}

async fn back(
    signed: &Signed,
    code: &str,
    form: &str,
    fields: &Fields,
    act: impl Future<Output = Result<(), Problem>>,
    said: &str,
) -> Answer {
    let here = format!("/sites/{code}/facts");
    let act = async { act.await.map(|()| said) };
    let again = async |again| page(signed, code, &Wanted::default(), &again).await;
    finish(signed, &here, form, fields, act, again).await
}
