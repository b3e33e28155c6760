import type { Token } from './lexer.js';
import { incorrectSyntax, notSupported, SqlServerError } from './sql-server-error.js';
import { namedType, type SqlType } from './sql-type.js';
import type { Expression, OrderItem, Over, Query, QueryBody, Select, SelectItem, TableSource } from './syntax.js';

/** Parses expressions, queries and names; statements build on it. */
export class ExpressionParser {
  readonly #tokens: readonly Token[];
  position = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get token(): Token {
    return this.peek(0);
  }

  peek(ahead: number): Token {
    const token = this.#tokens[Math.min(this.position + ahead, this.#tokens.length - 1)];
    if (!token) throw new Error('The token list is never empty.');
    return token;
  }

  next(): Token {
    const token = this.token;
    if (token.kind === 'end') throw incorrectSyntax(this.lastText());
    this.position++;
    return token;
  }

  lastText(): string {
    return this.#tokens[Math.max(0, this.position - 1)]?.text ?? '';
  }

  unexpected(): SqlServerError {
    const { kind, key, text } = this.token;
    if (kind === 'end') return incorrectSyntax(this.lastText());
    return reserved.has(key) ? new SqlServerError(156, `Incorrect syntax near the keyword '${text}'.`) : incorrectSyntax(text);
  }

  takeWord(word: string): boolean {
    if (this.token.kind !== 'word' || this.token.key !== word) return false;
    this.position++;
    return true;
  }

  takeSymbol(symbol: string): boolean {
    if (this.token.kind !== 'symbol' || this.token.key !== symbol) return false;
    this.position++;
    return true;
  }

  expectWord(word: string): void {
    if (!this.takeWord(word)) throw this.unexpected();
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.unexpected();
  }

  skipParenthesized(): void {
    this.expectSymbol('(');
    for (let depth = 1; depth > 0; ) {
      const { kind, key } = this.next();
      if (kind === 'symbol' && key === '(') depth++;
      if (kind === 'symbol' && key === ')') depth--;
    }
  }

  /** An identifier in any of its quotings. */
  name(): string {
    const { kind, key } = this.token;
    if (kind === 'bracketed' || kind === 'quoted' || (kind === 'word' && !reserved.has(key))) return this.next().text;
    throw this.unexpected();
  }

  variableName(): string {
    if (this.token.kind !== 'variable') throw this.unexpected();
    return this.next().text;
  }

  /** `db.dbo.table`: empty parts (`db..table`) are dropped. */
  path(): readonly string[] {
    const parts = [this.name()];
    while (this.takeSymbol('.')) {
      while (this.takeSymbol('.'));
      parts.push(this.name());
    }
    return parts;
  }

  /** A table that is written to: named, temporary or a table variable. */
  target(): readonly string[] {
    return this.token.kind === 'variable' ? [this.next().text] : this.path();
  }

  parenthesizedNames(): readonly string[] {
    this.expectSymbol('(');
    const names: string[] = [];
    do names.push(this.name());
    while (this.takeSymbol(','));
    this.expectSymbol(')');
    return names;
  }

  typeName(): SqlType {
    const path = this.path();
    let written = path[path.length - 1] ?? '';
    if (written.toUpperCase() === 'DOUBLE') this.takeWord('PRECISION');
    if (/^(char|character)$/i.test(written) && this.takeWord('VARYING')) written = 'varchar';
    const sizes: (number | 'max')[] = [];
    if (this.takeSymbol('(')) {
      do {
        const size = this.next();
        if (size.key === 'MAX') sizes.push('max');
        else if (size.kind === 'number') sizes.push(Number(size.text));
        else throw incorrectSyntax(size.text);
      } while (this.takeSymbol(','));
      this.expectSymbol(')');
    }
    return namedType(written, sizes);
  }

  // ---- queries

  query(): Query {
    const commonTables: Query['commonTables'][number][] = [];
    if (this.takeWord('WITH')) {
      do {
        const name = this.name();
        const columns = this.token.key === '(' ? this.parenthesizedNames() : [];
        this.expectWord('AS');
        this.expectSymbol('(');
        const query = this.query();
        this.expectSymbol(')');
        commonTables.push({ name, columns, query });
      } while (this.takeSymbol(','));
    }
    const body = this.#queryBody();
    let orderBy: readonly OrderItem[] = [];
    if (this.takeWord('ORDER')) {
      this.expectWord('BY');
      orderBy = this.orderItems();
    }
    if (this.takeWord('FOR')) throw notSupported('FOR XML and FOR JSON');
    if (this.takeWord('OPTION')) this.skipParenthesized();
    return { commonTables, body, orderBy };
  }

  #queryBody(): QueryBody {
    let left = this.#queryTerm();
    for (;;) {
      const operator = this.takeWord('UNION') ? (this.takeWord('ALL') ? 'UNION ALL' : 'UNION') : this.takeWord('EXCEPT') ? 'EXCEPT' : this.takeWord('INTERSECT') ? 'INTERSECT' : undefined;
      if (operator === undefined) return left;
      left = { kind: 'union', operator, left, right: this.#queryTerm() };
    }
  }

  #queryTerm(): QueryBody {
    if (this.takeSymbol('(')) {
      const body = this.#queryBody();
      this.expectSymbol(')');
      return body;
    }
    return { kind: 'select', select: this.#select() };
  }

  #select(): Select {
    this.expectWord('SELECT');
    const distinct = this.takeWord('DISTINCT');
    if (!distinct) this.takeWord('ALL');
    const top = this.top();
    const items: SelectItem[] = [];
    do items.push(this.#selectItem());
    while (this.takeSymbol(','));
    if (this.token.key === 'INTO') throw notSupported('SELECT INTO');
    const from = this.takeWord('FROM') ? this.sources() : [];
    const where = this.takeWord('WHERE') ? this.expression() : undefined;
    const groupBy: Expression[] = [];
    if (this.takeWord('GROUP')) {
      this.expectWord('BY');
      do groupBy.push(this.expression());
      while (this.takeSymbol(','));
    }
    const having = this.takeWord('HAVING') ? this.expression() : undefined;
    return { distinct, top, items, from, where, groupBy, having };
  }

  top(): Expression | undefined {
    if (!this.takeWord('TOP')) return undefined;
    let count: Expression;
    if (this.takeSymbol('(')) {
      count = this.expression();
      this.expectSymbol(')');
    } else count = this.primary();
    if (this.token.key === 'PERCENT') throw notSupported('TOP PERCENT');
    if (this.token.key === 'WITH' && this.peek(1).key === 'TIES') throw notSupported('TOP WITH TIES');
    return count;
  }

  #selectItem(): SelectItem {
    if (this.takeSymbol('*')) return { kind: 'star', table: undefined };
    if (this.token.kind !== 'symbol' && this.peek(1).key === '.' && this.peek(2).key === '*') {
      const table = this.name();
      this.next();
      this.next();
      return { kind: 'star', table };
    }
    if (this.token.kind === 'variable' && this.peek(1).key === '=') {
      const variable = this.next().text;
      this.next();
      return { kind: 'assign', variable, value: this.expression() };
    }
    if (this.token.kind !== 'symbol' && this.peek(1).kind === 'symbol' && this.peek(1).key === '=' && this.token.kind !== 'variable') {
      const alias = this.next().text;
      this.next();
      return { kind: 'value', value: this.expression(), alias };
    }
    const value = this.expression();
    return { kind: 'value', value, alias: this.#alias() };
  }

  #alias(): string | undefined {
    if (this.takeWord('AS')) return this.token.kind === 'string' || this.token.kind === 'nationalString' ? this.next().text : this.name();
    const { kind, key } = this.token;
    if (kind === 'bracketed' || kind === 'quoted' || kind === 'string' || (kind === 'word' && !reserved.has(key))) return this.next().text;
    return undefined;
  }

  orderItems(): readonly OrderItem[] {
    const items: OrderItem[] = [];
    do {
      const by = this.expression();
      const descending = this.takeWord('DESC');
      if (!descending) this.takeWord('ASC');
      items.push({ by, descending });
    } while (this.takeSymbol(','));
    return items;
  }

  sources(): readonly TableSource[] {
    const sources: TableSource[] = [];
    do sources.push(this.#joined());
    while (this.takeSymbol(','));
    return sources;
  }

  #joined(): TableSource {
    let left = this.#source();
    for (;;) {
      const join = this.#joinKind();
      if (join === undefined) return left;
      const right = this.#source();
      const on = join === 'CROSS' ? undefined : (this.expectWord('ON'), this.expression());
      left = { kind: 'join', join, left, right, on };
    }
  }

  #joinKind(): 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS' | undefined {
    if (this.takeWord('JOIN')) return 'INNER';
    for (const kind of ['INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS'] as const) {
      if (this.token.key !== kind || this.token.kind !== 'word') continue;
      this.next();
      this.takeWord('OUTER');
      for (const hint of ['LOOP', 'HASH', 'MERGE']) this.takeWord(hint);
      if (this.peek(0).key === 'APPLY') throw notSupported('APPLY');
      this.expectWord('JOIN');
      return kind;
    }
    return undefined;
  }

  #source(): TableSource {
    if (this.token.kind === 'symbol' && this.token.key === '(') return this.#parenthesizedSource();
    const path = this.target();
    const early = this.hints();
    const alias = this.#alias();
    return { kind: 'table', path, alias, hints: [...early, ...this.hints()] };
  }

  #parenthesizedSource(): TableSource {
    this.expectSymbol('(');
    if (this.token.key !== 'SELECT' && this.token.key !== '(' && this.token.key !== 'WITH') {
      const source = this.#joined();
      this.expectSymbol(')');
      return source;
    }
    const query = this.query();
    this.expectSymbol(')');
    this.takeWord('AS');
    const alias = this.name();
    return { kind: 'derived', query, alias, columns: this.token.key === '(' ? this.parenthesizedNames() : [] };
  }

  /** WITH (NOLOCK, UPDLOCK) and the old (NOLOCK). */
  hints(): readonly string[] {
    const bare = this.token.key === '(' && hintWords.has(this.peek(1).key);
    if (!bare && !(this.token.key === 'WITH' && this.peek(1).key === '(')) return [];
    if (!bare) this.next();
    this.expectSymbol('(');
    const hints: string[] = [];
    do {
      hints.push(this.next().key);
      if (this.token.key === '(') this.skipParenthesized();
    } while (this.takeSymbol(',') || this.token.kind === 'word');
    this.expectSymbol(')');
    return hints;
  }

  // ---- expressions, loosest binding first

  expression(): Expression {
    let left = this.#and();
    while (this.takeWord('OR')) left = { kind: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.takeWord('AND')) left = { kind: 'and', left, right: this.#not() };
    return left;
  }

  #not(): Expression {
    return this.takeWord('NOT') ? { kind: 'not', operand: this.#not() } : this.#predicate();
  }

  #predicate(): Expression {
    if (this.takeWord('EXISTS')) {
      this.expectSymbol('(');
      const query = this.query();
      this.expectSymbol(')');
      return { kind: 'exists', query };
    }
    const left = this.#additive();
    const operator = this.token.kind === 'symbol' ? comparisons.get(this.token.key) : undefined;
    if (operator !== undefined) {
      this.next();
      if (['ANY', 'ALL', 'SOME'].includes(this.token.key)) throw notSupported(`a comparison with ${this.token.key}`);
      return { kind: 'compare', operator, left, right: this.#additive() };
    }
    if (this.takeWord('IS')) {
      const negated = this.takeWord('NOT');
      this.expectWord('NULL');
      return { kind: 'isNull', operand: left, negated };
    }
    const negated = this.token.key === 'NOT' && ['IN', 'LIKE', 'BETWEEN'].includes(this.peek(1).key) && this.takeWord('NOT');
    if (this.takeWord('BETWEEN')) {
      const low = this.#additive();
      this.expectWord('AND');
      return { kind: 'between', operand: left, low, high: this.#additive(), negated };
    }
    if (this.takeWord('LIKE')) {
      const pattern = this.#additive();
      return { kind: 'like', operand: left, pattern, escape: this.takeWord('ESCAPE') ? this.primary() : undefined, negated };
    }
    if (this.takeWord('IN')) return this.#in(left, negated);
    return left;
  }

  #in(operand: Expression, negated: boolean): Expression {
    this.expectSymbol('(');
    if (this.token.key === 'SELECT' || this.token.key === 'WITH') {
      const query = this.query();
      this.expectSymbol(')');
      return { kind: 'inQuery', operand, query, negated };
    }
    const list: Expression[] = [];
    do list.push(this.expression());
    while (this.takeSymbol(','));
    this.expectSymbol(')');
    return { kind: 'inList', operand, list, negated };
  }

  #additive(): Expression {
    let left = this.#multiplicative();
    for (;;) {
      const { kind, key } = this.token;
      if (kind !== 'symbol' || (key !== '+' && key !== '-' && key !== '&' && key !== '|' && key !== '^')) return left;
      this.next();
      left = { kind: 'arithmetic', operator: key, left, right: this.#multiplicative() };
    }
  }

  #multiplicative(): Expression {
    let left = this.#unary();
    for (;;) {
      const { kind, key } = this.token;
      if (kind !== 'symbol' || (key !== '*' && key !== '/' && key !== '%')) return left;
      this.next();
      left = { kind: 'arithmetic', operator: key, left, right: this.#unary() };
    }
  }

  #unary(): Expression {
    const { kind, key } = this.token;
    if (kind === 'symbol' && (key === '-' || key === '+' || key === '~')) {
      this.next();
      return { kind: 'unary', operator: key, operand: this.#unary() };
    }
    const value = this.primary();
    if (this.takeWord('COLLATE')) this.name();
    return value;
  }

  primary(): Expression {
    const token = this.token;
    switch (token.kind) {
      case 'number': this.next(); return { kind: 'number', text: token.text };
      case 'string': this.next(); return { kind: 'string', text: token.text, national: false };
      case 'nationalString': this.next(); return { kind: 'string', text: token.text, national: true };
      case 'binary': this.next(); return { kind: 'binary', text: token.text };
      case 'variable': this.next(); return { kind: 'variable', name: token.text };
      case 'symbol': return this.#parenthesized();
      case 'word': case 'bracketed': case 'quoted': case 'end': return this.#word();
    }
  }

  #parenthesized(): Expression {
    this.expectSymbol('(');
    if (this.token.key === 'SELECT' || this.token.key === 'WITH') {
      const query = this.query();
      this.expectSymbol(')');
      return { kind: 'subquery', query };
    }
    const inner = this.expression();
    this.expectSymbol(')');
    return inner;
  }

  #word(): Expression {
    if (this.token.kind === 'word') {
      switch (this.token.key) {
        case 'NULL': this.next(); return { kind: 'null' };
        case 'CASE': return this.#case();
        case 'CAST': return this.#cast();
        case 'CONVERT': return this.#convert();
        case 'CURRENT_TIMESTAMP': this.next(); return call('GETDATE', []);
        case 'LEFT': case 'RIGHT': case 'COALESCE': case 'NULLIF':
          if (this.peek(1).key === '(') return this.#call(this.next().key);
          break;
        default: break;
      }
      if (this.peek(1).kind === 'symbol' && this.peek(1).key === '(' && !reserved.has(this.token.key)) return this.#call(this.next().key);
    }
    const path = this.path();
    if (this.token.key === '(' && path.length > 1) throw notSupported(`the function ${path.join('.')}`);
    return { kind: 'column', path };
  }

  #case(): Expression {
    this.next();
    const subject = this.token.key === 'WHEN' ? undefined : this.expression();
    const branches: { when: Expression; result: Expression }[] = [];
    while (this.takeWord('WHEN')) {
      const when = this.expression();
      this.expectWord('THEN');
      branches.push({ when, result: this.expression() });
    }
    const otherwise = this.takeWord('ELSE') ? this.expression() : undefined;
    this.expectWord('END');
    return { kind: 'case', subject, branches, otherwise };
  }

  #cast(): Expression {
    this.next();
    this.expectSymbol('(');
    const operand = this.expression();
    this.expectWord('AS');
    const type = defaultLength(this.typeName(), this.lastText());
    this.expectSymbol(')');
    return { kind: 'cast', operand, type, style: undefined };
  }

  #convert(): Expression {
    this.next();
    this.expectSymbol('(');
    const type = defaultLength(this.typeName(), this.lastText());
    this.expectSymbol(',');
    const operand = this.expression();
    const style = this.takeSymbol(',') ? this.expression() : undefined;
    this.expectSymbol(')');
    return { kind: 'cast', operand, type, style };
  }

  #call(name: string): Expression {
    this.expectSymbol('(');
    if (this.takeSymbol('*')) {
      this.expectSymbol(')');
      return { ...call(name, []), star: true, over: this.#over() };
    }
    const distinct = this.takeWord('DISTINCT');
    const parameters: Expression[] = [];
    if (this.token.key !== ')' || this.token.kind !== 'symbol') do parameters.push(this.expression()); while (this.takeSymbol(','));
    this.expectSymbol(')');
    return { kind: 'call', name, parameters, distinct, star: false, over: this.#over() };
  }

  #over(): Over | undefined {
    if (!this.takeWord('OVER')) return undefined;
    this.expectSymbol('(');
    const partitionBy: Expression[] = [];
    if (this.takeWord('PARTITION')) {
      this.expectWord('BY');
      do partitionBy.push(this.expression());
      while (this.takeSymbol(','));
    }
    let orderBy: readonly OrderItem[] = [];
    if (this.takeWord('ORDER')) {
      this.expectWord('BY');
      orderBy = this.orderItems();
    }
    this.expectSymbol(')');
    return { partitionBy, orderBy };
  }
}

function call(name: string, parameters: readonly Expression[]): Extract<Expression, { kind: 'call' }> {
  return { kind: 'call', name, parameters, distinct: false, star: false, over: undefined };
}

/** Without a length CAST and CONVERT give 30 characters, where a declaration gives 1. */
function defaultLength(type: SqlType, lastText: string): SqlType {
  return type.length === 1 && lastText !== ')' ? { ...type, length: 30 } : type;
}

const comparisons = new Map<string, '=' | '<>' | '<' | '<=' | '>' | '>='>([
  ['=', '='], ['<>', '<>'], ['!=', '<>'], ['<', '<'], ['<=', '<='], ['>', '>'], ['>=', '>='], ['!<', '>='], ['!>', '<='],
]);

const hintWords = new Set(['NOLOCK', 'UPDLOCK', 'HOLDLOCK', 'ROWLOCK', 'READPAST', 'TABLOCK', 'TABLOCKX', 'XLOCK', 'PAGLOCK', 'READUNCOMMITTED', 'READCOMMITTED', 'SERIALIZABLE', 'REPEATABLEREAD', 'NOWAIT']);

/** Reserved words that can not stand as a bare name. Source: SQL Server documentation, "Reserved keywords". */
const reserved = new Set([
  'ADD', 'ALL', 'ALTER', 'AND', 'ANY', 'AS', 'ASC', 'BEGIN', 'BETWEEN', 'BREAK', 'BY', 'CASE', 'CHECK', 'COALESCE', 'COLLATE', 'COMMIT', 'CONSTRAINT', 'CONTINUE',
  'CONVERT', 'CREATE', 'CROSS', 'CURRENT_TIMESTAMP', 'DECLARE', 'DEFAULT', 'DELETE', 'DENY', 'DESC', 'DISTINCT', 'DROP', 'ELSE', 'END', 'ESCAPE', 'EXCEPT', 'EXEC',
  'EXECUTE', 'EXISTS', 'FETCH', 'FOR', 'FOREIGN', 'FROM', 'FULL', 'GRANT', 'GROUP', 'HAVING', 'IDENTITY', 'IF', 'IN', 'INDEX', 'INNER', 'INSERT', 'INTERSECT', 'INTO',
  'IS', 'JOIN', 'KEY', 'LEFT', 'LIKE', 'NOT', 'NULL', 'NULLIF', 'OF', 'OFF', 'ON', 'OPTION', 'OR', 'ORDER', 'OUTER', 'OVER', 'PERCENT', 'PRIMARY', 'PRINT', 'PROC',
  'PROCEDURE', 'RAISERROR', 'REFERENCES', 'RETURN', 'REVOKE', 'RIGHT', 'ROLLBACK', 'SAVE', 'SELECT', 'SET', 'TABLE', 'THEN', 'TO', 'TOP', 'TRAN', 'TRANSACTION',
  'TRUNCATE', 'UNION', 'UNIQUE', 'UPDATE', 'USE', 'VALUES', 'VIEW', 'WAITFOR', 'WHEN', 'WHERE', 'WHILE', 'WITH',
]);
