-- A request may change who rings: the profile of an extension, a hunt group. It has no item then.
alter table change_request
    drop constraint change_request_kind_check,
    drop constraint change_request_items_check,
    add column routes text not null default '[]',          -- JSON array: profiles and hunt groups as they are to be
    add constraint change_request_kind_check check (kind in
        ('bind', 'unbind', 'move', 'swap', 'replace', 'number-change', 'profile-change', 'group-change', 'bulk'));
alter table change_request add constraint change_request_items_check
    check ((kind in ('profile-change', 'group-change')) = (routes <> '[]') and (items > 0) = (routes = '[]'));
