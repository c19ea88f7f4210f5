// Changes seats directly in the database, and restores them after a test.
import { personOf, sql, workspaceOf } from "./facts";

let undo: (() => Promise<unknown>)[] = [];

/** Undoes all changes, the latest first. For `test.afterEach`. */
export async function putBack(): Promise<void> {
  for (const step of undo.reverse()) await step();
  undo = [];
}

/** Registers a step that runs after the test. */
export function afterwards(step: () => Promise<unknown>): void {
  undo.push(step);
}

const key = async (email: string, slug: string) => [(await workspaceOf(slug)).id, await personOf(email)];

/** Adds a direct seat, or changes its role. */
export async function seat(email: string, slug: string, role: string): Promise<void> {
  const ids = await key(email, slug);
  const before = await sql("select role from account.workspace_members where workspace_id = $1 and user_id = $2", ids);
  const put = (role: string) =>
    sql(
      `insert into account.workspace_members (workspace_id, user_id, role) values ($1, $2, $3)
       on conflict (workspace_id, user_id) do update set role = excluded.role`,
      [...ids, role],
    );
  undo.push(() => (before[0] ? put(before[0].role) : sql("delete from account.workspace_members where workspace_id = $1 and user_id = $2", ids)));
  await put(role);
}

/** Removes a direct seat. */
export async function unseat(email: string, slug: string): Promise<void> {
  const ids = await key(email, slug);
  const [{ role }] = await sql("delete from account.workspace_members where workspace_id = $1 and user_id = $2 returning role", ids);
  undo.push(() =>
    sql(
      "insert into account.workspace_members (workspace_id, user_id, role) values ($1, $2, $3) on conflict do nothing",
      [...ids, role],
    ),
  );
}

/** Removes an organization role. */
export async function unjoin(email: string, organization: string): Promise<void> {
  const [{ id }] = await sql("select id from account.organizations where name = $1", [organization]);
  const ids = [id, await personOf(email)];
  const [{ role }] = await sql("delete from account.organization_members where organization_id = $1 and user_id = $2 returning role", ids);
  undo.push(() => sql("insert into account.organization_members (organization_id, user_id, role) values ($1, $2, $3)", [...ids, role]));
}
