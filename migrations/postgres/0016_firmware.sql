-- Firmware images. What is known of each is here and never changes; its bytes are a file of the data folder, by hash.
create table firmware (
    firmware_id uuid primary key,
    vendor text not null,
    models text not null,                      -- JSON array, upper case
    version text not null,
    file text not null,                        -- the name under which phones fetch it
    hash bytea not null,                       -- SHA-256 of the bytes
    bytes bigint not null constraint firmware_bytes_check check (bytes > 0),
    no_downgrade boolean not null,
    notes text not null,
    uploaded_by text not null,
    uploaded_at bigint not null,
    withdrawn_at bigint,
    withdrawn_reason text
);
create unique index firmware_hash_key on firmware (hash) where withdrawn_at is null;
create unique index firmware_file_key on firmware (lower(file)) where withdrawn_at is null;

-- Whoever has from_version or older gets to to_version or newer by way of via_version.
create table firmware_step (
    firmware_step_id uuid primary key,
    vendor text not null,
    from_version text not null,
    via_version text not null,
    to_version text not null,
    constraint firmware_step_key unique (vendor, from_version, via_version, to_version)
);

-- The oldest release that understands a setting.
create table firmware_minimum (
    vendor text not null,
    path text not null,
    release text not null,
    primary key (vendor, path)
);

-- What downloads of firmware may take of a site's line.
create table firmware_budget (
    site_id uuid primary key references site,
    kbps bigint not null constraint firmware_budget_kbps_check check (kbps > 0)
);

-- What the published files of a device make of its settings and of what was last seen of it. Made with a revision,
-- so that no page has to resolve layers.
create table firmware_target (
    device_id uuid primary key references device,
    installed text not null,                   -- as it was observed then; empty when it was not
    wanted text not null,
    file text not null,                        -- the image that it is sent to next; empty when to none
    bytes bigint not null,                     -- of the wanted image
    finding text                               -- JSON, why it is sent to none
);
