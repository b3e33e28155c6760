import assert from 'node:assert/strict';
import test from 'node:test';
import { readXml, type XmlElement } from '@hospay/plugin-sdk/his-mapping';
import type { ServiceMapping } from './mapping-schema.js';
import { readEnvelope, writeEnvelope, type MethodCall } from './soap-envelope.js';

const service: ServiceMapping = { namespace: 'http://tempuri.org/', arguments: [] };
const call = (text: string, cdata = false): MethodCall => ({ method: 'Call', arguments: [{ name: 'name', text: 'B201', cdata: false }, { name: 'xml', text, cdata }] });

function argumentsIn(body: Buffer, charset = 'utf-8'): readonly [string, string][] {
  const read = readXml(new TextDecoder(charset).decode(body));
  assert.equal(read.kind, 'document');
  const method: XmlElement | undefined = read.root.children[0]?.children[0];
  return method?.children.map(({ name, text }) => [name, text]) ?? [];
}

test('the method and its arguments stand in the envelope; the action is the namespace and the method unless told otherwise', () => {
  const { headers, body } = writeEnvelope(call('<R>1</R>'), service, 'utf-8');
  assert.deepEqual(headers, { 'content-type': 'text/xml; charset=utf-8', soapaction: '"http://tempuri.org/Call"' });
  assert.match(body.toString(), /^<\?xml version="1.0" encoding="utf-8"\?><soap:Envelope xmlns:soap="http:\/\/schemas.xmlsoap.org\/soap\/envelope\/"><soap:Body><Call xmlns="http:\/\/tempuri.org\/"><name>B201<\/name><xml>&lt;R&gt;1&lt;\/R&gt;<\/xml><\/Call>/);
  assert.equal(writeEnvelope(call(''), { ...service, action: 'urn:{method}#1' }, 'utf-8').headers['soapaction'], '"urn:Call#1"');
  assert.equal(writeEnvelope(call(''), { ...service, action: '' }, 'utf-8').headers['soapaction'], '""');
});

test('SOAP 1.2 has its action in the content type and its own envelope', () => {
  const { headers, body } = writeEnvelope(call(''), { ...service, soap: '1.2' }, 'utf-8');
  assert.deepEqual(headers, { 'content-type': 'application/soap+xml; charset=utf-8; action="http://tempuri.org/Call"' });
  assert.match(body.toString(), /xmlns:soap="http:\/\/www.w3.org\/2003\/05\/soap-envelope"/);
});

test('whatever stands in an argument stays in it, escaped or in CDATA, in GBK too', () => {
  for (const text of ['<R><![CDATA[a]]></R>', ']]></xml></Call><Call><name>B299</name>', '&amp;lt; "x" \'y\'', '张三\r\n李四']) {
    for (const cdata of [false, true]) {
      const read = argumentsIn(writeEnvelope(call(text, cdata), { ...service, charsetName: 'GB2312' }, 'gbk').body, 'gb18030');
      assert.deepEqual(read, [['name', 'B201'], ['xml', cdata ? text.replaceAll('\r\n', '\n') : text]], text);
    }
  }
  assert.throws(() => writeEnvelope(call('䶮'), service, 'gbk'), RangeError);
});

const envelope = (body: string): string => `<?xml version="1.0"?><s:Envelope xmlns:s="x"><s:Header/><s:Body>${body}</s:Body></s:Envelope>`;

test('the answer is the string of the method\'s own response, whatever the prefixes', () => {
  const read = (body: string) => readEnvelope(envelope(body), 'Call', 'CallResult');
  assert.deepEqual(read('<m:CallResponse xmlns:m="y"><m:CallResult>&lt;R&gt;a &amp;amp; b&lt;/R&gt;</m:CallResult></m:CallResponse>'), { kind: 'answer', text: '<R>a &amp; b</R>' });
  assert.deepEqual(read('<CallResponse><CallResult><![CDATA[<R>a &amp; b</R>]]></CallResult></CallResponse>'), { kind: 'answer', text: '<R>a &amp; b</R>' });
  for (const body of ['', '<OtherResponse><CallResult>1</CallResult></OtherResponse>', '<CallResponse><Other>1</Other></CallResponse>', '<CallResponse><CallResult><R>1</R></CallResult></CallResponse>', '<CallResponse><CallResult>1</CallResult><CallResult>2</CallResult></CallResponse>']) {
    assert.equal(read(body).kind, 'garbled', body);
  }
  for (const text of ['', 'Server Error in "/" Application', '<html><body>502</body></html>', '<R>1</R>']) assert.equal(readEnvelope(text, 'Call', 'CallResult').kind, 'garbled', text);
});

test('Faults of both versions tell their code without its prefix', () => {
  const read = (body: string) => readEnvelope(envelope(body), 'Call', 'CallResult');
  assert.deepEqual(read('<s:Fault><faultcode>s:Client.Authentication</faultcode><faultstring>no</faultstring></s:Fault>'), { kind: 'fault', code: 'Client.Authentication', message: 'no' });
  assert.deepEqual(read('<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text>no</s:Text></s:Reason></s:Fault>'), { kind: 'fault', code: 'Sender', message: 'no' });
});
