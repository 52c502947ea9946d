-- Published files. An artifact never changes: its key is the digest of its contents (invariant 6).
create table artifact (
    digest bytea primary key,
    dialect text not null,
    content_type text not null,
    body bytea not null,
    slots text not null,                       -- JSON: where which secret goes
    origins text not null                      -- JSON: which setting each line writes
);

create table revision (
    revision_id uuid primary key,
    device_id uuid not null references device,
    number bigint not null,
    kind text not null constraint revision_kind_check check (kind in ('baseline', 'bound', 'clear')),
    change text not null,
    approver text,
    lines text not null,                       -- JSON: the facts of its lines
    resolution text not null,                  -- JSON: every setting with its origin
    layers text not null,                      -- JSON: layer versions of the stack
    published_at bigint not null,
    constraint revision_number_key unique (device_id, number)
);

create table revision_file (
    revision_id uuid not null references revision,
    name text not null,
    digest bytea not null references artifact,
    primary key (revision_id, name)
);

-- Which revision of each kind is current for a device. The edge reads this by key.
create table current_revision (
    device_id uuid not null references device,
    kind text not null,
    revision_id uuid not null references revision,
    primary key (device_id, kind)
);

-- The baseline by vendor and source segment; the nil segment is for addresses of no known segment.
create table common_file (
    vendor text not null,
    segment_id uuid not null,
    digest bytea not null references artifact,
    layers text not null,
    primary key (vendor, segment_id)
);
