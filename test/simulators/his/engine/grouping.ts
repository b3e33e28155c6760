import { aggregateNames } from './functions.js';
import { SqlServerError } from './sql-server-error.js';
import type { Expression, Select } from './syntax.js';

/** A query with aggregates answers one row without GROUP BY. */
export function isSingleRow(select: Select): boolean {
  if (select.groupBy.length > 0) return false;
  return select.from.length === 0 || (select.top?.kind === 'number' && Number(select.top.text) <= 1) || select.items.some((item) => item.kind !== 'star' && hasAggregate(item.value));
}

/** SQL Server refuses (8120) a column that is neither grouped nor aggregated; SQLite would pick a value from any row. */
export function checkGrouping(select: Select): void {
  const values = select.items.flatMap((item) => (item.kind === 'star' ? [] : [item.value]));
  if (select.groupBy.length === 0 && !values.some((value) => hasAggregate(value))) return;
  const grouped = new Set(select.groupBy.map((expression) => key(expression)));
  for (const value of values) {
    const loose = ungrouped(value, grouped);
    if (loose !== undefined) {
      throw new SqlServerError(8120, `Column '${loose}' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.`);
    }
  }
}

function hasAggregate(expression: Expression): boolean {
  return (expression.kind === 'call' && aggregateNames.has(expression.name) && !expression.over) || operandsOf(expression).some((operand) => hasAggregate(operand));
}

function ungrouped(expression: Expression, grouped: ReadonlySet<string>): string | undefined {
  if (grouped.has(key(expression)) || (expression.kind === 'call' && aggregateNames.has(expression.name) && !expression.over)) return undefined;
  if (expression.kind === 'column') return expression.path.join('.');
  for (const operand of operandsOf(expression)) {
    const loose = ungrouped(operand, grouped);
    if (loose !== undefined) return loose;
  }
  return undefined;
}

/** Columns are the same with and without their table's name. */
function key(expression: Expression): string {
  return expression.kind === 'column' ? (expression.path[expression.path.length - 1] ?? '').toLowerCase() : JSON.stringify(expression).toLowerCase();
}

/** The expressions directly inside; subqueries are left to their own check. */
function operandsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'unary': case 'not': case 'isNull': case 'inQuery': return [expression.operand];
    case 'cast': return [expression.operand];
    case 'arithmetic': case 'compare': case 'and': case 'or': return [expression.left, expression.right];
    case 'between': return [expression.operand, expression.low, expression.high];
    case 'like': return [expression.operand, expression.pattern];
    case 'inList': return [expression.operand, ...expression.list];
    case 'case': return [...(expression.subject ? [expression.subject] : []), ...expression.branches.flatMap((branch) => [branch.when, branch.result]), ...(expression.otherwise ? [expression.otherwise] : [])];
    // The first word of DATEADD and its kin is no column.
    case 'call': return partFirst.has(expression.name) ? expression.parameters.slice(1) : expression.parameters;
    case 'number': case 'string': case 'binary': case 'null': case 'variable': case 'column': case 'exists': case 'subquery': return [];
  }
}

const partFirst = new Set(['DATEADD', 'DATEDIFF', 'DATEPART', 'DATENAME']);
