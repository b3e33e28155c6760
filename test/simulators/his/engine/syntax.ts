import type { SqlType } from './sql-type.js';

/** The tree of a T-SQL batch. Predicates are expressions too; the translator keeps the two apart. */
export type Expression =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string; readonly national: boolean }
  | { readonly kind: 'binary'; readonly text: string }
  | { readonly kind: 'null' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'column'; readonly path: readonly string[] }
  | { readonly kind: 'unary'; readonly operator: '-' | '+' | '~'; readonly operand: Expression }
  | { readonly kind: 'arithmetic'; readonly operator: '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'compare'; readonly operator: '=' | '<>' | '<' | '<=' | '>' | '>='; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'isNull'; readonly operand: Expression; readonly negated: boolean }
  | { readonly kind: 'between'; readonly operand: Expression; readonly low: Expression; readonly high: Expression; readonly negated: boolean }
  | { readonly kind: 'like'; readonly operand: Expression; readonly pattern: Expression; readonly escape: Expression | undefined; readonly negated: boolean }
  | { readonly kind: 'inList'; readonly operand: Expression; readonly list: readonly Expression[]; readonly negated: boolean }
  | { readonly kind: 'inQuery'; readonly operand: Expression; readonly query: Query; readonly negated: boolean }
  | { readonly kind: 'exists'; readonly query: Query }
  | { readonly kind: 'subquery'; readonly query: Query }
  | { readonly kind: 'case'; readonly subject: Expression | undefined; readonly branches: readonly { readonly when: Expression; readonly result: Expression }[]; readonly otherwise: Expression | undefined }
  | { readonly kind: 'cast'; readonly operand: Expression; readonly type: SqlType; readonly style: Expression | undefined }
  | { readonly kind: 'call'; readonly name: string; readonly parameters: readonly Expression[]; readonly distinct: boolean; readonly star: boolean; readonly over: Over | undefined };

export interface Over {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
}

export interface OrderItem {
  readonly by: Expression;
  readonly descending: boolean;
}

export interface Query {
  readonly commonTables: readonly { readonly name: string; readonly columns: readonly string[]; readonly query: Query }[];
  readonly body: QueryBody;
  readonly orderBy: readonly OrderItem[];
}

export type QueryBody =
  | { readonly kind: 'select'; readonly select: Select }
  | { readonly kind: 'union'; readonly operator: 'UNION' | 'UNION ALL' | 'EXCEPT' | 'INTERSECT'; readonly left: QueryBody; readonly right: QueryBody };

export interface Select {
  readonly distinct: boolean;
  readonly top: Expression | undefined;
  readonly items: readonly SelectItem[];
  readonly from: readonly TableSource[];
  readonly where: Expression | undefined;
  readonly groupBy: readonly Expression[];
  readonly having: Expression | undefined;
}

export type SelectItem =
  | { readonly kind: 'star'; readonly table: string | undefined }
  | { readonly kind: 'value'; readonly value: Expression; readonly alias: string | undefined }
  | { readonly kind: 'assign'; readonly variable: string; readonly value: Expression };

export type TableSource =
  | { readonly kind: 'table'; readonly path: readonly string[]; readonly alias: string | undefined; readonly hints: readonly string[] }
  | { readonly kind: 'derived'; readonly query: Query; readonly alias: string; readonly columns: readonly string[] }
  | { readonly kind: 'join'; readonly join: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS'; readonly left: TableSource; readonly right: TableSource; readonly on: Expression | undefined };

export interface ColumnDefinition {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly identity: { readonly seed: number; readonly increment: number } | undefined;
  readonly defaultValue: Expression | undefined;
}

export type TableConstraint =
  | { readonly kind: 'primaryKey' | 'unique'; readonly name: string | undefined; readonly columns: readonly string[] }
  | { readonly kind: 'check'; readonly name: string | undefined; readonly condition: Expression }
  | { readonly kind: 'foreignKey'; readonly name: string | undefined; readonly columns: readonly string[]; readonly table: string; readonly target: readonly string[] };

export interface TableShape {
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly TableConstraint[];
}

export interface ProcedureParameter {
  readonly name: string;
  readonly type: SqlType;
  readonly defaultValue: Expression | undefined;
  readonly output: boolean;
}

export interface ExecuteArgument {
  readonly name: string | undefined;
  readonly value: Expression | undefined;
  readonly output: boolean;
}

export type Statement = { readonly line: number } & StatementBody;

/** The statements that define or remove what the catalog holds. */
export type Definition = Extract<Statement, { kind: 'createTable' | 'createIndex' | 'createView' | 'createProcedure' | 'addColumns' | 'drop' }>;

export type StatementBody =
  | { readonly kind: 'block'; readonly statements: readonly Statement[] }
  | { readonly kind: 'declare'; readonly variables: readonly { readonly name: string; readonly type: SqlType; readonly value: Expression | undefined }[] }
  | { readonly kind: 'declareTable'; readonly name: string; readonly shape: TableShape }
  | { readonly kind: 'set'; readonly name: string; readonly value: Expression }
  | { readonly kind: 'setOption'; readonly options: readonly string[]; readonly value: string }
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'insert'; readonly table: readonly string[]; readonly columns: readonly string[]; readonly rows: readonly (readonly (Expression | undefined)[])[]; readonly query: Query | undefined; readonly execute: Statement | undefined }
  | { readonly kind: 'update'; readonly table: readonly string[]; readonly assignments: readonly { readonly column: string | undefined; readonly variable: string | undefined; readonly value: Expression }[]; readonly from: readonly TableSource[]; readonly where: Expression | undefined; readonly top: Expression | undefined }
  | { readonly kind: 'delete'; readonly table: readonly string[]; readonly from: readonly TableSource[]; readonly where: Expression | undefined; readonly top: Expression | undefined }
  | { readonly kind: 'truncate'; readonly table: readonly string[] }
  | { readonly kind: 'if'; readonly condition: Expression; readonly consequence: Statement; readonly otherwise: Statement | undefined }
  | { readonly kind: 'while'; readonly condition: Expression; readonly body: Statement }
  | { readonly kind: 'break' | 'continue' }
  | { readonly kind: 'return'; readonly value: Expression | undefined }
  | { readonly kind: 'raiserror'; readonly message: Expression; readonly severity: Expression; readonly state: Expression; readonly parameters: readonly Expression[] }
  | { readonly kind: 'beginTransaction' | 'commitTransaction' }
  | { readonly kind: 'rollbackTransaction' | 'saveTransaction'; readonly savepoint: string | undefined }
  | { readonly kind: 'tryCatch'; readonly attempt: readonly Statement[]; readonly handler: readonly Statement[] }
  | { readonly kind: 'execute'; readonly procedure: readonly string[]; readonly procedureVariable: string | undefined; readonly parameters: readonly ExecuteArgument[]; readonly resultVariable: string | undefined }
  | { readonly kind: 'executeText'; readonly text: Expression }
  | { readonly kind: 'print'; readonly value: Expression }
  | { readonly kind: 'waitFor'; readonly delay: Expression }
  | { readonly kind: 'use'; readonly database: string }
  | { readonly kind: 'createTable'; readonly name: readonly string[]; readonly shape: TableShape; readonly source: string }
  | { readonly kind: 'createIndex'; readonly name: string; readonly table: readonly string[]; readonly columns: readonly OrderItem[]; readonly unique: boolean; readonly source: string }
  | { readonly kind: 'createView'; readonly name: readonly string[]; readonly columns: readonly string[]; readonly query: Query; readonly source: string }
  | { readonly kind: 'createProcedure'; readonly name: readonly string[]; readonly parameters: readonly ProcedureParameter[]; readonly body: readonly Statement[]; readonly source: string; readonly replaces: 'create' | 'alter' }
  | { readonly kind: 'addColumns'; readonly table: readonly string[]; readonly shape: TableShape; readonly source: string }
  | { readonly kind: 'drop'; readonly what: 'TABLE' | 'VIEW' | 'PROCEDURE' | 'INDEX'; readonly names: readonly (readonly string[])[]; readonly ifExists: boolean }
  | { readonly kind: 'nothing' };
