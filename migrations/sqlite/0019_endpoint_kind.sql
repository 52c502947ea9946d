-- Endpoints of other kinds, and which handset a DECT endpoint is; common files beside a vendor's first one.
pragma defer_foreign_keys = on;   -- Lines refer to endpoints by name: each finds its own again below.
create table endpoint_before as select * from endpoint;
drop table endpoint;
create table endpoint (
    endpoint_id blob primary key,
    device_id blob not null references device,
    kind text not null constraint endpoint_kind_check check (kind in ('line-key', 'dect-handset', 'fxs-port')),
    position integer not null constraint endpoint_position_check check (position between 1 and 255),
    ipei text constraint endpoint_ipei_key unique,     -- thirteen characters, as on the handset
    constraint endpoint_ipei_check check (ipei is null or kind = 'dect-handset'),
    constraint endpoint_position_key unique (device_id, kind, position)
) strict;
insert into endpoint (endpoint_id, device_id, kind, position)
    select endpoint_id, device_id, kind, position from endpoint_before;
drop table endpoint_before;

create table common_file_before as select * from common_file;
drop table common_file;
create table common_file (
    vendor text not null,
    segment_id blob not null,
    name text not null,                        -- empty for the one that phones ask for by themselves
    digest blob not null references artifact,
    layers text not null,
    primary key (vendor, segment_id, name)
) strict;
insert into common_file (vendor, segment_id, name, digest, layers)
    select vendor, segment_id, '', digest, layers from common_file_before;
drop table common_file_before;
