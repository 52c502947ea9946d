-- A request may change how far somebody may call, the hours of a schedule, and what is different on a phone.
alter table change_request
    drop constraint change_request_kind_check,
    drop constraint change_request_items_check;
alter table change_request
    add constraint change_request_kind_check check (kind in
        ('bind', 'unbind', 'move', 'swap', 'replace', 'number-change', 'profile-change', 'group-change',
         'class-change', 'schedule-change', 'exception', 'bulk')),
    add constraint change_request_items_check check (
        (kind in ('profile-change', 'group-change', 'class-change', 'schedule-change', 'exception')) = (routes <> '[]')
            and (items > 0) = (routes = '[]'));
