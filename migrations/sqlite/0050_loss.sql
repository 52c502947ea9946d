-- A handset that is lost, and one that was lent and has not come back, are cases. SQLite changes no check of a table, so
-- the case's is made anew; what refers to it by number finds its own again below.
pragma defer_foreign_keys = on;
create table exception_before as select * from exception;
drop table exception;
create table exception (
    exception_id blob primary key,
    number integer not null constraint exception_number_key unique,
    kind text not null constraint exception_kind_check check (kind in ('replacement', 'delayed-activation',
        'unknown-device', 'mismatch', 'enrolment', 'proof', 'misrouting', 'layer-effect', 'loss', 'loan')),
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
create unique index exception_open_key on exception (kind, subject) where closed_at is null;
create index exception_device_id on exception (device_id) where closed_at is null;
create index exception_site_id on exception (site_id, number);
create index exception_closed_at on exception (closed_at) where closed_at is not null;
insert into exception
    (exception_id, number, kind, subject, state, weight, device_id, site_id, detail, opened_at, last_at, times, owner_id,
     taken_at, closed_at, closed_by, resolution)
select exception_id, number, kind, subject, state, weight, device_id, site_id, detail, opened_at, last_at, times,
    owner_id, taken_at, closed_at, closed_by, resolution
from exception_before;
drop table exception_before;

-- From when on a handset that was lent out is overdue.
alter table replacement add column overdue_at integer;
create index replacement_overdue_at on replacement (overdue_at) where overdue_at is not null;
-- What is lent out already.
update replacement set overdue_at = (cast(strftime('%s', json_extract(body, '$.state.end.until')) as integer) + 86400) * 1000000
    where state_word = 'ended' and json_extract(body, '$.state.end.to') = 'loan';

-- The report that a handset is lost takes lines away without a signature, and is reviewed.
create table authority_use_before as select * from authority_use;
drop table authority_use;
create table authority_use (
    change_request_id blob primary key references change_request,
    advance_id blob references advance_approval,
    glass_id blob references break_glass,
    case_number integer references exception (number),
    by_id blob not null references user_account,
    applied_at integer not null,
    said text not null,                        -- for people: what was lifted, or what was compared
    due_at integer,                            -- null: nobody reviews it
    reviewer_id blob references user_account,
    reviewed_at integer,
    verdict text constraint authority_use_verdict_check check (verdict in ('in-order', 'not-in-order')),
    note text,
    constraint authority_use_one_check
        check ((advance_id is not null) + (glass_id is not null) + (case_number is not null) = 1),
    -- What nobody approved is always looked at.
    constraint authority_use_glass_check check ((glass_id is null and case_number is null) or due_at is not null),
    constraint authority_use_other_check check (reviewer_id <> by_id),
    constraint authority_use_reviewed_check check
        ((reviewed_at is null) = (reviewer_id is null) and (reviewed_at is null) = (verdict is null)
            and (reviewed_at is null) = (note is null))
) strict;
create index authority_use_due on authority_use (due_at) where due_at is not null and reviewed_at is null;
create index authority_use_advance_id on authority_use (advance_id, applied_at);
create index authority_use_glass_id on authority_use (glass_id, applied_at);
create index authority_use_case_number on authority_use (case_number) where case_number is not null;
insert into authority_use
    (change_request_id, advance_id, glass_id, by_id, applied_at, said, due_at, reviewer_id, reviewed_at, verdict, note)
select change_request_id, advance_id, glass_id, by_id, applied_at, said, due_at, reviewer_id, reviewed_at, verdict, note
from authority_use_before;
drop table authority_use_before;
