-- What people call a version of a layer and say about it, whom a group's is for, and why a path is locked.
alter table layer_version add column release text not null default '1.0.0';
alter table layer_version add column note text not null default '';
alter table layer_version add column parent integer not null default 0;  -- the version that it follows; 0 for none
alter table layer_version add column rule text;                          -- JSON: who belongs to a group
update layer_version set release = version || '.0.0', parent = version - 1;
-- A lock was a path alone; it is a path with its reason from now on.
update layer_version set locks =
    (select coalesce(json_group_object(value, 'So it was built in.'), '{}') from json_each(layer_version.locks));
