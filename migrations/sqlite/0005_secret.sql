-- Sealed with a key that is not in the database (invariant 4). The highest version is current.
create table secret (
    secret_id blob not null,
    version integer not null,
    sealed blob not null,
    created_at integer not null,
    primary key (secret_id, version)
) strict;
