-- The index by device: one row for all entries about a device that were indexed in one go, because in a storm a
-- device is served again and again, and a row of its own for each serve costs a page each.
create table ledger_places (
    device_id blob not null,
    at integer not null,                       -- of the newest of them
    node text not null,
    seq integer not null,                      -- batch of the newest of them
    position integer not null,                 -- its position there
    places text not null,                      -- JSON array of [seq, position], oldest first
    primary key (device_id, at, node, seq, position)
) strict, without rowid;
insert into ledger_places (device_id, at, node, seq, position, places)
    select device_id, at, node, seq, position, '[[' || seq || ',' || position || ']]' from ledger_of_device;
drop table ledger_of_device;
