-- People who sign in, their sessions, and what a first run needs.
create table user_account (
    user_id uuid primary key,
    name text not null constraint user_account_name_key unique,
    password_hash text not null,
    roles text not null,                       -- JSON array of role words
    created_at bigint not null,
    disabled_at bigint
);

-- The id is stored hashed: reading this table does not let anybody in.
create table session (
    session_hash bytea primary key,
    body text not null,
    expires_at bigint not null
);
create index session_expires_at on session (expires_at);

-- A form token is used once; a second post of the same form changes nothing.
create table form_token (
    token_hash bytea primary key,
    used_at bigint not null
);
create index form_token_used_at on form_token (used_at);

-- Values of the installation itself: the hash of the one-time set-up code, the sealed nonce key.
create table installation (
    name text primary key,
    value bytea not null
);

-- Numbers that people see: CR-7, import 3.
create table counter (
    name text primary key,
    value bigint not null
);
