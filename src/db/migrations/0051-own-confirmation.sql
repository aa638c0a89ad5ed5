-- Whom a union put on its roster may still have to confirm it: no member yet, and not an applicant either.
alter table membership drop constraint membership_status_check;
alter table membership add constraint membership_status_check check (status in ('APPLIED','APPLIED_BY_UNION','RETURNED','REJECTED',
  'ACTIVE','TRANSFER_OUT','RETAINED','WITHDRAWN','AUTO_WITHDRAWN','EXPELLED','DECEASED','CANCELLED'));
-- The day on which they were reminded, once.
alter table membership add column reminded_on date;
-- Those who have not answered, of a union and all below it: counted for the desk, reminded, and looked through each day.
create index membership_unconfirmed on membership (path, id) where status = 'APPLIED_BY_UNION';
-- Those who said that a roster should not name them.
create index membership_disowned on membership (path, id) where status = 'CANCELLED'
  and status_reason in ('NOT_EMPLOYED_HERE','LEFT_EMPLOYER','UNWILLING','DISOWNED');
