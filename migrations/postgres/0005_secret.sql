-- Sealed with a key that is not in the database (invariant 4). The highest version is current.
create table secret (
    secret_id uuid not null,
    version bigint not null,
    sealed bytea not null,
    created_at bigint not null,
    primary key (secret_id, version)
);
