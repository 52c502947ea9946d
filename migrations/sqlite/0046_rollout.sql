-- Changes of layers carried out in waves. While one runs, a phone that it has not reached is resolved with the
-- layer's version before: `reached` says which have the new one. What the state machine knows is JSON; what statements
-- ask for are columns beside it.
create table rollout (
    rollout_id blob primary key,
    number integer not null constraint rollout_number_key unique,
    layer_change_id blob not null constraint rollout_layer_change_key unique references layer_change,
    layer_id blob not null references layer,
    parent integer not null,                    -- the version that phones not reached have; 0 for none
    version integer not null,
    settings text not null,                    -- JSON: waves, pace, window, times
    status_word text not null constraint rollout_status_check check (status_word in
        ('preparing', 'running', 'paused', 'returning', 'aborting', 'finished', 'aborted')),
    status text not null,                      -- JSON: the status with its reason
    wave integer not null constraint rollout_wave_check check (wave >= 0),
    begun_at integer,                           -- since when the wave counts its phones
    accepted integer not null default 0,        -- failures of the wave with which somebody let it go on
    turn integer not null default 0,            -- counts what was written, so that two nodes never do it twice
    made_by text not null,
    made_at integer not null,
    ended_at integer,
    constraint rollout_ended_check check ((ended_at is null) = (status_word not in ('finished', 'aborted')))
) strict;
-- One at a time for a layer: what a phone had before would be ambiguous.
create unique index rollout_layer_running_key on rollout (layer_id) where ended_at is null;

create table rollout_device (
    rollout_id blob not null references rollout,
    device_id blob not null references device,
    wave integer not null,
    position integer not null,                  -- the order of release
    phase_word text not null constraint rollout_device_phase_check check (phase_word in ('waiting', 'deferred',
        'released', 'fetched', 'applied', 'failed', 'skipped', 'unchanged', 'late', 'returned')),
    phase text not null,                       -- JSON: the phase with its facts
    reached integer not null,                  -- whether its files come from the new version
    touched_at integer,                         -- when its files were last published by this
    note text not null default '',             -- why it was skipped, or could not be written
    primary key (rollout_id, device_id)
) strict;
create index rollout_device_wave on rollout_device (rollout_id, wave, position);
create index rollout_device_device_id on rollout_device (device_id, rollout_id);
create index rollout_device_touched_at on rollout_device (touched_at) where touched_at is not null;

-- Phones that somebody took out of a rollout: they keep the version that they had until the layer's next one.
create table layer_hold (
    device_id blob not null references device,
    layer_id blob not null references layer,
    version integer not null,                   -- 0 for none
    rollout_id blob not null references rollout,
    primary key (device_id, layer_id)
) strict;
create index layer_hold_layer_id on layer_hold (layer_id);

-- How rollouts run from now on; each setting of it is a row, the newest holds.
create table rollout_policy (
    number integer primary key,
    policy text not null,                      -- JSON
    reason text not null,
    made_by text not null,
    made_at integer not null
) strict;
