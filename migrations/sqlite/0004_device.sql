-- Devices, their endpoints and the lines that stand on them.
create table device (
    device_id blob primary key,
    site_id blob not null references site,
    serial text not null constraint device_serial_key unique,
    mac text not null constraint device_mac_key unique,   -- twelve lower-case digits
    vendor text not null,
    model text not null,
    place_id blob references place,
    segment_id blob references segment,
    state text not null constraint device_state_check check (state in ('active', 'quarantined', 'retired')),
    -- Whether a line has been published to it since its factory reset; then withholding must clear.
    carried_line integer not null,
    -- Every setting path published to it since its factory reset, as a JSON array: none may linger.
    published_paths text not null,
    -- The credential with which it proves itself over HTTP Digest.
    digest_user text not null constraint device_digest_user_key unique,
    digest_secret_id blob not null
) strict;
create index device_site_id on device (site_id, mac);

create table endpoint (
    endpoint_id blob primary key,
    device_id blob not null references device,
    kind text not null constraint endpoint_kind_check check (kind in ('line-key')),
    position integer not null constraint endpoint_position_check check (position between 1 and 255),
    constraint endpoint_position_key unique (device_id, kind, position)
) strict;

-- A line stands while ended_at is null. Invariant 2 is held here: an exclusive extension stands once,
-- a key carries one line.
create table line (
    line_id blob primary key,
    endpoint_id blob not null references endpoint,
    extension_id blob not null references extension,
    exclusive integer not null,
    secret_id blob not null,
    change_request_id blob not null,
    bound_at integer not null,
    ended_at integer,
    ended_by blob
) strict;
create unique index line_standing_endpoint_key on line (endpoint_id) where ended_at is null;
create unique index line_standing_extension_key on line (extension_id) where ended_at is null and exclusive;
create index line_endpoint_id on line (endpoint_id);

-- What was last seen of a device; written by the edge, never read by the fence.
create table observation (
    device_id blob primary key references device,
    seen_at integer not null,
    client text not null,
    user_agent text not null,
    firmware text not null,
    digest blob
) strict;
