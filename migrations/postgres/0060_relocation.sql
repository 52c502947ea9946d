-- A request may put phones at another place of their site.
alter table change_request
    drop constraint change_request_kind_check,
    drop constraint change_request_items_check;
alter table change_request
    add constraint change_request_kind_check check (kind in
        ('bind', 'unbind', 'move', 'swap', 'replace', 'number-change', 'profile-change', 'group-change',
         'class-change', 'schedule-change', 'exception', 'relocation', 'bulk')),
    add constraint change_request_items_check check (
        (kind in ('profile-change', 'group-change', 'class-change', 'schedule-change', 'exception', 'relocation')) = (routes <> '[]')
            and (items > 0) = (routes = '[]'));
