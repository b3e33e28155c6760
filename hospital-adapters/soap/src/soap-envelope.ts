/** The SOAP envelope around one method, written by hand: no SOAP library reads answers in GBK, and one method with strings needs none. */
import { encodeText, readXml, type Charset, type XmlElement } from '@hospay/plugin-sdk/his-mapping';
import type { ServiceMapping } from './mapping-schema.js';

export type MethodCall = { readonly method: string; readonly arguments: readonly { readonly name: string; readonly text: string; readonly cdata: boolean }[] };

export type SoapRequest = { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };

const NAMESPACES = { '1.1': 'http://schemas.xmlsoap.org/soap/envelope/', '1.2': 'http://www.w3.org/2003/05/soap-envelope' } as const;

/** @throws RangeError for a character the character set or XML cannot carry */
export function writeEnvelope({ method, arguments: given }: MethodCall, service: ServiceMapping, charset: Charset): SoapRequest {
  const version = service.soap ?? '1.1';
  const charsetName = service.charsetName ?? charset;
  const content = given.map(({ name, text, cdata }) => `<${name}>${cdata ? cdataText(text) : escapeText(text)}</${name}>`).join('');
  const envelope = `<?xml version="1.0" encoding="${charsetName}"?><soap:Envelope xmlns:soap="${NAMESPACES[version]}"><soap:Body>`
    + `<${method} xmlns="${escapeText(service.namespace)}">${content}</${method}></soap:Body></soap:Envelope>`;
  const action = actionOf(service, method);
  const headers = version === '1.1'
    ? { 'content-type': `text/xml; charset=${charsetName}`, soapaction: `"${action}"` }
    : { 'content-type': `application/soap+xml; charset=${charsetName}; action="${action}"` };
  return { headers, body: encodeText(envelope, charset) };
}

function actionOf({ action, namespace }: ServiceMapping, method: string): string {
  return action === undefined ? `${namespace.replace(/\/$/, '')}/${method}` : action.replaceAll('{method}', method);
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#xD;' };

function escapeText(text: string): string {
  return text.replaceAll(/[&<>"\r]/g, (character) => ESCAPES[character] ?? character);
}

/** `]]>` would end the section and let the rest of a value become elements: it is divided between two. */
function cdataText(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

export type ReceivedCall = { readonly kind: 'call'; readonly method: string; readonly arguments: ReadonlyMap<string, string> } | { readonly kind: 'garbled'; readonly reason: string };

/** The one method a HIS calls us with, and its arguments by name in lower case. */
export function readCallEnvelope(text: string): ReceivedCall {
  const read = readXml(text);
  if (read.kind === 'malformed') return { kind: 'garbled', reason: `no SOAP envelope: ${read.reason}` };
  const body = read.root.name.endsWith('Envelope') ? only(read.root, 'Body') : undefined;
  const [method, ...more] = body?.children ?? [];
  if (method === undefined || more.length > 0) return { kind: 'garbled', reason: 'no SOAP envelope with one method' };
  const names = method.children.map(({ name }) => localName(name).toLowerCase());
  if (new Set(names).size < names.length) return { kind: 'garbled', reason: 'an argument comes twice' };
  return { kind: 'call', method: localName(method.name), arguments: new Map(method.children.map(({ name, text: value }) => [localName(name).toLowerCase(), value])) };
}

/** @throws RangeError for a character the character set cannot carry */
export function writeResponse(text: string, { service, method, charset }: { readonly service: ServiceMapping; readonly method: string; readonly charset: Charset }): SoapRequest {
  const name = service.answer ?? `${method}Result`;
  const content = service.cdata === true ? cdataText(text) : escapeText(text);
  return envelopeOf(`<${method}Response xmlns="${escapeText(service.namespace)}"><${name}>${content}</${name}></${method}Response>`, service, charset);
}

/** `client`: what was sent is no notice. Neither says what became of a notice. */
export function writeFault(side: 'client' | 'server', reason: string, service: ServiceMapping, charset: Charset): SoapRequest {
  const text = escapeText(reason);
  const fault = (service.soap ?? '1.1') === '1.1'
    ? `<soap:Fault><faultcode>soap:${side === 'client' ? 'Client' : 'Server'}</faultcode><faultstring>${text}</faultstring></soap:Fault>`
    : `<soap:Fault><soap:Code><soap:Value>soap:${side === 'client' ? 'Sender' : 'Receiver'}</soap:Value></soap:Code><soap:Reason><soap:Text xml:lang="en">${text}</soap:Text></soap:Reason></soap:Fault>`;
  return envelopeOf(fault, service, charset);
}

function envelopeOf(content: string, service: ServiceMapping, charset: Charset): SoapRequest {
  const version = service.soap ?? '1.1';
  const charsetName = service.charsetName ?? charset;
  const envelope = `<?xml version="1.0" encoding="${charsetName}"?><soap:Envelope xmlns:soap="${NAMESPACES[version]}"><soap:Body>${content}</soap:Body></soap:Envelope>`;
  return { headers: { 'content-type': `${version === '1.1' ? 'text/xml' : 'application/soap+xml'}; charset=${charsetName}` }, body: encodeText(envelope, charset) };
}

export type SoapAnswer =
  | { readonly kind: 'answer'; readonly text: string }
  /** @param code without its prefix: Client, Server.Timeout, Sender … */
  | { readonly kind: 'fault'; readonly code: string; readonly message: string }
  | { readonly kind: 'garbled'; readonly reason: string };

/** What stands in the response of the method, as the string it is. */
export function readEnvelope(text: string, method: string, answerName: string): SoapAnswer {
  const read = readXml(text);
  if (read.kind === 'malformed') return { kind: 'garbled', reason: `no SOAP envelope: ${read.reason}` };
  const body = read.root.name.endsWith('Envelope') ? only(read.root, 'Body') : undefined;
  if (body === undefined) return { kind: 'garbled', reason: `no SOAP envelope: root ${read.root.name.slice(0, 60)}` };
  const fault = only(body, 'Fault');
  if (fault !== undefined) return { kind: 'fault', code: faultCode(fault), message: faultText(fault).slice(0, 200) };
  const response = only(body, `${method}Response`);
  if (response === undefined) return { kind: 'garbled', reason: `the envelope holds no ${method}Response` };
  const answer = only(response, answerName);
  if (answer === undefined || answer.children.length > 0) return { kind: 'garbled', reason: `the response holds no string ${answerName}` };
  return { kind: 'answer', text: answer.text };
}

/** The one child of that name, whatever its prefix; none when there are several. */
function only({ children }: XmlElement, name: string): XmlElement | undefined {
  const found = children.filter((child) => localName(child.name) === name);
  return found.length === 1 ? found[0] : undefined;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function faultCode(fault: XmlElement): string {
  const code = only(fault, 'faultcode')?.text ?? findText(only(fault, 'Code'), 'Value');
  return localName(code.trim()).slice(0, 64);
}

function faultText(fault: XmlElement): string {
  return (only(fault, 'faultstring')?.text ?? findText(only(fault, 'Reason'), 'Text')).trim();
}

function findText(parent: XmlElement | undefined, name: string): string {
  return parent === undefined ? '' : (only(parent, name)?.text ?? '');
}
