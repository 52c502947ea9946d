-- A line is shared if its extension's profile says so when it begins, and while it stands; every other one is
-- exclusive, and stands once (`line_standing_extension_key`).
create function line_shared_check() returns trigger language plpgsql as $$
begin
    if new.ended_at is null and new.exclusive = exists (
        select 1 from profile p where p.extension_id = new.extension_id and p.shared) then
        raise exception 'line_shared_check' using errcode = 'check_violation', constraint = 'line_shared_check';
    end if;
    return new;
end $$;
create trigger line_shared_check before insert or update of exclusive on line
    for each row execute function line_shared_check();
-- Refused by the index while an extension that is to be exclusive stands twice.
create function profile_shared() returns trigger language plpgsql as $$
begin
    update line set exclusive = not new.shared
        where extension_id = new.extension_id and ended_at is null and exclusive = new.shared;
    return null;
end $$;
create trigger profile_shared after insert or update of shared on profile
    for each row execute function profile_shared();
-- What nobody could share before.
update line set exclusive = false
    where ended_at is null and extension_id in (select extension_id from profile where shared);
