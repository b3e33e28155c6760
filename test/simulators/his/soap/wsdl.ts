/** The WSDL of a personality, and the envelopes it describes. */
import type { SoapDialect } from './dialect.js';
import { cdata, element, escaped } from './xml-text.js';

export const ENVELOPES = { '1.1': 'http://schemas.xmlsoap.org/soap/envelope/', '1.2': 'http://www.w3.org/2003/05/soap-envelope' } as const;

export function actionOf({ namespace, method }: Pick<SoapDialect, 'namespace' | 'method'>): string {
  return `${namespace.replace(/\/$/, '')}/${method}`;
}

export function wsdlOf(dialect: SoapDialect, url: string): string {
  const { namespace, method, arguments: names, answer, soap } = dialect;
  const parts = (elements: readonly string[]): string => elements.map((name) => `<s:element minOccurs="0" maxOccurs="1" name="${name}" type="s:string"/>`).join('');
  const binding = soap === '1.1' ? 'http://schemas.xmlsoap.org/wsdl/soap/' : 'http://schemas.xmlsoap.org/wsdl/soap12/';
  const out = names.includes(answer) ? [`${method}Result`, answer] : [answer];
  return `<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://www.w3.org/2001/XMLSchema" xmlns:soap="${binding}" xmlns:tns="${namespace}" targetNamespace="${namespace}">
<wsdl:types><s:schema elementFormDefault="qualified" targetNamespace="${namespace}">
<s:element name="${method}"><s:complexType><s:sequence>${parts(names)}</s:sequence></s:complexType></s:element>
<s:element name="${method}Response"><s:complexType><s:sequence>${parts(out)}</s:sequence></s:complexType></s:element>
</s:schema></wsdl:types>
<wsdl:message name="${method}In"><wsdl:part name="parameters" element="tns:${method}"/></wsdl:message>
<wsdl:message name="${method}Out"><wsdl:part name="parameters" element="tns:${method}Response"/></wsdl:message>
<wsdl:portType name="Port"><wsdl:operation name="${method}"><wsdl:input message="tns:${method}In"/><wsdl:output message="tns:${method}Out"/></wsdl:operation></wsdl:portType>
<wsdl:binding name="Binding" type="tns:Port"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
<wsdl:operation name="${method}"><soap:operation soapAction="${actionOf(dialect)}" style="document"/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation></wsdl:binding>
<wsdl:service name="Service"><wsdl:port name="Port" binding="tns:Binding"><soap:address location="${escaped(url)}"/></wsdl:port></wsdl:service>
</wsdl:definitions>`;
}

/** The response of the method around an answer. */
export function responseEnvelope({ soap, namespace, method, answer, arguments: names, spelling, charset }: SoapDialect, text: string): string {
  const string = element(answer, spelling === 'cdata' ? cdata(text) : escaped(text));
  const content = names.includes(answer) ? `${element(`${method}Result`, '0')}${string}` : string;
  return envelope({ soap, charset }, `<${method}Response xmlns="${namespace}">${content}</${method}Response>`);
}

export function faultEnvelope({ soap, charset }: Pick<SoapDialect, 'soap' | 'charset'>, side: 'client' | 'server', text: string): string {
  const code = { '1.1': { client: 'soap:Client', server: 'soap:Server' }, '1.2': { client: 'soap:Sender', server: 'soap:Receiver' } }[soap][side];
  const content = soap === '1.1'
    ? `${element('faultcode', code)}${element('faultstring', escaped(text))}<detail/>`
    : `${element('soap:Code', element('soap:Value', code))}${element('soap:Reason', `<soap:Text xml:lang="zh">${escaped(text)}</soap:Text>`)}`;
  return envelope({ soap, charset }, element('soap:Fault', content));
}

function envelope({ soap, charset }: Pick<SoapDialect, 'soap' | 'charset'>, body: string): string {
  return `<?xml version="1.0" encoding="${charset}"?><soap:Envelope xmlns:soap="${ENVELOPES[soap]}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body>${body}</soap:Body></soap:Envelope>`;
}
