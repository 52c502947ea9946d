-- An exception is made by a change of a layer or by a change request.
alter table layer_exception
    alter column layer_change_id drop not null,
    add column change_request_id uuid references change_request,
    add constraint layer_exception_change_check check ((layer_change_id is null) <> (change_request_id is null)),
    -- Whoever holds a phone to an earlier revision does so by a change of its layer.
    add constraint layer_exception_pin_check check (revision is null or layer_change_id is not null);
create index layer_exception_change_request_id on layer_exception (change_request_id) where change_request_id is not null;
