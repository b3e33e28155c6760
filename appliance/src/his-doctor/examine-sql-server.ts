/** What the server says of itself and of our login: nothing is called, everything is looked up. */
import { isOperationName, MANDATORY_OPERATIONS, OPERATION_GROUPS } from '@hospay/plugin-sdk/his-mapping';
import type { Finding } from './finding.js';
import type { SqlServerLine } from './sql-server-line.js';

export type MappedCall = { readonly operation: string; readonly procedure: string | undefined; readonly parameters: readonly string[] };

/** Money cannot be taken without these, nor given back without the groups they belong to. */
const MONEY: ReadonlySet<string> = new Set<string>([...MANDATORY_OPERATIONS, 'confirmArrival', ...OPERATION_GROUPS.flatMap(({ names }) => names.filter((name) => /^(confirm|query|approve|settle|hold|cancel|presettle)/.test(name)))]);

/** The operations of a mapping of the SQL Server adapter, as far as they name procedures. */
export function mappedCalls(mapping: unknown): MappedCall[] {
  const calls: MappedCall[] = [];
  for (const [group, prefix] of [['operations', ''], ['dictionaries', 'dictionary ']] as const) {
    for (const [name, operation] of Object.entries(Object(member(mapping, group)))) {
      const procedure = member(operation, 'procedure');
      const parameters = member(operation, 'parameters');
      const names = Array.isArray(parameters) ? parameters.map((parameter: unknown) => String(member(parameter, 'name'))) : [];
      calls.push({ operation: `${prefix}${name}`, procedure: typeof procedure === 'string' ? procedure : undefined, parameters: names });
    }
  }
  return calls;
}

export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

export async function examineProcedures(line: SqlServerLine, calls: readonly MappedCall[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { operation, procedure, parameters } of calls) {
    if (procedure === undefined) {
      findings.push({ level: 'attention', about: operation, text: 'is SQL text: its rights can only be seen by calling it' });
      continue;
    }
    findings.push(await examineProcedure(line, { operation, procedure, parameters }));
  }
  return findings;
}

async function examineProcedure(line: SqlServerLine, { operation, procedure, parameters }: MappedCall & { readonly procedure: string }): Promise<Finding> {
  const bad = isOperationName(operation) && MONEY.has(operation) ? 'missing' : 'attention';
  const may = (await line.read("SELECT HAS_PERMS_BY_NAME(@name, 'OBJECT', 'EXECUTE') AS may", procedure))[0]?.['may'];
  if (may === undefined || may === '') return { level: bad, about: operation, text: `${procedure} does not exist, or our login cannot see it` };
  if (may !== '1') return { level: bad, about: operation, text: `our login may not execute ${procedure} (error 229): ask the DBA for GRANT EXECUTE` };
  const declared = await line.parametersOf(procedure);
  const unknown = parameters.filter((name) => !declared.includes(name.toLowerCase()));
  if (unknown.length > 0) return { level: bad, about: operation, text: `${procedure} has no parameter ${unknown.map((name) => `@${name}`).join(', ')} (error 8145)` };
  return { level: 'fine', about: operation, text: `${procedure} exists, with its ${parameters.length} mapped parameters, and may be executed` };
}

/** Version, collation, whether the code page fits, and what the login may do beyond its work. */
export async function examineServer(line: SqlServerLine, codePage: unknown): Promise<{ readonly facts: Record<string, string>; readonly findings: Finding[] }> {
  const findings: Finding[] = [];
  const [row = {}] = await line.read("SELECT SERVERPROPERTY('ProductVersion') AS version, DATABASEPROPERTYEX(DB_NAME(), 'Collation') AS collation, DB_NAME() AS database_name, SUSER_SNAME() AS login_name");
  const collation = row['collation'] ?? '';
  const fits = codePage === 'cp936' ? /^Chinese_(PRC|Simplified)/i.test(collation) : codePage === 'cp950' ? /^Chinese_(Taiwan|Hong_Kong|Traditional)/i.test(collation) : /Latin/i.test(collation);
  findings.push({ level: fits ? 'fine' : 'attention', about: 'character set', text: `collation ${collation || 'unknown'}, the mapping's code page is ${String(codePage)}${fits ? '' : ': names and reasons may arrive changed'}` });
  for (const right of ['SELECT', 'UPDATE', 'CONTROL']) {
    const [answer] = await line.read(`SELECT HAS_PERMS_BY_NAME(@name, 'DATABASE', '${right}') AS may`, row['database_name'] ?? '');
    if (answer?.['may'] === '1') findings.push({ level: 'attention', about: 'rights', text: `our login has ${right} on the whole database: it needs EXECUTE on the mapped procedures and nothing else` });
  }
  return { facts: { 'server version': row['version'] ?? '', collation, database: row['database_name'] ?? '', login: row['login_name'] ?? '' }, findings };
}
