import { withoutSubqueries } from "./shard-policies.ts";

/**
 * A migration for a database that is distributed already, statement by statement. A new table is made on the coordinator
 * alone (`local`), for Citus lets no table point to a distributed one before it lies beside it; `zhijia migrate`
 * distributes it right afterwards. Everything else reaches the tables wherever they lie. Walls come without subqueries.
 */
export function statementsFor(
  migration: string,
): readonly { readonly text: string; readonly local: boolean }[] {
  return statementsOf(migration).map((text) => ({
    text: /^(create|alter)\s+policy\b/i.test(text) ? withoutSubqueries(text) : text,
    local: /^create\s+table\b/i.test(text),
  }));
}

/** The statements of a text of SQL without their comments: parted by semicolons outside quotes and dollar quotes. */
function statementsOf(text: string): readonly string[] {
  const statements: string[] = [];
  let statement = "";
  const end = (): void => {
    if (statement.trim() !== "") statements.push(statement.trim());
    statement = "";
  };
  const piece =
    /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1|;|[^-/'"$;]+|[\s\S]/g;
  for (const [part] of text.matchAll(piece)) {
    if (part === ";") end();
    else if (part.startsWith("--") || part.startsWith("/*")) statement += " ";
    else statement += part;
  }
  end();
  return statements;
}
