import { isTemporary, objectKey, type Catalog, type Table } from './catalog.js';
import { decimalFromText } from './convert-value.js';
import { aggregateFunctions, scalarFunctions } from './functions.js';
import { checkGrouping, isSingleRow } from './grouping.js';
import { metadataView } from './information-schema.js';
import { incorrectSyntax, invalidColumn, invalidObject, notSupported, SqlServerError, undeclaredVariable } from './sql-server-error.js';
import {
  asDecimal, bigintType, commonType, datetimeType, decimalType, intType, isNational, maxLength, moneyType, nvarcharType, sqlType, typeClass, varcharType, writtenType, type SqlType,
} from './sql-type.js';
import type { ColumnDefinition, Expression, OrderItem, Query, QueryBody, Select, TableSource } from './syntax.js';
import { quoted, text, type Typed, type TypeTools } from './typed.js';

export interface ResultColumn {
  readonly name: string;
  readonly type: SqlType;
  /** A bare NULL, which takes the type of its neighbours in a UNION. */
  readonly untyped?: boolean;
}

export interface TranslatedQuery {
  readonly sql: string;
  readonly columns: readonly ResultColumn[];
  /** Set when the select list assigns variables: their names, in column order. */
  readonly assignments: readonly string[] | undefined;
}

export interface Names {
  readonly catalog: Catalog;
  variableType(name: string): SqlType | undefined;
  temporaryTable(name: string): Table | undefined;
}

interface Source {
  readonly alias: string;
  readonly columns: readonly ResultColumn[];
}

interface Scope {
  readonly parent: Scope | undefined;
  readonly sources: Source[];
  readonly commonTables: ReadonlyMap<string, readonly ResultColumn[]>;
}

const emptyScope: Scope = { parent: undefined, sources: [], commonTables: new Map() };

/**
 * Turns T-SQL expressions and queries into SQLite's SQL. Types are worked out here, so that a decimal stays a scaled integer, a comparison happens in
 * the type SQL Server would pick, and a result column has a type to announce. One translator serves one statement.
 */
export class Translator implements TypeTools {
  /** Variables in binding order: the n-th is bound as `:vN`. Names starting with `@@` are session values. */
  readonly bindings: string[] = [];
  /** A hint asked to keep other writers out (UPDLOCK, XLOCK, TABLOCKX, or HOLDLOCK in the same breath). */
  wantsWriteLock = false;
  readonly #names: Names;

  constructor(names: Names) {
    this.#names = names;
  }

  bind(name: string): string {
    const key = name.toLowerCase();
    const known = this.bindings.indexOf(key);
    return `:v${known >= 0 ? known : this.bindings.push(key) - 1}`;
  }

  // ---- statements

  query(query: Query): TranslatedQuery {
    const assignments = assignedVariables(query);
    if (!assignments) return { ...this.#query(query, emptyScope, 'position'), assignments: undefined };
    const types = assignments.map((name) => this.#variableType(name));
    return { ...this.#query(query, emptyScope, 'position', types), assignments };
  }

  condition(condition: Expression): string {
    return `SELECT CASE WHEN ${this.predicate(condition, emptyScope)} THEN 1 ELSE 0 END`;
  }

  value(expression: Expression, type: SqlType): string {
    return `SELECT ${this.assigned(this.scalar(expression, emptyScope), type)}`;
  }

  anyValue(expression: Expression): { sql: string; type: SqlType } {
    const typed = this.scalar(expression, emptyScope);
    return { sql: `SELECT ${this.read(typed)}`, type: typed.type };
  }

  insert(statement: { table: readonly string[]; columns: readonly string[]; rows: readonly (readonly (Expression | undefined)[])[]; query: Query | undefined }, explicitIdentity: boolean): string {
    const table = this.table(statement.table);
    const named = statement.columns.length > 0 ? statement.columns.map((name) => requireColumn(table, name)) : table.columns.filter((column) => !column.identity);
    const identity = named.find((column) => column.identity);
    if (identity && !explicitIdentity) {
      throw new SqlServerError(544, `Cannot insert explicit value for identity column in table '${table.name}' when IDENTITY_INSERT is set to OFF.`);
    }
    const defaulted = table.columns.filter((column) => !named.includes(column) && column.defaultValue);
    const targets = [...named, ...defaulted];
    const defaults = defaulted.map((column) => this.#default(column));
    if (statement.query) {
      const source = this.#query(statement.query, emptyScope, 'position');
      if (source.columns.length !== named.length) throw columnCountMismatch(source.columns.length < named.length);
      const values = source.columns.map((column, index) => this.stored({ sql: `"c${index}"`, type: column.type }, (named[index] ?? named[0])?.type ?? column.type));
      return `INSERT INTO ${quoted(table.name)} (${targets.map((column) => quoted(column.name)).join(', ')}) SELECT ${[...values, ...defaults].join(', ')} FROM (${source.sql}) WHERE true`;
    }
    if (targets.length === 0) return `INSERT INTO ${quoted(table.name)} DEFAULT VALUES`;
    const rows = statement.rows.map((row) => {
      const values = statement.columns.length === 0 && row.length === 0 ? named.map(() => undefined) : row;
      if (values.length !== named.length) throw columnCountMismatch(values.length < named.length);
      const stored = named.map((column, index) => {
        const value = values[index];
        return value ? this.stored(this.scalar(value, emptyScope), column.type) : this.#default(column);
      });
      return `(${[...stored, ...defaults].join(', ')})`;
    });
    return `INSERT INTO ${quoted(table.name)} (${targets.map((column) => quoted(column.name)).join(', ')}) VALUES ${rows.join(', ')}`;
  }

  #default(column: ColumnDefinition): string {
    return column.defaultValue ? this.stored(this.scalar(column.defaultValue, emptyScope), column.type) : 'NULL';
  }

  update(statement: { table: readonly string[]; assignments: readonly { column: string | undefined; variable: string | undefined; value: Expression }[]; from: readonly TableSource[]; where: Expression | undefined; top: Expression | undefined }): string {
    const { table, alias, others, conditions, scope } = this.#writeTarget(statement.table, statement.from);
    const assignments = statement.assignments.map(({ column, variable, value }) => {
      if (column === undefined || variable !== undefined) throw notSupported('UPDATE ... SET @variable');
      const definition = requireColumn(table, column);
      if (definition.identity) throw new SqlServerError(8102, `Cannot update identity column '${definition.name}'.`);
      return `${quoted(definition.name)} = ${this.stored(this.scalar(value, scope), definition.type)}`;
    });
    if (statement.where) conditions.push(this.predicate(statement.where, scope));
    const rows = statement.top ? this.#topRows(table, alias, others, conditions, statement.top) : undefined;
    const from = others.length > 0 && !rows ? ` FROM ${others.join(', ')}` : '';
    const where = rows ?? (conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '');
    return `UPDATE ${quoted(table.name)} AS ${quoted(alias)} SET ${assignments.join(', ')}${from}${where}`;
  }

  delete(statement: { table: readonly string[]; from: readonly TableSource[]; where: Expression | undefined; top: Expression | undefined }): string {
    const { table, alias, others, conditions, scope } = this.#writeTarget(statement.table, statement.from);
    if (statement.where) conditions.push(this.predicate(statement.where, scope));
    if (statement.top || others.length > 0) return `DELETE FROM ${quoted(table.name)} AS ${quoted(alias)}${this.#topRows(table, alias, others, conditions, statement.top)}`;
    return `DELETE FROM ${quoted(table.name)} AS ${quoted(alias)}${conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''}`;
  }

  #topRows(table: Table, alias: string, others: readonly string[], conditions: readonly string[], top: Expression | undefined): string {
    const limit = top ? ` LIMIT ${this.assigned(this.scalar(top, emptyScope), bigintType)}` : '';
    const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
    return ` WHERE rowid IN (SELECT ${quoted(alias)}.rowid FROM ${[`${quoted(table.name)} AS ${quoted(alias)}`, ...others].join(', ')}${where}${limit})`;
  }

  /** UPDATE/DELETE name their target by table or by an alias from FROM; the other sources become a plain list with their ON conditions as filters. */
  #writeTarget(path: readonly string[], from: readonly TableSource[]): { table: Table; alias: string; others: string[]; conditions: string[]; scope: Scope } {
    const scope: Scope = { parent: undefined, sources: [], commonTables: new Map() };
    const key = objectKey(path);
    const leaves = from.flatMap((source) => innerLeaves(source));
    const target = leaves.find((leaf) => leaf.kind === 'table' && (leaf.alias?.toLowerCase() === key || (leaf.alias === undefined && objectKey(leaf.path) === key)))
      ?? leaves.find((leaf) => leaf.kind === 'table' && objectKey(leaf.path) === key);
    const table = this.table(target?.kind === 'table' ? target.path : path);
    const alias = (target?.kind === 'table' ? target.alias : undefined) ?? table.name;
    scope.sources.push({ alias, columns: table.columns });
    const others = leaves.filter((leaf) => leaf !== target).map((leaf) => this.#source(leaf, scope));
    const conditions = from.flatMap((source) => innerConditions(source)).map((condition) => this.predicate(condition, scope));
    return { table, alias, others, conditions, scope };
  }

  table(path: readonly string[]): Table {
    if (!isTemporary(path)) return this.#names.catalog.requireTable(path);
    const table = this.#names.temporaryTable(objectKey(path));
    if (!table) throw path[0]?.startsWith('@') ? new SqlServerError(1087, `Must declare the table variable "${path[0]}".`) : invalidObject(path.join('.'));
    return table;
  }

  tableCheck(condition: Expression, columns: readonly ColumnDefinition[]): string {
    return this.predicate(condition, { parent: undefined, sources: [{ alias: '', columns }], commonTables: new Map() });
  }

  // ---- queries

  #query(query: Query, outer: Scope, naming: 'position' | 'name', targets?: readonly SqlType[]): { sql: string; columns: readonly ResultColumn[] } {
    const commonTables = new Map(outer.commonTables);
    const definitions: string[] = [];
    const scope: Scope = { parent: outer, sources: [], commonTables };
    for (const { name, columns, query: inner } of query.commonTables) {
      const translated = this.#query(inner, scope, 'name');
      const named = renamed(translated.columns, columns);
      commonTables.set(name.toLowerCase(), named);
      definitions.push(`${quoted(name)} (${named.map((column) => quoted(column.name)).join(', ')}) AS (${translated.sql})`);
    }
    const withClause = definitions.length > 0 ? `WITH ${definitions.join(', ')} ` : '';
    const body = this.#body(query.body, scope, naming, query.orderBy, targets);
    return { sql: withClause + body.sql, columns: body.columns };
  }

  #body(body: QueryBody, outer: Scope, naming: 'position' | 'name', orderBy: readonly OrderItem[], targets?: readonly SqlType[]): { sql: string; columns: readonly ResultColumn[] } {
    if (body.kind === 'select') return this.#select(body.select, outer, naming, orderBy, targets);
    const types = targets ?? this.#unionTypes(body, outer);
    const left = this.#body(body.left, outer, naming, [], types);
    const right = this.#body(body.right, outer, naming, [], types);
    if (left.columns.length !== right.columns.length) {
      throw new SqlServerError(205, 'All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.');
    }
    const wrap = (side: QueryBody, sql: string): string => (side.kind === 'select' && !side.select.top ? sql : `SELECT * FROM (${sql})`);
    const leftSql = body.left.kind === 'union' ? left.sql : wrap(body.left, left.sql);
    const order = orderBy.map((item) => `${this.#outputOrdinal(item.by, left.columns) ?? fail104()}${item.descending ? ' DESC' : ''}`);
    return { sql: `${leftSql} ${body.operator} ${wrap(body.right, right.sql)}${order.length > 0 ? ` ORDER BY ${order.join(', ')}` : ''}`, columns: left.columns };
  }

  #unionTypes(body: QueryBody, outer: Scope): readonly SqlType[] {
    const sides = (side: QueryBody): readonly (readonly ResultColumn[])[] =>
      side.kind === 'union' ? [...sides(side.left), ...sides(side.right)] : [new Translator(this.#names).#select(side.select, outer, 'position', []).columns];
    const all = sides(body);
    return (all[0] ?? []).map((_column, index) => {
      const known = all.flatMap((columns) => { const column = columns[index]; return column && !column.untyped ? [column.type] : []; });
      return known.length === 0 ? intType : known.reduce((left, right) => commonType(left, right));
    });
  }

  #outputOrdinal(expression: Expression, columns: readonly ResultColumn[]): number | undefined {
    if (expression.kind === 'number') return Number(expression.text);
    if (expression.kind !== 'column') return undefined;
    const name = (expression.path[expression.path.length - 1] ?? '').toLowerCase();
    const index = columns.findIndex((column) => column.name.toLowerCase() === name);
    return index < 0 ? undefined : index + 1;
  }

  #select(select: Select, outer: Scope, naming: 'position' | 'name', orderBy: readonly OrderItem[], targets?: readonly SqlType[]): { sql: string; columns: readonly ResultColumn[] } {
    const scope: Scope = { parent: outer, sources: [], commonTables: outer.commonTables };
    const from = select.from.map((source) => this.#source(source, scope));
    checkGrouping(select);
    const items = select.items.flatMap((item): { name: string; typed: Typed }[] => {
      if (item.kind === 'star') return this.#star(item.table, scope);
      if (item.kind === 'assign') return [{ name: item.variable, typed: this.scalar(item.value, scope) }];
      const name = item.alias ?? (item.value.kind === 'column' ? (item.value.path[item.value.path.length - 1] ?? '') : '');
      return [{ name, typed: this.scalar(item.value, scope) }];
    });
    const columns = items.map(({ name, typed }, index): ResultColumn => ({ name, type: targets?.[index] ?? typed.type, ...(typed.isNull ? { untyped: true } : {}) }));
    const outputs = items.map(({ name, typed }, index) => {
      const target = targets?.[index];
      const sql = target ? this.assigned(typed, target) : naming === 'position' ? this.read(typed) : typed.sql;
      return `${sql} AS ${quoted(naming === 'position' ? `c${index}` : name)}`;
    });
    const parts = [`SELECT ${select.distinct ? 'DISTINCT ' : ''}${outputs.join(', ')}`];
    if (from.length > 0) parts.push(`FROM ${from.join(', ')}`);
    if (select.where) parts.push(`WHERE ${this.predicate(select.where, scope)}`);
    if (select.groupBy.length > 0) parts.push(`GROUP BY ${select.groupBy.map((expression) => this.scalar(expression, scope).sql).join(', ')}`);
    if (select.having) parts.push(`HAVING ${this.predicate(select.having, scope)}`);
    if (orderBy.length > 0) parts.push(`ORDER BY ${orderBy.map((item) => this.#order(item, columns, items, scope)).join(', ')}`);
    if (select.top) parts.push(`LIMIT ${this.assigned(this.scalar(select.top, emptyScope), bigintType)}`);
    return { sql: parts.join(' '), columns };
  }

  #order(item: OrderItem, columns: readonly ResultColumn[], items: readonly { typed: Typed }[], scope: Scope): string {
    // An alias wins over a source column, but a qualified name never means an alias.
    const plain = item.by.kind === 'number' || (item.by.kind === 'column' && item.by.path.length === 1);
    const ordinal = plain ? this.#outputOrdinal(item.by, columns) : undefined;
    const column = ordinal === undefined ? undefined : items[ordinal - 1]?.typed;
    const sql = column?.isColumn ? column.sql : (ordinal ?? this.scalar(item.by, scope).sql);
    return `${sql}${item.descending ? ' DESC' : ''}`;
  }

  #star(table: string | undefined, scope: Scope): { name: string; typed: Typed }[] {
    const sources = scope.sources.filter((source) => table === undefined || source.alias.toLowerCase() === table.toLowerCase());
    if (sources.length === 0) throw incorrectSyntax('*');
    return sources.flatMap((source) =>
      source.columns.map((column) => ({ name: column.name, typed: { sql: `${quoted(source.alias)}.${quoted(column.name)}`, type: column.type, isColumn: true } })),
    );
  }

  #source(source: TableSource, scope: Scope): string {
    switch (source.kind) {
      case 'join': {
        const left = this.#source(source.left, scope);
        const right = this.#source(source.right, scope);
        const on = source.on ? ` ON ${this.predicate(source.on, scope)}` : '';
        return `${left} ${source.join} JOIN ${right}${on}`;
      }
      case 'derived': {
        refuseOrder(source.query);
        const inner = this.#query(source.query, { parent: scope.parent, sources: [], commonTables: scope.commonTables }, 'name');
        const columns = renamed(inner.columns, source.columns);
        const sql = source.columns.length === 0 ? inner.sql : `WITH "d" (${columns.map((column) => quoted(column.name)).join(', ')}) AS (${inner.sql}) SELECT * FROM "d"`;
        scope.sources.push({ alias: source.alias, columns });
        return `(${sql}) AS ${quoted(source.alias)}`;
      }
      case 'table':
        return this.#tableSource(source, scope);
    }
  }

  #tableSource(source: Extract<TableSource, { kind: 'table' }>, scope: Scope): string {
    const name = source.path[source.path.length - 1] ?? '';
    const alias = source.alias ?? name;
    if (source.hints.some((hint) => hint === 'UPDLOCK' || hint === 'XLOCK' || hint === 'TABLOCKX')) this.wantsWriteLock = true;
    const common = scope.commonTables.get(name.toLowerCase());
    if (common) {
      scope.sources.push({ alias, columns: common });
      return `${quoted(name)} AS ${quoted(alias)}`;
    }
    if (source.path[source.path.length - 2]?.toUpperCase() === 'INFORMATION_SCHEMA') {
      const metadata = metadataView(name, this.#names.catalog, (viewName) => this.#viewColumns(viewName));
      if (!metadata) throw invalidObject(source.path.join('.'));
      scope.sources.push({ alias, columns: metadata.columns });
      return `(${metadata.sql}) AS ${quoted(alias)}`;
    }
    const view = isTemporary(source.path) ? undefined : this.#names.catalog.views.get(objectKey(source.path));
    if (view) {
      const inner = this.#query(view.query, emptyScope, 'name');
      const columns = renamed(inner.columns, view.columns);
      scope.sources.push({ alias, columns });
      return `(WITH "d" (${columns.map((column) => quoted(column.name)).join(', ')}) AS (${inner.sql}) SELECT * FROM "d") AS ${quoted(alias)}`;
    }
    const table = this.table(source.path);
    scope.sources.push({ alias, columns: table.columns });
    return `${quoted(table.name)} AS ${quoted(alias)}`;
  }

  #viewColumns(name: string): readonly ResultColumn[] {
    const view = this.#names.catalog.views.get(name.toLowerCase());
    if (!view) return [];
    try {
      return renamed(new Translator(this.#names).query(view.query).columns, view.columns);
    } catch (error) {
      // What it stood on was changed: it can be told of, and not be read.
      if (error instanceof SqlServerError) return [];
      throw error;
    }
  }

  // ---- predicates

  predicate(expression: Expression, scope: Scope): string {
    switch (expression.kind) {
      case 'and': case 'or':
        return `(${this.predicate(expression.left, scope)} ${expression.kind.toUpperCase()} ${this.predicate(expression.right, scope)})`;
      case 'not': return `(NOT ${this.predicate(expression.operand, scope)})`;
      case 'compare': return this.compare(expression.operator, this.scalar(expression.left, scope), this.scalar(expression.right, scope));
      case 'isNull': return `(${this.scalar(expression.operand, scope).sql} IS ${expression.negated ? 'NOT ' : ''}NULL)`;
      case 'between': {
        const operand = this.scalar(expression.operand, scope);
        const inside = `(${this.compare('>=', operand, this.scalar(expression.low, scope))} AND ${this.compare('<=', operand, this.scalar(expression.high, scope))})`;
        return expression.negated ? `(NOT ${inside})` : inside;
      }
      case 'like': return this.#like(expression, scope);
      case 'inList': {
        const operand = this.scalar(expression.operand, scope);
        const any = expression.list.map((item) => this.compare('=', operand, this.scalar(item, scope))).join(' OR ');
        return expression.negated ? `(NOT (${any}))` : `(${any})`;
      }
      case 'inQuery': return this.#inQuery(expression, scope);
      case 'exists': return `EXISTS (${this.#query(expression.query, scope, 'position').sql})`;
      case 'null': case 'number': case 'string': case 'binary': case 'variable': case 'column': case 'unary': case 'arithmetic': case 'subquery': case 'case': case 'cast': case 'call':
        throw new SqlServerError(4145, 'An expression of non-boolean type specified in a context where a condition is expected.', { severity: 15 });
    }
  }

  #like(expression: Extract<Expression, { kind: 'like' }>, scope: Scope): string {
    const whole = (operand: Expression): string => this.assigned(this.scalar(operand, scope), nvarcharType(maxLength));
    const escape = expression.escape ? whole(expression.escape) : 'NULL';
    return `(tsql_like(${whole(expression.operand)}, ${whole(expression.pattern)}, ${escape}) = ${expression.negated ? 0 : 1})`;
  }

  #inQuery(expression: Extract<Expression, { kind: 'inQuery' }>, scope: Scope): string {
    const operand = this.scalar(expression.operand, scope);
    const probe = new Translator(this.#names).#query(expression.query, scope, 'position');
    const [column] = probe.columns;
    if (!column || probe.columns.length !== 1) throw new SqlServerError(116, 'Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.');
    const type = commonType(operand.type, column.type);
    const inner = this.#query(expression.query, scope, 'position', [type]);
    const left = typeClass(type) === 'string' ? `${this.#compared(operand, type)} COLLATE NOCASE` : this.assigned(operand, type);
    const right = typeClass(type) === 'string' ? `SELECT rtrim("c0") FROM (${inner.sql})` : inner.sql;
    return `(${left} ${expression.negated ? 'NOT IN' : 'IN'} (${right}))`;
  }

  compare(operator: string, left: Typed, right: Typed): string {
    if (left.isNull || right.isNull) return '(NULL)';
    const type = commonType(left.type, right.type);
    if (typeClass(type) === 'string') return `(${this.#compared(left, type)} ${operator} ${this.#compared(right, type)} COLLATE NOCASE)`;
    return `(${this.converted(left, type)} ${operator} ${this.converted(right, type)})`;
  }

  /** Strings are compared without case and without trailing blanks; stored columns carry NOCASE and fixed-length ones no padding, so indexes still serve. */
  #compared(typed: Typed, type: SqlType): string {
    if (typeClass(typed.type) !== 'string') return this.converted(typed, isNational(type) ? nvarcharType(maxLength) : varcharType(maxLength));
    if (typed.isColumn) return typed.sql;
    return typed.literal === undefined ? `rtrim(${typed.sql})` : text(typed.literal.trimEnd());
  }

  // ---- scalars

  scalar(expression: Expression, scope: Scope): Typed {
    switch (expression.kind) {
      case 'null': return { sql: 'NULL', type: intType, isNull: true };
      case 'number': return numberLiteral(expression.text);
      case 'string': {
        const length = Math.max(1, expression.text.length);
        return { sql: text(expression.text), type: expression.national ? nvarcharType(length) : varcharType(length * 2), literal: expression.text };
      }
      case 'binary': {
        const digits = expression.text.slice(2);
        return { sql: `x'${digits.length % 2 === 0 ? digits : `0${digits}`}'`, type: sqlType('varbinary', { length: Math.max(1, Math.ceil(digits.length / 2)) }) };
      }
      case 'variable': return { sql: this.bind(expression.name), type: this.#variableType(expression.name) };
      case 'column': return this.#column(expression.path, scope);
      case 'unary': return this.#unary(expression, scope);
      case 'arithmetic': return this.arithmetic(expression.operator, this.scalar(expression.left, scope), this.scalar(expression.right, scope));
      case 'subquery': return this.#subquery(expression.query, scope);
      case 'case': return this.#case(expression, scope);
      case 'cast': return this.#cast(expression, scope);
      case 'call': return this.#call(expression, scope);
      case 'and': case 'or': case 'not': case 'compare': case 'isNull': case 'between': case 'like': case 'inList': case 'inQuery': case 'exists':
        // SQL Server has no boolean value: a condition can not be selected or assigned.
        throw incorrectSyntax(expression.kind.toUpperCase());
    }
  }

  #variableType(name: string): SqlType {
    const type = name.startsWith('@@') ? systemVariables.get(name.toLowerCase()) : this.#names.variableType(name.toLowerCase());
    if (!type) throw undeclaredVariable(name);
    return type;
  }

  #column(path: readonly string[], scope: Scope): Typed {
    const name = (path[path.length - 1] ?? '').toLowerCase();
    const qualifier = path.length > 1 ? path[path.length - 2]?.toLowerCase() : undefined;
    for (let level: Scope | undefined = scope; level; level = level.parent) {
      const matches = level.sources.flatMap((source) => {
        if (qualifier !== undefined && source.alias.toLowerCase() !== qualifier) return [];
        const column = source.columns.find((candidate) => candidate.name.toLowerCase() === name);
        return column ? [{ source, column }] : [];
      });
      if (matches.length > 1) throw new SqlServerError(209, `Ambiguous column name '${path[path.length - 1] ?? ''}'.`);
      const [match] = matches;
      if (match) {
        const { source, column } = match;
        return { sql: `${source.alias === '' ? '' : `${quoted(source.alias)}.`}${quoted(column.name)}`, type: column.type, isColumn: true };
      }
    }
    if (qualifier !== undefined) throw new SqlServerError(4104, `The multi-part identifier "${path.join('.')}" could not be bound.`);
    throw invalidColumn(path[0] ?? '');
  }

  #unary(expression: Extract<Expression, { kind: 'unary' }>, scope: Scope): Typed {
    const operand = this.scalar(expression.operand, scope);
    if (expression.operator === '+') return operand;
    return { sql: `(${expression.operator}${operand.sql})`, type: operand.type };
  }

  arithmetic(operator: string, left: Typed, right: Typed): Typed {
    if (left.isNull || right.isNull) return { sql: 'NULL', type: left.isNull ? right.type : left.type, isNull: Boolean(left.isNull && right.isNull) };
    const classes = [typeClass(left.type), typeClass(right.type)];
    if (operator === '+' && classes.every((kind) => kind === 'string')) return this.#concatenation(left, right);
    if (classes.includes('time')) return this.#timeArithmetic(operator, left, right);
    const type = commonType(left.type, right.type);
    switch (typeClass(type)) {
      case 'float': {
        const [a, b] = [this.converted(left, type), this.converted(right, type)];
        return { sql: operator === '/' ? `tsql_divide(${a}, ${b})` : `(${a} ${operator} ${b})`, type };
      }
      case 'integer': {
        const [a, b] = [this.converted(left, type), this.converted(right, type)];
        if (operator === '^') return { sql: `((${a} | ${b}) - (${a} & ${b}))`, type };
        const wide = type.name === 'bit' ? intType : type;
        return { sql: operator === '/' ? `tsql_divide(${a}, ${b})` : operator === '%' ? `tsql_modulo(${a}, ${b})` : `(${a} ${operator} ${b})`, type: wide };
      }
      case 'decimal': return this.#decimalArithmetic(operator, left, right, type);
      case 'string': case 'binary': case 'time': case 'guid':
        throw new SqlServerError(402, `The data types ${left.type.name} and ${right.type.name} are incompatible in the ${operatorName(operator)} operator.`);
    }
  }

  #concatenation(left: Typed, right: Typed): Typed {
    const national = isNational(left.type) || isNational(right.type);
    const limit = national ? 4000 : 8000;
    const unbounded = left.type.length === maxLength || right.type.length === maxLength;
    const length = unbounded ? maxLength : Math.min(limit, left.type.length + right.type.length);
    return { sql: `(${this.read(left)} || ${this.read(right)})`, type: national ? nvarcharType(length) : varcharType(length) };
  }

  #timeArithmetic(operator: string, left: Typed, right: Typed): Typed {
    if ((operator === '+' || operator === '-') && typeClass(left.type) === 'time' && typeClass(right.type) === 'integer') {
      return { sql: `tsql_dateadd('day', ${operator}${right.sql}, ${left.sql}, '${writtenType(left.type)}')`, type: left.type };
    }
    throw new SqlServerError(402, `The data types ${left.type.name} and ${right.type.name} are incompatible in the ${operatorName(operator)} operator.`);
  }

  /** Precision and scale as SQL Server documents them, except that a scale is cut where a 64-bit scaled integer would no longer hold the value. */
  #decimalArithmetic(operator: string, left: Typed, right: Typed, common: SqlType): Typed {
    const a = asDecimal(left.type) ?? { precision: common.precision, scale: common.scale };
    const b = asDecimal(right.type) ?? { precision: common.precision, scale: common.scale };
    const x = asDecimal(left.type) ? left : { sql: this.converted(left, common), type: common };
    const y = asDecimal(right.type) ? right : { sql: this.converted(right, common), type: common };
    const money = common.name === 'money' || common.name === 'smallmoney';
    if (operator === '*') {
      const product: Typed = { sql: `tsql_multiply(${x.sql}, ${y.sql})`, type: decimalType(Math.min(38, a.precision + b.precision + 1), a.scale + b.scale) };
      return money ? { sql: this.converted(product, moneyType), type: moneyType } : product;
    }
    if (operator === '/') {
      const whole = a.precision - a.scale + b.scale;
      const scale = money ? 4 : Math.min(Math.max(6, a.scale + b.precision + 1), Math.max(6, 18 - whole));
      const type = money ? moneyType : decimalType(Math.min(38, whole + scale), scale);
      return { sql: `tsql_divide_decimal(${x.sql}, ${a.scale}, ${y.sql}, ${b.scale}, ${scale})`, type };
    }
    const scale = Math.max(a.scale, b.scale);
    const type = money ? moneyType : decimalType(Math.min(38, Math.max(a.precision - a.scale, b.precision - b.scale) + scale + 1), scale);
    const [p, q] = [this.converted(x, type), this.converted(y, type)];
    switch (operator) {
      case '+': return { sql: `tsql_add(${p}, ${q})`, type };
      case '-': return { sql: `tsql_add(${p}, -(${q}))`, type };
      case '%': return { sql: `tsql_modulo(${p}, ${q})`, type };
      default: throw new SqlServerError(402, `The data types ${left.type.name} and ${right.type.name} are incompatible in the ${operatorName(operator)} operator.`);
    }
  }

  #subquery(query: Query, scope: Scope): Typed {
    refuseOrder(query);
    const { sql, columns } = this.#query(query, scope, 'position');
    const [column] = columns;
    if (!column || columns.length !== 1) throw new SqlServerError(116, 'Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.');
    const single = query.body.kind === 'select' && isSingleRow(query.body.select);
    // SQLite would silently take the first of several rows.
    return { sql: single ? `(${sql})` : `(SELECT CASE WHEN COUNT(*) > 1 THEN tsql_too_many_rows() ELSE MAX("c0") END FROM (${sql}))`, type: column.type };
  }

  #case(expression: Extract<Expression, { kind: 'case' }>, scope: Scope): Typed {
    const subject = expression.subject ? this.scalar(expression.subject, scope) : undefined;
    const results = expression.branches.map((branch) => this.scalar(branch.result, scope));
    const otherwise: Typed = expression.otherwise ? this.scalar(expression.otherwise, scope) : { sql: 'NULL', type: intType, isNull: true };
    const type = this.unified([...results, otherwise]);
    const branches = expression.branches.map((branch, index) => {
      const when = subject ? this.compare('=', subject, this.scalar(branch.when, scope)) : this.predicate(branch.when, scope);
      return `WHEN ${when} THEN ${this.converted(results[index] ?? otherwise, type)}`;
    });
    return { sql: `(CASE ${branches.join(' ')} ELSE ${this.converted(otherwise, type)} END)`, type };
  }

  unified(typed: readonly Typed[]): SqlType {
    const known = typed.filter((item) => !item.isNull).map((item) => item.type);
    return known.length === 0 ? intType : known.reduce((left, right) => commonType(left, right));
  }

  #cast(expression: Extract<Expression, { kind: 'cast' }>, scope: Scope): Typed {
    const operand = this.scalar(expression.operand, scope);
    if (operand.isNull) return { sql: 'NULL', type: expression.type };
    const style = expression.style ? this.assigned(this.scalar(expression.style, scope), intType) : undefined;
    if (style === undefined && typeClass(expression.type) !== 'string') return { sql: this.assigned(operand, expression.type), type: expression.type };
    return { sql: `tsql_convert(${this.read(operand)}, '${writtenType(operand.type)}', '${writtenType(expression.type)}', ${style ?? 'NULL'})`, type: expression.type };
  }

  #call(expression: Extract<Expression, { kind: 'call' }>, scope: Scope): Typed {
    const aggregate = aggregateFunctions.get(expression.name);
    if (aggregate) {
      const operands = expression.parameters.map((parameter) => this.scalar(parameter, scope));
      return aggregate(operands, { distinct: expression.distinct, star: expression.star, over: this.#over(expression, scope), translator: this });
    }
    const scalar = scalarFunctions.get(expression.name);
    if (!scalar) throw new SqlServerError(195, `'${expression.name}' is not a recognized built-in function name.`, { severity: 15, state: 10 });
    return scalar({
      translator: this,
      count: expression.parameters.length,
      word: (index) => {
        const parameter = expression.parameters[index];
        return parameter?.kind === 'column' ? (parameter.path[0] ?? '').toLowerCase() : parameter?.kind === 'string' ? parameter.text.toLowerCase() : '';
      },
      typed: (index) => {
        const parameter = expression.parameters[index];
        if (!parameter) throw new SqlServerError(174, `The ${expression.name.toLowerCase()} function requires ${index + 1} argument(s).`, { severity: 15 });
        return this.scalar(parameter, scope);
      },
    });
  }

  #over(expression: Extract<Expression, { kind: 'call' }>, scope: Scope): string {
    if (!expression.over) return '';
    const partition = expression.over.partitionBy.map((item) => this.scalar(item, scope).sql).join(', ');
    const order = expression.over.orderBy.map((item) => `${this.scalar(item.by, scope).sql}${item.descending ? ' DESC' : ''}`).join(', ');
    return ` OVER (${partition ? `PARTITION BY ${partition}` : ''}${order ? ` ORDER BY ${order}` : ''})`;
  }

  // ---- bringing a value to a type

  /** The value itself: a fixed-length column gets its padding back. */
  read(typed: Typed): string {
    return typed.isColumn && (typed.type.name === 'char' || typed.type.name === 'nchar') ? `tsql_convert(${typed.sql}, '${writtenType(typed.type)}', '${writtenType(typed.type)}', NULL)` : typed.sql;
  }

  /** For comparison and arithmetic: keeps every digit, cuts nothing. */
  converted(typed: Typed, to: SqlType): string {
    const { type: from, sql } = typed;
    if (typed.isNull) return 'NULL';
    if (typeClass(from) === 'string' && typeClass(to) === 'string') return this.read(typed);
    if (typeClass(from) === 'integer' && typeClass(to) === 'integer') return sql;
    if (typeClass(to) === 'decimal' && (typeClass(from) === 'integer' || typeClass(from) === 'decimal')) {
      const up = to.scale - (typeClass(from) === 'decimal' ? from.scale : 0);
      if (up === 0) return sql;
      if (up > 0) return /^-?\d+$/.test(sql) ? (BigInt(sql) * 10n ** BigInt(up)).toString() : `(${sql} * ${10n ** BigInt(up)})`;
    }
    if (writtenType(from) === writtenType(to)) return sql;
    return `tsql_convert(${this.read(typed)}, '${writtenType(from)}', '${writtenType(to)}', NULL)`;
  }

  /** For a variable, parameter or CAST: range checked, rounded, strings cut to length. */
  assigned(typed: Typed, to: SqlType): string {
    if (typed.isNull) return 'NULL';
    if (this.#fits(typed, to)) return this.read(typed);
    return `tsql_convert(${this.read(typed)}, '${writtenType(typed.type)}', '${writtenType(to)}', NULL)`;
  }

  /** For a table column: as assigned, but a string that does not fit is refused (8152), and fixed-length padding is dropped. */
  stored(typed: Typed, to: SqlType): string {
    if (typed.isNull) return 'NULL';
    const value = this.#fits(typed, to) ? this.read(typed) : `tsql_store(${this.read(typed)}, '${writtenType(typed.type)}', '${writtenType(to)}')`;
    return to.name === 'char' || to.name === 'nchar' ? `rtrim(${value})` : value;
  }

  #fits({ type: from, literal }: Typed, to: SqlType): boolean {
    if (writtenType(from) === writtenType(to)) return true;
    if (typeClass(from) === 'string' && (to.name === 'varchar' || to.name === 'nvarchar')) {
      const held = isNational(to) || !isNational(from);
      const short = to.length === maxLength || (from.length !== maxLength && from.length <= to.length) || (literal !== undefined && literal.length * 2 <= to.length);
      return held && short;
    }
    const sizes = ['bit', 'tinyint', 'smallint', 'int', 'bigint'];
    return typeClass(from) === 'integer' && typeClass(to) === 'integer' && to.name !== 'bit' && sizes.indexOf(from.name) <= sizes.indexOf(to.name);
  }
}

function refuseOrder(query: Query): void {
  const limited = query.body.kind === 'select' && query.body.select.top;
  if (query.orderBy.length > 0 && !limited) {
    throw new SqlServerError(1033, 'The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table expressions, unless TOP or FOR XML is also specified.', { severity: 15 });
  }
}

function assignedVariables(query: Query): readonly string[] | undefined {
  if (query.body.kind !== 'select') return undefined;
  const { items } = query.body.select;
  const names = items.flatMap((item) => (item.kind === 'assign' ? [item.variable.toLowerCase()] : []));
  if (names.length === 0) return undefined;
  if (names.length !== items.length) throw new SqlServerError(141, 'A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.', { severity: 15 });
  return names;
}

function innerLeaves(source: TableSource): readonly TableSource[] {
  if (source.kind !== 'join') return [source];
  if (source.join !== 'INNER' && source.join !== 'CROSS') throw notSupported('UPDATE or DELETE with an outer join');
  return [...innerLeaves(source.left), ...innerLeaves(source.right)];
}

function innerConditions(source: TableSource): readonly Expression[] {
  return source.kind === 'join' ? [...innerConditions(source.left), ...innerConditions(source.right), ...(source.on ? [source.on] : [])] : [];
}

function renamed(columns: readonly ResultColumn[], names: readonly string[]): readonly ResultColumn[] {
  return names.length === 0 ? columns : columns.map((column, index) => ({ name: names[index] ?? column.name, type: column.type }));
}

function requireColumn(table: Table, name: string): ColumnDefinition {
  const column = table.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (!column) throw invalidColumn(name);
  return column;
}

function columnCountMismatch(fewer: boolean): SqlServerError {
  return fewer
    ? new SqlServerError(109, 'There are more columns in the INSERT statement than values specified in the VALUES clause.', { severity: 15 })
    : new SqlServerError(110, 'There are fewer columns in the INSERT statement than values specified in the VALUES clause.', { severity: 15 });
}

function fail104(): never {
  throw new SqlServerError(104, 'ORDER BY items must appear in the select list if the statement contains a UNION, INTERSECT or EXCEPT operator.');
}

function operatorName(operator: string): string {
  return { '+': 'add', '-': 'subtract', '*': 'multiply', '/': 'divide', '%': 'modulo' }[operator] ?? operator;
}

function numberLiteral(written: string): Typed {
  if (/[eE]/.test(written)) return { sql: written, type: sqlType('float') };
  const [whole = '', fraction] = written.split('.');
  if (fraction === undefined || fraction === '') {
    const value = BigInt(whole || '0');
    return value <= 2_147_483_647n ? { sql: value.toString(), type: intType } : { sql: value.toString(), type: decimalType(Math.min(38, whole.length), 0) };
  }
  const scaled = decimalFromText(written, fraction.length) ?? 0n;
  return { sql: scaled.toString(), type: decimalType(Math.max(1, whole.replace(/^0+/, '').length) + fraction.length, fraction.length) };
}

/** Session values a statement may read, bound like variables. Functions such as ERROR_NUMBER() use the same way in. */
export const systemVariables: ReadonlyMap<string, SqlType> = new Map<string, SqlType>([
  ['@@rowcount', intType], ['@@error', intType], ['@@trancount', intType], ['@@spid', sqlType('smallint')], ['@@identity', decimalType(18, 0)],
  ['@@version', nvarcharType(300)], ['@@servername', nvarcharType(128)], ['@@language', nvarcharType(128)], ['@@lock_timeout', intType], ['@@nestlevel', intType],
  ['@@datefirst', sqlType('tinyint')], ['@@fetch_status', intType], ['@@procid', intType], ['@@options', intType], ['@@max_precision', sqlType('tinyint')],
  ['@@scope_identity', decimalType(18, 0)], ['@@error_number', intType], ['@@error_message', nvarcharType(4000)], ['@@error_severity', intType],
  ['@@error_state', intType], ['@@error_procedure', nvarcharType(128)], ['@@error_line', intType], ['@@xact_state', sqlType('smallint')],
  ['@@database', nvarcharType(128)], ['@@login', nvarcharType(128)], ['@@application', nvarcharType(128)], ['@@host', nvarcharType(128)], ['@@now', datetimeType],
]);
