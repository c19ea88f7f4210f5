// Creates many workspaces, for tests of long lists.
import { sql } from "./facts";

/** Creates `count` workspaces "{name} 1", "{name} 2"… in the organization of `beside`, and removes them after `run`. */
export async function withMany<T>(name: string, count: number, beside: string, run: () => Promise<T>): Promise<T> {
  const slug = `${name.toLowerCase()}-%`;
  await sql(
    `insert into account.workspaces (id, organization_id, name, slug)
     select gen_random_uuid(), w.organization_id, $2 || ' ' || n, lower($2) || '-' || n
     from account.workspaces w, generate_series(1, $3::int) n where w.slug = $1`,
    [beside, name, count],
  );
  try {
    return await run();
  } finally {
    await sql(`do $do$ begin set local session_replication_role = replica;
      delete from account.slugs where slug like '${slug}'; delete from account.workspaces where slug like '${slug}';
      update account.users set seat_epoch = seat_epoch + 1; end $do$`);
  }
}
