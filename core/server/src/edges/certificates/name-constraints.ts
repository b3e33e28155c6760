import { isIP } from 'node:net';
import { AsnConvert } from '@peculiar/asn1-schema';
import { GeneralName, GeneralSubtree, GeneralSubtrees, NameConstraints } from '@peculiar/asn1-x509';
import * as x509 from '@peculiar/x509';

const NAME_CONSTRAINTS = '2.5.29.30';
/** RFC 5280, 4.2.1.10: every name, every address. */
const ALL_NAMES = new GeneralName({ dNSName: '' });
const ALL_ADDRESSES = ['0.0.0.0/0', '::/0'].map((network) => new GeneralName({ iPAddress: network }));

/**
 * RFC 5280, 4.2.1.10: the names and addresses alone. A kind of name that is not mentioned would be free, so each is: permitted or excluded.
 * `asn1-schema` and `asn1-x509` are what `@peculiar/x509` is made of, and it has no class for this extension itself.
 */
export function nameConstraints(names: readonly string[]): x509.Extension {
  const [addresses, hosts] = [names.filter((name) => isIP(name) !== 0), names.filter((name) => isIP(name) === 0)];
  const permitted = [...hosts.map((name) => new GeneralName({ dNSName: name })), ...addresses.map((address) => new GeneralName({ iPAddress: `${address}/${isIP(address) === 4 ? '32' : '128'}` }))];
  const excluded = [...(hosts.length === 0 ? [ALL_NAMES] : []), ...(addresses.length === 0 ? ALL_ADDRESSES : [])];
  const subtrees = (of: readonly GeneralName[]) => new GeneralSubtrees(of.map((base) => new GeneralSubtree({ base })));
  const constraints = new NameConstraints({ permittedSubtrees: subtrees(permitted), ...(excluded.length === 0 ? {} : { excludedSubtrees: subtrees(excluded) }) });
  return new x509.Extension(NAME_CONSTRAINTS, true, AsnConvert.serialize(constraints));
}

export function hasNameConstraints(certificate: x509.X509Certificate, names: readonly string[]): boolean {
  const found = certificate.getExtension(NAME_CONSTRAINTS);
  return found !== null && Buffer.from(found.rawData).equals(Buffer.from(nameConstraints(names).rawData));
}
