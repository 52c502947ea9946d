-- Imports that were staged for a preview, and those that were committed.
create table import (
    import_id uuid primary key,
    number bigint not null constraint import_number_key unique,
    digest text not null,
    files text not null,                       -- JSON array of names
    body bytea,                                -- JSON of the uploads; dropped when committed
    staged_by text not null,
    staged_at bigint not null,
    committed_at bigint
);
create unique index import_committed_digest_key on import (digest) where committed_at is not null;

-- Effects on the world outside, written with the change that causes them, carried out afterwards.
create table outbox (
    outbox_id uuid primary key,
    kind text not null,
    payload text not null,
    created_at bigint not null,
    attempts bigint not null,
    done_at bigint,
    error text
);
create index outbox_open on outbox (outbox_id) where done_at is null;
