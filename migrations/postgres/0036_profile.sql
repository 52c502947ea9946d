-- What becomes of calls for an extension (requirement B4). Whoever has no row: nobody has said.
create table profile (
    extension_id uuid primary key references extension,
    voicemail boolean not null,
    conferencing boolean not null,
    shared boolean not null,
    caller_id text not null,                   -- `own`, `withheld` or a DID
    schedule_id uuid references schedule,
    closed text,                               -- a destination: number, `group:NAME`, `voicemail`
    forward_always text,
    forward_busy text,
    forward_no_answer text,
    seconds bigint constraint profile_seconds_check check (seconds between 5 and 180),
    forward_unregistered text,
    changed_at bigint not null,
    changed_by text not null,
    constraint profile_closed_check check (closed is null or schedule_id is not null),
    constraint profile_no_answer_check check ((forward_no_answer is null) = (seconds is null))
);
create index profile_schedule_id on profile (schedule_id);
