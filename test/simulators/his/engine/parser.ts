import { ExpressionParser } from './expression-parser.js';
import { tokenize } from './lexer.js';
import { incorrectSyntax, notSupported, SqlServerError } from './sql-server-error.js';
import type { ColumnDefinition, ExecuteArgument, Expression, ProcedureParameter, Statement, StatementBody, TableConstraint, TableShape, TableSource } from './syntax.js';
import type { SqlType } from './sql-type.js';

/** Parses one batch (no GO inside). Throws SQL Server's syntax errors 102, 105, 156. */
export function parseBatch(source: string): readonly Statement[] {
  return new StatementParser(source).batch();
}

/** `@a int, @b varchar(20) OUTPUT`: the parameter list sp_executesql and sp_prepare take. */
export function parseParameterList(source: string): readonly ProcedureParameter[] {
  const parser = new StatementParser(source);
  return source.trim() === '' ? [] : parser.parameterList();
}

class StatementParser extends ExpressionParser {
  readonly #source: string;

  constructor(source: string) {
    super(tokenize(source));
    this.#source = source;
  }

  batch(): readonly Statement[] {
    const statements: Statement[] = [];
    while (this.token.kind !== 'end') {
      if (this.takeSymbol(';')) continue;
      statements.push(this.#statement());
    }
    return statements;
  }

  parameterList(): readonly ProcedureParameter[] {
    const parameters: ProcedureParameter[] = [];
    do parameters.push(this.#parameter());
    while (this.takeSymbol(','));
    if (this.token.kind !== 'end') throw this.unexpected();
    return parameters;
  }

  #statement(): Statement {
    const { line } = this.token;
    const statement = { line, ...this.#body() };
    this.takeSymbol(';');
    return statement;
  }

  #body(): StatementBody {
    const { key } = this.token;
    if (this.token.kind === 'symbol' && key === '(') return { kind: 'query', query: this.query() };
    switch (key) {
      case 'SELECT': case 'WITH': return this.#queryOrWith();
      case 'INSERT': return this.#insert();
      case 'UPDATE': return this.#update();
      case 'DELETE': return this.#delete();
      case 'DECLARE': return this.#declare();
      case 'SET': return this.#set();
      case 'IF': return this.#if();
      case 'WHILE': this.next(); return { kind: 'while', condition: this.expression(), body: this.#statement() };
      case 'BREAK': this.next(); return { kind: 'break' };
      case 'CONTINUE': this.next(); return { kind: 'continue' };
      case 'RETURN': this.next(); return { kind: 'return', value: this.#startsValue() ? this.expression() : undefined };
      case 'BEGIN': return this.#begin();
      case 'COMMIT': return this.#commit();
      case 'ROLLBACK': return this.#rollback();
      case 'SAVE': return this.#save();
      case 'RAISERROR': return this.#raiserror();
      case 'EXEC': case 'EXECUTE': return this.#execute();
      case 'PRINT': this.next(); return { kind: 'print', value: this.expression() };
      case 'USE': this.next(); return { kind: 'use', database: this.name() };
      case 'CREATE': return this.#create();
      case 'ALTER': return this.#alter();
      case 'DROP': return this.#drop();
      case 'TRUNCATE': this.next(); this.expectWord('TABLE'); return { kind: 'truncate', table: this.path() };
      case 'WAITFOR': this.next(); this.expectWord('DELAY'); return { kind: 'waitFor', delay: this.expression() };
      case 'GRANT': case 'REVOKE': case 'DENY': return this.#permission();
      default: return this.#implicitExecute();
    }
  }

  /** Permissions are not kept: every login of the simulator may do everything unless a fault says 229. */
  #permission(): StatementBody {
    while (this.token.kind !== 'end' && this.token.key !== ';') this.next();
    return { kind: 'nothing' };
  }

  #startsValue(): boolean {
    const { kind, key } = this.token;
    if (kind === 'end' || key === ';' || key === 'END' || key === 'ELSE') return false;
    return kind !== 'word' || !statementWords.has(key);
  }

  #implicitExecute(): StatementBody {
    // A procedure name may open a batch without EXEC.
    if (this.token.kind === 'word' && this.position === 0) return this.#executeProcedure(undefined);
    throw this.unexpected();
  }

  #queryOrWith(): StatementBody {
    return { kind: 'query', query: this.query() };
  }

  #insert(): StatementBody {
    this.next();
    this.takeWord('INTO');
    const table = this.target();
    this.hints();
    const columns = this.token.key === '(' && !this.#subqueryAhead() ? this.parenthesizedNames() : [];
    if (this.takeWord('DEFAULT')) {
      this.expectWord('VALUES');
      return { kind: 'insert', table, columns: [], rows: [[]], query: undefined, execute: undefined };
    }
    if (this.takeWord('VALUES')) {
      const rows: (Expression | undefined)[][] = [];
      do rows.push(this.#valuesRow());
      while (this.takeSymbol(','));
      return { kind: 'insert', table, columns, rows, query: undefined, execute: undefined };
    }
    if (this.token.key === 'EXEC' || this.token.key === 'EXECUTE') {
      return { kind: 'insert', table, columns, rows: [], query: undefined, execute: this.#statement() };
    }
    return { kind: 'insert', table, columns, rows: [], query: this.query(), execute: undefined };
  }

  #subqueryAhead(): boolean {
    const next = this.peek(1);
    return next.key === 'SELECT' || next.key === '(';
  }

  #valuesRow(): (Expression | undefined)[] {
    this.expectSymbol('(');
    const row: (Expression | undefined)[] = [];
    do row.push(this.takeWord('DEFAULT') ? undefined : this.expression());
    while (this.takeSymbol(','));
    this.expectSymbol(')');
    return row;
  }

  #update(): StatementBody {
    this.next();
    const top = this.top();
    const table = this.target();
    this.hints();
    this.expectWord('SET');
    const assignments: { column: string | undefined; variable: string | undefined; value: Expression }[] = [];
    do assignments.push(this.#assignment());
    while (this.takeSymbol(','));
    const from = this.takeWord('FROM') ? this.sources() : [];
    const where = this.takeWord('WHERE') ? this.expression() : undefined;
    return { kind: 'update', table, assignments, from, where, top };
  }

  #assignment(): { column: string | undefined; variable: string | undefined; value: Expression } {
    if (this.token.kind === 'variable') {
      const variable = this.next().text;
      this.expectSymbol('=');
      const value = this.expression();
      return { column: undefined, variable, value };
    }
    const path = this.path();
    const column = path[path.length - 1] ?? '';
    const operator = this.token.key;
    if (operator === '+=' || operator === '-=' || operator === '*=' || operator === '/=') {
      this.next();
      const value: Expression = { kind: 'arithmetic', operator: arithmeticOf(operator), left: { kind: 'column', path }, right: this.expression() };
      return { column, variable: undefined, value };
    }
    this.expectSymbol('=');
    return { column, variable: undefined, value: this.expression() };
  }

  #delete(): StatementBody {
    this.next();
    const top = this.top();
    this.takeWord('FROM');
    const table = this.target();
    this.hints();
    const from: readonly TableSource[] = this.takeWord('FROM') ? this.sources() : [];
    const where = this.takeWord('WHERE') ? this.expression() : undefined;
    return { kind: 'delete', table, from, where, top };
  }

  #declare(): StatementBody {
    this.next();
    const first = this.variableName();
    this.takeWord('AS');
    if (this.takeWord('TABLE')) return { kind: 'declareTable', name: first, shape: this.#tableShape() };
    const variables = [this.#declared(first)];
    while (this.takeSymbol(',')) {
      const name = this.variableName();
      this.takeWord('AS');
      variables.push(this.#declared(name));
    }
    return { kind: 'declare', variables };
  }

  #declared(name: string): { name: string; type: SqlType; value: Expression | undefined } {
    const type = this.typeName();
    return { name, type, value: this.takeSymbol('=') ? this.expression() : undefined };
  }

  #set(): StatementBody {
    this.next();
    if (this.token.kind === 'variable') {
      const name = this.next().text;
      const operator = this.token.key;
      if (operator === '+=' || operator === '-=' || operator === '*=' || operator === '/=') {
        this.next();
        return { kind: 'set', name, value: { kind: 'arithmetic', operator: arithmeticOf(operator), left: { kind: 'variable', name }, right: this.expression() } };
      }
      this.expectSymbol('=');
      return { kind: 'set', name, value: this.expression() };
    }
    if (this.takeWord('TRANSACTION')) {
      this.expectWord('ISOLATION');
      this.expectWord('LEVEL');
      const words = [this.name()];
      if (words[0]?.toUpperCase() === 'READ' || words[0]?.toUpperCase() === 'REPEATABLE') words.push(this.name());
      return { kind: 'setOption', options: ['TRANSACTION ISOLATION LEVEL'], value: words.join(' ').toUpperCase() };
    }
    if (this.takeWord('IDENTITY_INSERT')) {
      const table = this.path();
      return { kind: 'setOption', options: ['IDENTITY_INSERT'], value: `${table.join('.')} ${this.next().key}` };
    }
    const options = [this.name().toUpperCase()];
    while (this.takeSymbol(',')) options.push(this.name().toUpperCase());
    const sign = this.takeSymbol('-') ? '-' : '';
    return { kind: 'setOption', options, value: sign + this.next().text.toUpperCase() };
  }

  #if(): StatementBody {
    this.next();
    const condition = this.expression();
    const consequence = this.#statement();
    return { kind: 'if', condition, consequence, otherwise: this.takeWord('ELSE') ? this.#statement() : undefined };
  }

  #begin(): StatementBody {
    this.next();
    if (this.takeWord('TRAN') || this.takeWord('TRANSACTION')) {
      this.#optionalTransactionName();
      return { kind: 'beginTransaction' };
    }
    if (this.takeWord('TRY')) {
      const attempt = this.#until('TRY');
      this.expectWord('BEGIN');
      this.expectWord('CATCH');
      return { kind: 'tryCatch', attempt, handler: this.#until('CATCH') };
    }
    const statements = this.#until(undefined);
    return { kind: 'block', statements };
  }

  #until(closing: 'TRY' | 'CATCH' | undefined): readonly Statement[] {
    const statements: Statement[] = [];
    for (;;) {
      while (this.takeSymbol(';'));
      if (this.token.kind === 'end') throw incorrectSyntax(this.lastText());
      if (this.token.key === 'END' && (closing !== undefined || !['TRY', 'CATCH'].includes(this.peek(1).key))) break;
      statements.push(this.#statement());
    }
    this.expectWord('END');
    if (closing !== undefined) {
      this.expectWord(closing);
      this.takeSymbol(';');
    }
    return statements;
  }

  #optionalTransactionName(): string | undefined {
    if (this.token.kind === 'bracketed' || this.token.kind === 'variable') return this.next().text;
    if (this.token.kind !== 'word' || statementWords.has(this.token.key) || this.token.key === 'END' || this.token.key === 'ELSE') return undefined;
    return this.next().text;
  }

  #commit(): StatementBody {
    this.next();
    if (this.takeWord('TRAN') || this.takeWord('TRANSACTION')) this.#optionalTransactionName();
    else this.takeWord('WORK');
    return { kind: 'commitTransaction' };
  }

  #rollback(): StatementBody {
    this.next();
    if (this.takeWord('TRAN') || this.takeWord('TRANSACTION')) return { kind: 'rollbackTransaction', savepoint: this.#optionalTransactionName() };
    this.takeWord('WORK');
    return { kind: 'rollbackTransaction', savepoint: undefined };
  }

  #save(): StatementBody {
    this.next();
    if (!this.takeWord('TRAN')) this.expectWord('TRANSACTION');
    return { kind: 'saveTransaction', savepoint: this.next().text };
  }

  #raiserror(): StatementBody {
    this.next();
    this.expectSymbol('(');
    const message = this.expression();
    this.expectSymbol(',');
    const severity = this.expression();
    this.expectSymbol(',');
    const state = this.expression();
    const parameters: Expression[] = [];
    while (this.takeSymbol(',')) parameters.push(this.expression());
    this.expectSymbol(')');
    if (this.takeWord('WITH')) do this.name(); while (this.takeSymbol(','));
    return { kind: 'raiserror', message, severity, state, parameters };
  }

  #execute(): StatementBody {
    this.next();
    if (this.takeSymbol('(')) {
      const text = this.expression();
      this.expectSymbol(')');
      return { kind: 'executeText', text };
    }
    if (this.token.kind === 'variable') {
      const variable = this.next().text;
      if (this.takeSymbol('=')) return this.#executeProcedure(variable);
      return { kind: 'execute', procedure: [], procedureVariable: variable, parameters: this.#arguments(), resultVariable: undefined };
    }
    return this.#executeProcedure(undefined);
  }

  #executeProcedure(resultVariable: string | undefined): StatementBody {
    return { kind: 'execute', procedure: this.path(), procedureVariable: undefined, parameters: this.#arguments(), resultVariable };
  }

  #arguments(): readonly ExecuteArgument[] {
    if (!this.#startsValue() || (this.token.kind === 'word' && !['NULL', 'DEFAULT'].includes(this.token.key) && statementWords.has(this.token.key))) return [];
    const parameters: ExecuteArgument[] = [];
    do parameters.push(this.#argument());
    while (this.takeSymbol(','));
    return parameters;
  }

  #argument(): ExecuteArgument {
    const named = this.token.kind === 'variable' && this.peek(1).key === '=';
    const name = named ? this.next().text : undefined;
    if (named) this.expectSymbol('=');
    if (this.takeWord('DEFAULT')) return { name, value: undefined, output: false };
    // A bare word is a string here: EXEC sp_helptext usp_x.
    const bare = this.token.kind === 'word' && this.token.key !== 'NULL' && this.peek(1).key !== '(';
    const value: Expression = bare ? { kind: 'string', text: this.next().text, national: false } : this.expression();
    return { name, value, output: this.takeWord('OUTPUT') || this.takeWord('OUT') };
  }

  #create(): StatementBody {
    const start = this.token.start;
    this.next();
    const unique = this.takeWord('UNIQUE');
    const cluster = this.takeWord('CLUSTERED') || this.takeWord('NONCLUSTERED');
    if (this.takeWord('TABLE')) {
      const name = this.target();
      return { kind: 'createTable', name, shape: this.#tableShape(), source: this.#sourceFrom(start) };
    }
    if (this.takeWord('INDEX')) return this.#createIndex(start, unique);
    if (unique || cluster) throw this.unexpected();
    if (this.takeWord('VIEW')) {
      const name = this.path();
      const columns = this.token.key === '(' ? this.parenthesizedNames() : [];
      this.expectWord('AS');
      const query = this.query();
      return { kind: 'createView', name, columns, query, source: this.#sourceFrom(start) };
    }
    if (this.takeWord('PROCEDURE') || this.takeWord('PROC')) return this.#procedure(start, 'create');
    throw notSupported(`CREATE ${this.token.text}`);
  }

  #sourceFrom(start: number): string {
    return this.#source.slice(start, this.token.start).trimEnd();
  }

  #createIndex(start: number, unique: boolean): StatementBody {
    const name = this.name();
    this.expectWord('ON');
    const table = this.path();
    this.expectSymbol('(');
    const columns = this.orderItems();
    this.expectSymbol(')');
    if (this.takeWord('INCLUDE')) this.parenthesizedNames();
    if (this.takeWord('WHERE')) throw notSupported('filtered indexes');
    return { kind: 'createIndex', name, table, columns, unique, source: this.#sourceFrom(start) };
  }

  #alter(): StatementBody {
    const start = this.token.start;
    this.next();
    if (this.takeWord('PROCEDURE') || this.takeWord('PROC')) return this.#procedure(start, 'alter');
    this.expectWord('TABLE');
    const table = this.path();
    if (this.takeWord('WITH')) this.expectWord('CHECK');
    this.expectWord('ADD');
    return { kind: 'addColumns', table, shape: this.#shapeItems(), source: this.#sourceFrom(start) };
  }

  #procedure(start: number, replaces: 'create' | 'alter'): StatementBody {
    if (this.position > 2) throw new SqlServerError(111, "'CREATE/ALTER PROCEDURE' must be the first statement in a query batch.");
    const name = this.path();
    const wrapped = this.takeSymbol('(');
    const parameters: ProcedureParameter[] = [];
    if (this.token.kind === 'variable') do parameters.push(this.#parameter()); while (this.takeSymbol(','));
    if (wrapped) this.expectSymbol(')');
    if (this.takeWord('WITH')) do { this.name(); if (this.takeWord('AS')) this.name(); } while (this.takeSymbol(','));
    this.expectWord('AS');
    const body = this.batch();
    return { kind: 'createProcedure', name, parameters, body, source: this.#source.slice(start), replaces };
  }

  #parameter(): ProcedureParameter {
    const name = this.variableName();
    this.takeWord('AS');
    const type = this.typeName();
    const defaultValue = this.takeSymbol('=') ? this.expression() : undefined;
    const output = this.takeWord('OUTPUT') || this.takeWord('OUT');
    this.takeWord('READONLY');
    return { name, type, defaultValue, output };
  }

  #drop(): StatementBody {
    this.next();
    const word = this.next().key;
    const what = word === 'PROC' ? 'PROCEDURE' : word;
    if (what !== 'TABLE' && what !== 'VIEW' && what !== 'PROCEDURE' && what !== 'INDEX') throw notSupported(`DROP ${word}`);
    const ifExists = this.takeWord('IF');
    if (ifExists) this.expectWord('EXISTS');
    const names: (readonly string[])[] = [];
    do {
      const name = this.path();
      names.push(what === 'INDEX' && this.takeWord('ON') ? [...this.path(), ...name] : name);
    } while (this.takeSymbol(','));
    return { kind: 'drop', what, names, ifExists };
  }

  #tableShape(): TableShape {
    this.expectSymbol('(');
    const shape = this.#shapeItems();
    this.expectSymbol(')');
    // ON [PRIMARY], TEXTIMAGE_ON and WITH (...) describe storage only.
    while (this.token.key === 'ON' || this.token.key === 'TEXTIMAGE_ON') { this.next(); this.next(); }
    if (this.token.key === 'WITH' && this.peek(1).key === '(') { this.next(); this.skipParenthesized(); }
    return shape;
  }

  #shapeItems(): TableShape {
    const columns: ColumnDefinition[] = [];
    const constraints: TableConstraint[] = [];
    do {
      if (this.token.key === ')') break;
      const named = this.takeWord('CONSTRAINT') ? this.name() : undefined;
      const constraint = this.#constraint(named, undefined);
      if (constraint) constraints.push(constraint);
      else columns.push(this.#column(constraints));
    } while (this.takeSymbol(','));
    return { columns, constraints };
  }

  #constraint(name: string | undefined, column: string | undefined): TableConstraint | undefined {
    if (this.takeWord('PRIMARY')) {
      this.expectWord('KEY');
      return { kind: 'primaryKey', name, columns: this.#keyColumns(column) };
    }
    if (this.takeWord('UNIQUE')) return { kind: 'unique', name, columns: this.#keyColumns(column) };
    if (this.takeWord('CHECK')) {
      this.expectSymbol('(');
      const condition = this.expression();
      this.expectSymbol(')');
      return { kind: 'check', name, condition };
    }
    if (this.token.key === 'FOREIGN' || this.token.key === 'REFERENCES') {
      if (this.takeWord('FOREIGN')) this.expectWord('KEY');
      const columns = column === undefined ? this.parenthesizedNames() : [column];
      this.expectWord('REFERENCES');
      const path = this.path();
      const target = this.peek(0).key === '(' ? this.parenthesizedNames() : [];
      return { kind: 'foreignKey', name, columns, table: path[path.length - 1] ?? '', target };
    }
    return undefined;
  }

  #keyColumns(column: string | undefined): readonly string[] {
    if (!this.takeWord('CLUSTERED')) this.takeWord('NONCLUSTERED');
    if (column !== undefined && this.token.key !== '(') return [column];
    this.expectSymbol('(');
    const names: string[] = [];
    do {
      names.push(this.name());
      if (!this.takeWord('ASC')) this.takeWord('DESC');
    } while (this.takeSymbol(','));
    this.expectSymbol(')');
    return names;
  }

  #column(constraints: TableConstraint[]): ColumnDefinition {
    const name = this.name();
    const type = this.typeName();
    let nullable = true;
    let identity: ColumnDefinition['identity'];
    let defaultValue: Expression | undefined;
    for (;;) {
      if (this.takeWord('NULL')) nullable = true;
      else if (this.takeWord('NOT')) { this.expectWord('NULL'); nullable = false; }
      else if (this.takeWord('IDENTITY')) identity = this.#identity();
      else if (this.takeWord('COLLATE')) this.name();
      else if (this.takeWord('DEFAULT')) defaultValue = this.primary();
      else {
        const constraintName = this.takeWord('CONSTRAINT') ? this.name() : undefined;
        if (constraintName !== undefined && this.takeWord('DEFAULT')) { defaultValue = this.primary(); continue; }
        const constraint = this.#constraint(constraintName, name);
        if (!constraint) break;
        if (constraint.kind === 'primaryKey') nullable = false;
        constraints.push(constraint);
      }
    }
    return { name, type, nullable: nullable && !identity, identity, defaultValue };
  }

  #identity(): { seed: number; increment: number } {
    if (!this.takeSymbol('(')) return { seed: 1, increment: 1 };
    const seed = Number(this.next().text);
    this.expectSymbol(',');
    const increment = Number(this.next().text);
    this.expectSymbol(')');
    return { seed, increment };
  }
}

function arithmeticOf(operator: '+=' | '-=' | '*=' | '/='): '+' | '-' | '*' | '/' {
  switch (operator) {
    case '+=': return '+';
    case '-=': return '-';
    case '*=': return '*';
    case '/=': return '/';
  }
}

/** Words that open a statement, so they can not be an optional name or value before it. */
const statementWords = new Set([
  'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'DECLARE', 'SET', 'IF', 'WHILE', 'BREAK', 'CONTINUE', 'RETURN', 'BEGIN', 'COMMIT', 'ROLLBACK', 'SAVE', 'RAISERROR',
  'EXEC', 'EXECUTE', 'PRINT', 'USE', 'CREATE', 'ALTER', 'DROP', 'TRUNCATE', 'WAITFOR', 'GRANT', 'REVOKE', 'DENY', 'WITH', 'GO', 'ELSE', 'END',
]);
