-- Devices, their endpoints and the lines that stand on them.
create table device (
    device_id uuid primary key,
    site_id uuid not null references site,
    serial text not null constraint device_serial_key unique,
    mac text not null constraint device_mac_key unique,   -- twelve lower-case digits
    vendor text not null,
    model text not null,
    place_id uuid references place,
    segment_id uuid references segment,
    state text not null constraint device_state_check check (state in ('active', 'quarantined', 'retired')),
    -- Whether a line has been published to it since its factory reset; then withholding must clear.
    carried_line boolean not null,
    -- Every setting path published to it since its factory reset, as a JSON array: none may linger.
    published_paths text not null,
    -- The credential with which it proves itself over HTTP Digest.
    digest_user text not null constraint device_digest_user_key unique,
    digest_secret_id uuid not null
);
create index device_site_id on device (site_id, mac);

create table endpoint (
    endpoint_id uuid primary key,
    device_id uuid not null references device,
    kind text not null constraint endpoint_kind_check check (kind in ('line-key')),
    position bigint not null constraint endpoint_position_check check (position between 1 and 255),
    constraint endpoint_position_key unique (device_id, kind, position)
);

-- A line stands while ended_at is null. Invariant 2 is held here: an exclusive extension stands once,
-- a key carries one line.
create table line (
    line_id uuid primary key,
    endpoint_id uuid not null references endpoint,
    extension_id uuid not null references extension,
    exclusive boolean not null,
    secret_id uuid not null,
    change_request_id uuid not null,
    bound_at bigint not null,
    ended_at bigint,
    ended_by uuid
);
create unique index line_standing_endpoint_key on line (endpoint_id) where ended_at is null;
create unique index line_standing_extension_key on line (extension_id) where ended_at is null and exclusive;
create index line_endpoint_id on line (endpoint_id);

-- What was last seen of a device; written by the edge, never read by the fence.
create table observation (
    device_id uuid primary key references device,
    seen_at bigint not null,
    client text not null,
    user_agent text not null,
    firmware text not null,
    digest bytea
);
