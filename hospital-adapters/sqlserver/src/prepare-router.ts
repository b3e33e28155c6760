/** The router procedure (路由存储过程): one procedure for everything, told a method and a document. */
import type { CanonicalOperation, Complain } from '@hospay/plugin-sdk/his-mapping';
import type { RouterMapping } from './mapping-schema.js';
import { prepareParameters } from './prepare-call.js';
import type { PreparedRouter } from './prepared-operation.js';
import type { SqlServerVersion } from './server-generations.js';

/** What the router's parameters may come from. */
const ENVELOPE: CanonicalOperation = { shape: 'row', books: false, request: { method: 'text', message: 'text' }, result: {} };

export function prepareRouter(mapping: RouterMapping, { codePage, version, complaints }: { readonly codePage: string; readonly version: SqlServerVersion; readonly complaints: string[] }): PreparedRouter {
  const complain: Complain = (at, expected) => { complaints.push(`router${at}: ${expected}`); };
  const parameters = prepareParameters(mapping.parameters, { name: 'ping', canonical: ENVELOPE, path: 'router', version, complain });
  const from = (field: string) => parameters.filter(({ source }) => source.kind === 'field' && source.field === field);
  const [message] = from('message');
  for (const field of ['method', 'message']) if (from(field).length !== 1) complain('.parameters', `expected exactly one parameter from "${field}"`);
  if (message?.mapping.cut === true) complain('.parameters', 'a document is never cut');
  const outs = parameters.filter(({ source }) => source.kind === 'out').map(({ name }) => name.toLowerCase());
  const answerOut = mapping.answer?.out.toLowerCase();
  if (answerOut !== undefined && !outs.includes(answerOut)) complain('.answer.out', `"${answerOut}" is not an out parameter of the router`);
  const isNational = message?.sqlType.kind === 'character' && message.sqlType.name.startsWith('n');
  return {
    call: { path: 'router', command: { kind: 'procedure', name: mapping.procedure }, parameters },
    root: mapping.root, answerRoot: mapping.answerRoot, declaration: mapping.declaration ?? '', answerOut, codePage: isNational ? undefined : codePage,
  };
}
