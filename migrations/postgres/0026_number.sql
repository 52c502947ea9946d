-- Numbers (requirement B1). A number's key orders the plan: extensions before DIDs, short before long, then in order;
-- `domain::number::Number::key` computes the same.
alter table number_range add column first_key bigint not null generated always as
    ((length(first_number) + case kind when 'did' then 16 else 0 end) * 10000000000000000
        + cast(ltrim(first_number, '+') as bigint)) stored;
alter table number_range add column last_key bigint not null generated always as
    ((length(last_number) + case kind when 'did' then 16 else 0 end) * 10000000000000000
        + cast(ltrim(last_number, '+') as bigint)) stored;
create index number_range_keys on number_range (first_key, last_key);

-- A number belongs to one site. SQLite holds this by triggers that raise the same name.
alter table number_range drop constraint number_range_first_key;
alter table number_range add constraint number_range_overlap
    exclude using gist (int8range(first_key, last_key, '[]') with &&);

-- What is the case with a number. One that is available has no row, so a range of a million numbers is one row above.
create table number (
    key bigint primary key,
    kind text not null constraint number_kind_check check (kind in ('extension', 'did')),
    number text not null,
    site_id uuid not null references site,
    state_word text not null constraint number_state_check check
        (state_word in ('reserved', 'assigned', 'cooling', 'porting-in', 'porting-out', 'ported-out')),
    state text not null,                       -- JSON: the facts of that state
    ends_at bigint,                           -- when it is available by itself
    changed_at bigint,                        -- null: before this table was there
    changed_by text not null,
    constraint number_key_check check (key = (length(number) + case kind when 'did' then 16 else 0 end)
        * 10000000000000000 + cast(ltrim(number, '+') as bigint)),
    constraint number_ends_check check ((ends_at is not null) = (state_word in ('reserved', 'cooling')))
);
create index number_site_id on number (site_id, key);
create index number_state_word on number (state_word, key);
create index number_ends_at on number (ends_at) where ends_at is not null;

-- Who held a number from when to when. A row is ended once and never changed otherwise.
create table number_holding (
    holding_id uuid primary key,
    key bigint not null,
    extension_id uuid not null references extension,
    owner_person_id uuid references person,
    owner_place_id uuid references place,
    since_at bigint,                          -- null: before this table was there
    until_at bigint,
    constraint number_holding_owner_check check (owner_person_id is null or owner_place_id is null),
    constraint number_holding_order_check check (until_at >= since_at)
);
create unique index number_holding_standing_key on number_holding (key) where until_at is null;
create index number_holding_key on number_holding (key, since_at);
create index number_holding_person_id on number_holding (owner_person_id);
create function number_holding_kept() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.until_at is not null or new.until_at is null
        or row (new.key, new.extension_id, new.owner_person_id, new.owner_place_id, new.since_at)
            is distinct from row (old.key, old.extension_id, old.owner_person_id, old.owner_place_id, old.since_at)
    then
        raise exception 'a holding is ended once and kept'
            using errcode = 'check_violation', constraint = 'number_holding_kept';
    end if;
    return new;
end $$;
create trigger number_holding_kept before update or delete on number_holding
    for each row execute function number_holding_kept();

-- What is assigned already.
insert into number (key, kind, number, site_id, state_word, state, changed_by)
    select length(number) * 10000000000000000 + cast(number as bigint), 'extension', number, site_id, 'assigned',
        '{"state":"assigned"}', 'migration' from extension
        where owner_person_id is not null or owner_place_id is not null
    union all
    select (length(did) + 16) * 10000000000000000 + cast(ltrim(did, '+') as bigint), 'did', did, site_id, 'assigned',
        '{"state":"assigned"}', 'migration' from extension where did is not null;
insert into number_holding (holding_id, key, extension_id, owner_person_id, owner_place_id)
    select gen_random_uuid(), n.key, x.extension_id, x.owner_person_id, x.owner_place_id
        from number n join extension x on x.number = n.number or x.did = n.number;
