/** Reads a request as strictly as the services do: character set, action, envelope, namespace, the arguments in the order of the WSDL. */
import type { IncomingHttpHeaders } from 'node:http';
import { readXml, type XmlElement } from '@hospay/plugin-sdk/his-mapping';
import iconv from 'iconv-lite';
import type { MethodArguments, SoapDialect } from './dialect.js';
import { actionOf, ENVELOPES } from './wsdl.js';

export type ReadCall = { readonly kind: 'call'; readonly arguments: MethodArguments } | { readonly kind: 'refused'; readonly reason: string };

const refused = (reason: string): ReadCall => ({ kind: 'refused', reason });
const local = (name: string): string => name.replace(/^.*:/, '');

export function readCall(dialect: SoapDialect, headers: IncomingHttpHeaders, body: Buffer): ReadCall {
  const { soap, namespace, method, charset } = dialect;
  const type = headers['content-type'] ?? '';
  const action = soap === '1.1' ? headers['soapaction'] : /action="([^"]*)"/.exec(type)?.[1];
  if (!type.startsWith(soap === '1.1' ? 'text/xml' : 'application/soap+xml')) return refused(`不支持的内容类型 ${type}`);
  if (String(action ?? '').replaceAll('"', '') !== actionOf(dialect)) return refused('服务器未能识别 HTTP 头 SOAPAction 的值。');
  if (!new RegExp(`charset=${charset}`, 'i').test(type)) return refused(`不支持的字符集 ${type}`);
  const text = iconv.decode(body, charset);
  if (!text.includes(`="${ENVELOPES[soap]}"`) || !new RegExp(`<(\\w+:)?${method} xmlns(:\\w+)?="${namespace}"`).test(text)) return refused('可能的 SOAP 版本或命名空间不匹配。');
  const read = readXml(text);
  if (read.kind === 'malformed') return refused(`服务器无法读取请求。 ---> ${read.reason}`);
  return argumentsOf(dialect, read.root);
}

function argumentsOf({ method, arguments: names }: SoapDialect, root: XmlElement): ReadCall {
  const [body] = root.children.filter(({ name }) => local(name) === 'Body');
  const [call, second] = body?.children ?? [];
  if (local(root.name) !== 'Envelope' || call === undefined || second !== undefined || local(call.name) !== method) return refused(`信封中没有 ${method}`);
  const given = call.children.map(({ name }) => local(name));
  if (given.join() !== names.join()) return refused(`参数应为 ${names.join()}, 实际为 ${given.join()}`);
  return { kind: 'call', arguments: new Map(call.children.map(({ name, text }) => [local(name), text])) };
}
