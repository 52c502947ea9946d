-- Layers and their immutable versions. `scope` names what the layer is of: a vendor, a site id, a device id.
create table layer (
    layer_id uuid primary key,
    level text not null,
    scope text not null,
    name text not null,
    constraint layer_scope_key unique (level, scope)
);

create table layer_version (
    layer_id uuid not null references layer,
    version bigint not null,
    settings text not null,                    -- JSON object: path to value
    locks text not null,                       -- JSON array of paths
    change text not null,                      -- CR-7, import 3, built in
    published_at bigint not null,
    primary key (layer_id, version)
);
