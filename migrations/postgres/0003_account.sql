-- People of the directory, and the extensions that belong to them or to a place.
create table person (
    person_id uuid primary key,
    site_id uuid not null references site,
    reference text not null constraint person_reference_key unique,
    name text not null,
    email text not null,
    account text not null
        constraint person_account_check check (account in ('expected', 'active', 'suspended', 'left'))
);

create table extension (
    extension_id uuid primary key,
    site_id uuid not null references site,
    number text not null constraint extension_number_key unique,
    did text constraint extension_did_key unique,
    owner_person_id uuid references person,
    owner_place_id uuid references place,
    enabled boolean not null,
    class_of_service text not null,
    display_name text not null,
    constraint extension_one_owner_check check (owner_person_id is null or owner_place_id is null)
);
create index extension_site_id on extension (site_id, number);
