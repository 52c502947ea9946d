-- An exception is made by a change of a layer or by a change request. SQLite changes no column of a table, so it is made
-- anew.
create table layer_exception_before as select * from layer_exception;
drop table layer_exception;
create table layer_exception (
    layer_id blob primary key references layer,
    device_id blob not null references device,
    layer_change_id blob references layer_change,
    change_request_id blob references change_request,
    form text not null,                        -- JSON: what is different
    owner text not null,
    reason text not null,
    expires_at integer,
    ended_at integer,
    revision integer constraint layer_exception_revision_check check (revision > 0),
    constraint layer_exception_change_check check ((layer_change_id is null) <> (change_request_id is null)),
    -- Whoever holds a phone to an earlier revision does so by a change of its layer.
    constraint layer_exception_pin_check check (revision is null or layer_change_id is not null)
) strict;
insert into layer_exception (layer_id, device_id, layer_change_id, form, owner, reason, expires_at, ended_at, revision)
select layer_id, device_id, layer_change_id, form, owner, reason, expires_at, ended_at, revision
from layer_exception_before;
drop table layer_exception_before;
create index layer_exception_device_id on layer_exception (device_id) where ended_at is null;
create index layer_exception_expires_at on layer_exception (expires_at) where ended_at is null;
create unique index layer_exception_pin_key on layer_exception (device_id)
    where revision is not null and ended_at is null;
create index layer_exception_change_request_id on layer_exception (change_request_id) where change_request_id is not null;
