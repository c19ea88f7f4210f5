-- Roles stay: they belong to the cluster and other databases may use them.
drop schema ops cascade;
drop schema door cascade;
drop schema workspace cascade;
drop schema account cascade;
