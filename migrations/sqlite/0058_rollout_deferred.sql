-- Phones that were deferred and may have appeared since are looked for every few seconds.
create index rollout_device_deferred on rollout_device (rollout_id, wave) where phase_word = 'deferred';
