-- The record: one compact row per commit, one chain per node (requirement G).
create table ledger_batch (
    node text not null,
    seq integer not null,
    count integer not null,
    prev_hash blob not null,
    hash blob not null,
    body blob not null,
    primary key (node, seq)
) strict;

-- The end of each chain, so that appending reads one row, and cutting the end is seen.
create table ledger_head (
    node text primary key,
    seq integer not null,
    hash blob not null,
    count integer not null
) strict;

-- A disposable projection for searching; never the record. `position` counts within the batch.
create table ledger_index (
    node text not null,
    seq integer not null,
    position integer not null,
    at integer not null,
    kind text not null,
    device_id blob,
    site_id blob,
    word text not null,                        -- decision or action
    primary key (node, seq, position)
) strict;
create index ledger_index_device_id on ledger_index (device_id, at);
create index ledger_index_kind on ledger_index (kind, at, node, seq, position);

create table ledger_watermark (
    node text primary key,
    seq integer not null
) strict;

-- Every write to a fact that the fence reads bumps, in its transaction, the generation of the device,
-- site or organisation (nil) that it belongs to. A serve is committed only if they are what it read.
create table generation (
    scope_id blob primary key,
    generation integer not null
) strict;
