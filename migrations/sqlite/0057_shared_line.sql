-- A line is shared if its extension's profile says so when it begins, and while it stands; every other one is
-- exclusive, and stands once (`line_standing_extension_key`).
create trigger line_shared_check before insert on line when new.exclusive = exists (
    select 1 from profile p where p.extension_id = new.extension_id and p.shared)
begin select raise(abort, 'line_shared_check'); end;
create trigger line_shared_kept before update of exclusive on line when new.ended_at is null and new.exclusive = exists (
    select 1 from profile p where p.extension_id = new.extension_id and p.shared)
begin select raise(abort, 'line_shared_check'); end;
create trigger profile_shared_insert after insert on profile
begin
    update line set exclusive = not new.shared
        where extension_id = new.extension_id and ended_at is null and exclusive = new.shared;
end;
-- Refused by the index while an extension that is to be exclusive stands twice.
create trigger profile_shared_update after update of shared on profile
begin
    update line set exclusive = not new.shared
        where extension_id = new.extension_id and ended_at is null and exclusive = new.shared;
end;
-- What nobody could share before.
update line set exclusive = 0 where ended_at is null and extension_id in (select extension_id from profile where shared);
