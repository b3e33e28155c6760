/** The text that reads a declared view: names in brackets, values by parameters, a page by its place in the declared order. */
import type { Complain } from '@hospay/plugin-sdk/his-mapping';
import type { PreparedParameter } from './prepared-call.js';
import type { Generation } from './server-generations.js';

export type DeclaredView = {
  readonly view: string;
  readonly columns: readonly string[];
  readonly parameters: readonly PreparedParameter[];
  readonly orderBy: readonly string[];
  readonly noLock: boolean;
};

/** @returns the text, and every column of the view it names */
export function viewSql(declared: DeclaredView, generation: Generation, complain: Complain): { readonly text: string; readonly columns: readonly string[] } {
  const filters = declared.parameters.filter(({ source }) => pagingFieldOf(source) === undefined);
  if (filters.some(({ source }) => source.kind === 'out')) complain('.parameters', 'a view has no out parameters');
  if (declared.columns.some((column) => column.startsWith('#'))) complain('.fields', 'columns of a view have names');
  const columns = [...new Set([...declared.columns, ...filters.map(columnOf), ...declared.orderBy])];
  const pageNames = pagingOf(declared.parameters);
  if (pageNames === undefined) return { text: plain(declared, filters), columns };
  if (declared.orderBy.length === 0) complain('.orderBy', 'missing: pages need an order that no two rows share');
  if (generation.hasRowNumber) return { text: numbered(declared, filters, pageNames), columns };
  if (declared.orderBy.length > 1) complain('.orderBy', 'a server of this version pages by one column, unique within the view');
  return { text: counted(declared, filters, pageNames), columns };
}

type Paging = { readonly page: string; readonly pageSize: string };
type Filters = DeclaredView['parameters'];

function pagingFieldOf(source: PreparedParameter['source']): 'page' | 'pageSize' | undefined {
  return source.kind === 'field' && (source.field === 'page' || source.field === 'pageSize') ? source.field : undefined;
}

function pagingOf(parameters: DeclaredView['parameters']): Paging | undefined {
  const named = (field: 'page' | 'pageSize') => parameters.find(({ source }) => pagingFieldOf(source) === field)?.name;
  const page = named('page');
  const pageSize = named('pageSize');
  return page === undefined || pageSize === undefined ? undefined : { page, pageSize };
}

const columnOf = ({ name, mapping }: PreparedParameter): string => mapping.column ?? name;

function plain({ view, columns, orderBy, noLock }: DeclaredView, filters: Filters): string {
  return `SELECT ${listOf(columns)} FROM ${view}${hint(noLock)}${where(filters)}${orderBy.length === 0 ? '' : ` ORDER BY ${listOf(orderBy)}`}`;
}

function numbered({ view, columns, orderBy, noLock }: DeclaredView, filters: Filters, { page, pageSize }: Paging): string {
  const inner = `SELECT ${listOf(columns)}, ROW_NUMBER() OVER (ORDER BY ${listOf(orderBy)}) AS hospay_row FROM ${view}${hint(noLock)}${where(filters)}`;
  return `SELECT ${listOf(columns)} FROM (${inner}) AS hospay_page WHERE hospay_row > (@${page} - 1) * @${pageSize} AND hospay_row <= @${page} * @${pageSize} ORDER BY hospay_row`;
}

/** SQL Server 2000 has no row numbers: a row's place is how many rows do not come after it. */
function counted({ view, columns, orderBy, noLock }: DeclaredView, filters: Filters, { page, pageSize }: Paging): string {
  const [key = ''] = orderBy;
  const before = `SELECT COUNT(*) FROM ${view} AS hospay_before${hint(noLock)}${where(filters, 'hospay_before')}${filters.length === 0 ? ' WHERE' : ' AND'} hospay_before.${bracket(key)} <= hospay_row.${bracket(key)}`;
  const place = `(${before}) BETWEEN (@${page} - 1) * @${pageSize} + 1 AND @${page} * @${pageSize}`;
  return `SELECT ${listOf(columns, 'hospay_row')} FROM ${view} AS hospay_row${hint(noLock)}${where(filters, 'hospay_row')}${filters.length === 0 ? ' WHERE' : ' AND'} ${place} ORDER BY hospay_row.${bracket(key)}`;
}

function where(filters: Filters, alias?: string): string {
  if (filters.length === 0) return '';
  return ` WHERE ${filters.map((parameter) => `${qualified(columnOf(parameter), alias)} ${parameter.mapping.compare ?? '='} @${parameter.name}`).join(' AND ')}`;
}

const hint = (noLock: boolean): string => (noLock ? ' WITH (NOLOCK)' : '');
const listOf = (columns: readonly string[], alias?: string): string => columns.map((column) => qualified(column, alias)).join(', ');
const qualified = (column: string, alias: string | undefined): string => (alias === undefined ? bracket(column) : `${alias}.${bracket(column)}`);
/** The schema lets no closing bracket into a column's name. */
export const bracket = (name: string): string => `[${name}]`;
