/**
 * A wall as a distributed database takes it: without subqueries. On one server `(select zhijia_roots())` is asked once a
 * query and costs a third of asking it for each row, so that is how migrations write it; a distributed table refuses it.
 * Only calls of the program's own functions are freed of their `select`; whatever else stays as it is, and is refused.
 */
export function withoutSubqueries(expression: string): string {
  return expression.replace(/\(\s*select (zhijia_\w+\(\))(?: as \w+)?\s*\)(::[a-z]+(\[\])?)?/gi, "$1");
}
