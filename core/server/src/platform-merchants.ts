/** Merchants joined: one desk for the merchant console and for applications bound to a merchant. Called by the composition root, of which it is a part. */
import type { Configuration } from './config/configuration-schema.js';
import { createMerchantDesk } from './merchants/merchant-desk.js';
import type { MerchantDesk, MerchantPorts } from './merchants/ports.js';

type Charging = { readonly id: string; readonly merchantNo?: string | undefined };
export type MerchantParts = Omit<MerchantPorts, 'merchants' | 'channelsOf' | 'campusName'> & { readonly configuration: Configuration; /** Channels installed at run time. */ installed(): readonly Charging[] };

export function composeMerchants({ configuration: { hospital, channels }, installed, ...parts }: MerchantParts): MerchantDesk {
  const charging = (): readonly Charging[] => [...channels, ...installed()];
  const campusOf = (id: string): string => hospital.campuses.find((campus) => campus.id === id)?.name ?? id;
  return createMerchantDesk({
    ...parts,
    campusName: campusOf,
    merchants: hospital.merchants.map(({ merchantNo, name, campus }) => ({ merchantNo, name, campus: campusOf(campus) })),
    channelsOf: (merchantNo) => charging().filter((channel) => channel.merchantNo === merchantNo).map(({ id }) => id),
  });
}
