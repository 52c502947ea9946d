-- Numbers (requirement B1). A number's key orders the plan: extensions before DIDs, short before long, then in order;
-- `domain::number::Number::key` computes the same.
alter table number_range add column first_key integer not null generated always as
    ((length(first_number) + case kind when 'did' then 16 else 0 end) * 10000000000000000
        + cast(ltrim(first_number, '+') as bigint)) virtual;
alter table number_range add column last_key integer not null generated always as
    ((length(last_number) + case kind when 'did' then 16 else 0 end) * 10000000000000000
        + cast(ltrim(last_number, '+') as bigint)) virtual;
create index number_range_keys on number_range (first_key, last_key);

-- A number belongs to one site. PostgreSQL holds this by an exclusion constraint of the same name.
create trigger number_range_overlap_insert before insert on number_range when exists (
    select 1 from number_range r where r.kind = new.kind and length(r.first_number) = length(new.first_number)
        and r.first_number <= new.last_number and r.last_number >= new.first_number)
begin select raise(abort, 'number_range_overlap'); end;
create trigger number_range_overlap_update before update on number_range when exists (
    select 1 from number_range r where r.kind = new.kind and length(r.first_number) = length(new.first_number)
        and r.first_number <= new.last_number and r.last_number >= new.first_number and r.range_id <> new.range_id)
begin select raise(abort, 'number_range_overlap'); end;

-- What is the case with a number. One that is available has no row, so a range of a million numbers is one row above.
create table number (
    key integer primary key,
    kind text not null constraint number_kind_check check (kind in ('extension', 'did')),
    number text not null,
    site_id blob not null references site,
    state_word text not null constraint number_state_check check
        (state_word in ('reserved', 'assigned', 'cooling', 'porting-in', 'porting-out', 'ported-out')),
    state text not null,                       -- JSON: the facts of that state
    ends_at integer,                           -- when it is available by itself
    changed_at integer,                        -- null: before this table was there
    changed_by text not null,
    constraint number_key_check check (key = (length(number) + case kind when 'did' then 16 else 0 end)
        * 10000000000000000 + cast(ltrim(number, '+') as bigint)),
    constraint number_ends_check check ((ends_at is not null) = (state_word in ('reserved', 'cooling')))
) strict;
create index number_site_id on number (site_id, key);
create index number_state_word on number (state_word, key);
create index number_ends_at on number (ends_at) where ends_at is not null;

-- Who held a number from when to when. A row is ended once and never changed otherwise.
create table number_holding (
    holding_id blob primary key,
    key integer not null,
    extension_id blob not null references extension,
    owner_person_id blob references person,
    owner_place_id blob references place,
    since_at integer,                          -- null: before this table was there
    until_at integer,
    constraint number_holding_owner_check check (owner_person_id is null or owner_place_id is null),
    constraint number_holding_order_check check (until_at >= since_at)
) strict;
create unique index number_holding_standing_key on number_holding (key) where until_at is null;
create index number_holding_key on number_holding (key, since_at);
create index number_holding_person_id on number_holding (owner_person_id);
create trigger number_holding_update before update on number_holding
    when old.until_at is not null or new.until_at is null or new.key <> old.key
        or new.extension_id <> old.extension_id or new.owner_person_id is not old.owner_person_id
        or new.owner_place_id is not old.owner_place_id or new.since_at is not old.since_at
begin select raise(abort, 'number_holding_kept'); end;
create trigger number_holding_delete before delete on number_holding
begin select raise(abort, 'number_holding_kept'); end;

-- What is assigned already.
insert into number (key, kind, number, site_id, state_word, state, changed_by)
    select length(number) * 10000000000000000 + cast(number as bigint), 'extension', number, site_id, 'assigned',
        '{"state":"assigned"}', 'migration' from extension
        where owner_person_id is not null or owner_place_id is not null
    union all
    select (length(did) + 16) * 10000000000000000 + cast(ltrim(did, '+') as bigint), 'did', did, site_id, 'assigned',
        '{"state":"assigned"}', 'migration' from extension where did is not null;
insert into number_holding (holding_id, key, extension_id, owner_person_id, owner_place_id)
    select randomblob(16), n.key, x.extension_id, x.owner_person_id, x.owner_place_id
        from number n join extension x on x.number = n.number or x.did = n.number;
