-- The searchable projection by what is asked of it: entries about a device, and entries that are no serves. Each is
-- its own key and nothing else, so that a serve costs one row in one tree.
create table ledger_of_device (
    device_id uuid not null,
    at bigint not null,
    node text not null,
    seq bigint not null,
    position bigint not null,
    primary key (device_id, at, node, seq, position)
);
create table ledger_of_kind (
    kind text not null,
    at bigint not null,
    node text not null,
    seq bigint not null,
    position bigint not null,
    primary key (kind, at, node, seq, position)
);
insert into ledger_of_device (device_id, at, node, seq, position)
    select device_id, at, node, seq, position from ledger_index where device_id is not null;
insert into ledger_of_kind (kind, at, node, seq, position)
    select kind, at, node, seq, position from ledger_index where kind <> 'serve';
drop table ledger_index;
