-- The record: one compact row per commit, one chain per node (requirement G).
create table ledger_batch (
    node text not null,
    seq bigint not null,
    count bigint not null,
    prev_hash bytea not null,
    hash bytea not null,
    body bytea not null,
    primary key (node, seq)
);

-- The end of each chain, so that appending reads one row, and cutting the end is seen.
create table ledger_head (
    node text primary key,
    seq bigint not null,
    hash bytea not null,
    count bigint not null
);

-- A disposable projection for searching; never the record. `position` counts within the batch.
create table ledger_index (
    node text not null,
    seq bigint not null,
    position bigint not null,
    at bigint not null,
    kind text not null,
    device_id uuid,
    site_id uuid,
    word text not null,                        -- decision or action
    primary key (node, seq, position)
);
create index ledger_index_device_id on ledger_index (device_id, at);
create index ledger_index_kind on ledger_index (kind, at, node, seq, position);

create table ledger_watermark (
    node text primary key,
    seq bigint not null
);

-- Every write to a fact that the fence reads bumps, in its transaction, the generation of the device,
-- site or organisation (nil) that it belongs to. A serve is committed only if they are what it read.
create table generation (
    scope_id uuid primary key,
    generation bigint not null
);
