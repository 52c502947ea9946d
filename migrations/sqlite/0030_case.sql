-- Cases are operations (requirement E4): each is at a step of its kind, has somebody who took it and a log, and need
-- not be about a device of the inventory. SQLite drops no `not null` in place: the table is made anew.
create table exception_new (
    exception_id blob primary key,
    number integer not null constraint exception_number_key unique,
    kind text not null constraint exception_kind_check check (kind in ('replacement', 'delayed-activation',
        'unknown-device', 'mismatch', 'enrolment', 'proof', 'misrouting', 'layer-effect')),
    subject text not null constraint exception_subject_check check (subject <> ''),
    state text not null,
    weight text not null constraint exception_weight_check check (weight in ('low', 'high')),
    device_id blob references device,
    site_id blob references site,
    detail text not null,
    opened_at integer not null,
    last_at integer not null,
    times integer not null,
    owner_id blob references user_account,
    taken_at integer,
    closed_at integer,
    closed_by text,
    resolution text,
    constraint exception_taken_check check ((taken_at is null) = (owner_id is null)),
    constraint exception_closed_check
        check ((closed_at is null) = (closed_by is null) and (closed_at is null) = (resolution is null))
) strict;
insert into exception_new select e.exception_id, e.number, e.kind, d.mac, 'open', e.weight, e.device_id, e.site_id,
    e.detail, e.opened_at, e.last_at, e.times, e.owner_id,
    case when e.owner_id is null then null else e.opened_at end, e.closed_at, e.closed_by, e.resolution
    from exception e join device d on d.device_id = e.device_id;
drop table exception;
alter table exception_new rename to exception;
create unique index exception_open_key on exception (kind, subject) where closed_at is null;
create index exception_device_id on exception (device_id) where closed_at is null;
create index exception_site_id on exception (site_id, number);
create index exception_closed_at on exception (closed_at) where closed_at is not null;

-- What was found and done at a case, in order, and what was attached to it. Nobody edits or deletes it.
create table exception_note (
    note_id blob primary key,
    number integer not null references exception (number),
    said_at integer not null,
    said_by text not null,
    state text not null,                       -- the step at which it was said
    body text not null constraint exception_note_body_check check (body <> ''),
    attachment text                            -- JSON: what was the case at that moment
) strict;
create index exception_note_of on exception_note (number, said_at, note_id);
create trigger exception_note_kept before update on exception_note begin
    select raise(abort, 'exception_note_kept');
end;
create trigger exception_note_stays before delete on exception_note begin
    select raise(abort, 'exception_note_kept');
end;

-- Minutes that a case of a kind took by hand, as the organisation says.
create table exception_baseline (
    kind text primary key,
    minutes integer not null constraint exception_baseline_check check (minutes between 1 and 100000),
    set_by text not null,
    set_at integer not null
) strict;
