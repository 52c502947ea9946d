-- Of a large wave, a look at a rollout loads the phones of which something may have to be said, and counts the others.
create index rollout_device_phase on rollout_device (rollout_id, wave, phase_word);
