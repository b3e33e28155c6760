/** The description of the one method a HIS may call, for the tools its vendor makes a client with. */
import type { ServiceMapping } from './mapping-schema.js';

const SOAP = { '1.1': 'http://schemas.xmlsoap.org/wsdl/soap/', '1.2': 'http://schemas.xmlsoap.org/wsdl/soap12/' } as const;

/** @param address where the method is called, as the caller himself came to us */
export function noticeWsdl(service: ServiceMapping, address: string): string {
  const { namespace, soap = '1.1', method = '' } = service;
  const strings = (names: readonly string[]): string => names.map((name) => `<s:element minOccurs="0" maxOccurs="1" name="${name}" type="s:string"/>`).join('');
  const element = (name: string, names: readonly string[]): string => `<s:element name="${name}"><s:complexType><s:sequence>${strings(names)}</s:sequence></s:complexType></s:element>`;
  const message = (name: string): string => `<wsdl:message name="${name}Message"><wsdl:part name="parameters" element="tns:${name}"/></wsdl:message>`;
  const response = `${method}Response`;
  const space = escapeAttribute(namespace);
  const action = escapeAttribute(service.action === undefined ? `${namespace.replace(/\/$/, '')}/${method}` : service.action.replaceAll('{method}', method));
  return `<?xml version="1.0" encoding="utf-8"?><wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="${SOAP[soap]}" xmlns:s="http://www.w3.org/2001/XMLSchema" xmlns:tns="${space}" targetNamespace="${space}">`
    + `<wsdl:types><s:schema elementFormDefault="qualified" targetNamespace="${space}">${element(method, service.arguments.map(({ name }) => name))}${element(response, [service.answer ?? `${method}Result`])}</s:schema></wsdl:types>`
    + `${message(method)}${message(response)}`
    + `<wsdl:portType name="Notices"><wsdl:operation name="${method}"><wsdl:input message="tns:${method}Message"/><wsdl:output message="tns:${response}Message"/></wsdl:operation></wsdl:portType>`
    + `<wsdl:binding name="NoticesBinding" type="tns:Notices"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/><wsdl:operation name="${method}"><soap:operation soapAction="${action}" style="document"/>`
    + '<wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation></wsdl:binding>'
    + `<wsdl:service name="Notices"><wsdl:port name="Notices" binding="tns:NoticesBinding"><soap:address location="${escapeAttribute(address)}"/></wsdl:port></wsdl:service></wsdl:definitions>`;
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
