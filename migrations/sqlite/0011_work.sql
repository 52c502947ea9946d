-- Imports that were staged for a preview, and those that were committed.
create table import (
    import_id blob primary key,
    number integer not null constraint import_number_key unique,
    digest text not null,
    files text not null,                       -- JSON array of names
    body blob,                                -- JSON of the uploads; dropped when committed
    staged_by text not null,
    staged_at integer not null,
    committed_at integer
) strict;
create unique index import_committed_digest_key on import (digest) where committed_at is not null;

-- Effects on the world outside, written with the change that causes them, carried out afterwards.
create table outbox (
    outbox_id blob primary key,
    kind text not null,
    payload text not null,
    created_at integer not null,
    attempts integer not null,
    done_at integer,
    error text
) strict;
create index outbox_open on outbox (outbox_id) where done_at is null;
