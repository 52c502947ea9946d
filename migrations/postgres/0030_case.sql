-- Cases are operations (requirement E4): each is at a step of its kind, has somebody who took it and a log, and need
-- not be about a device of the inventory.
alter table exception drop constraint exception_kind_check;
alter table exception add constraint exception_kind_check check (kind in ('replacement', 'delayed-activation',
    'unknown-device', 'mismatch', 'enrolment', 'proof', 'misrouting', 'layer-effect'));
alter table exception add column subject text;
update exception set subject = (select d.mac from device d where d.device_id = exception.device_id);
alter table exception alter column subject set not null;
alter table exception add constraint exception_subject_check check (subject <> '');
alter table exception add column state text not null default 'open';
alter table exception alter column state drop default;
alter table exception alter column device_id drop not null;
alter table exception alter column site_id drop not null;
alter table exception add column taken_at bigint;
update exception set taken_at = opened_at where owner_id is not null;
alter table exception add constraint exception_taken_check check ((taken_at is null) = (owner_id is null));
drop index exception_open_key;
create unique index exception_open_key on exception (kind, subject) where closed_at is null;
create index exception_device_id on exception (device_id) where closed_at is null;
create index exception_closed_at on exception (closed_at) where closed_at is not null;

-- What was found and done at a case, in order, and what was attached to it. Nobody edits or deletes it.
create table exception_note (
    note_id uuid primary key,
    number bigint not null references exception (number),
    said_at bigint not null,
    said_by text not null,
    state text not null,                       -- the step at which it was said
    body text not null constraint exception_note_body_check check (body <> ''),
    attachment text                            -- JSON: what was the case at that moment
);
create index exception_note_of on exception_note (number, said_at, note_id);
create function exception_note_kept() returns trigger language plpgsql as $$
begin
    raise exception 'exception_note_kept';
end $$;
create trigger exception_note_kept before update or delete on exception_note
    for each row execute function exception_note_kept();

-- Minutes that a case of a kind took by hand, as the organisation says.
create table exception_baseline (
    kind text primary key,
    minutes bigint not null constraint exception_baseline_check check (minutes between 1 and 100000),
    set_by text not null,
    set_at bigint not null
);
