-- Opening hours, and hunt groups that keep them (requirement B3). Ringfence keeps what was agreed; the platform acts on it.
create table schedule (
    schedule_id blob primary key,
    site_id blob not null references site,
    code text not null constraint schedule_code_key unique,
    name text not null,
    time_zone text not null,
    hours text not null,                       -- as people type it; `domain::schedule` reads it
    holidays text not null,
    changed_at integer not null,
    changed_by text not null
) strict;

create table hunt_group (
    hunt_group_id blob primary key,
    site_id blob not null references site,
    code text not null constraint hunt_group_code_key unique,
    name text not null,
    number text constraint hunt_group_number_key unique,
    did text constraint hunt_group_did_key unique,
    ring text not null constraint hunt_group_ring_check check (ring in ('all', 'in-order', 'rotating')),
    seconds integer not null constraint hunt_group_seconds_check check (seconds between 5 and 180),
    schedule_id blob references schedule,
    closed text,                               -- a destination: number, `group:NAME`, `voicemail`
    otherwise text,
    changed_at integer not null,
    changed_by text not null,
    constraint hunt_group_closed_check check (closed is null or schedule_id is not null)
) strict;
create index hunt_group_schedule_id on hunt_group (schedule_id);

create table hunt_group_member (
    hunt_group_id blob not null references hunt_group,
    position integer not null,
    extension_id blob references extension,
    member_group_id blob references hunt_group,
    primary key (hunt_group_id, position),
    constraint hunt_group_member_one_check check ((extension_id is null) <> (member_group_id is null)),
    constraint hunt_group_member_itself_check check (member_group_id <> hunt_group_id),
    constraint hunt_group_member_extension_key unique (hunt_group_id, extension_id),
    constraint hunt_group_member_group_key unique (hunt_group_id, member_group_id)
) strict;
create index hunt_group_member_extension_id on hunt_group_member (extension_id);
create index hunt_group_member_group_id on hunt_group_member (member_group_id);
