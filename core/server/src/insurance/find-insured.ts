import type { InsuranceVoucher } from '@hospay/plugin-sdk';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { maskName } from '../domain/mask.js';
import type { Owner } from '../domain/order.js';
import type { InsurancePorts } from './ports.js';
import type { InsuredPersonView } from './presettlement-view.js';

/** Who shows this voucher, and which insurances he has (1101). A read: nothing is kept, and it may simply be asked again. */
export async function findInsured(
  ports: InsurancePorts,
  request: { readonly hospitalId: string; readonly owner: Owner; readonly terminalKind?: string; readonly voucher: InsuranceVoucher; readonly operatorId?: string },
): Promise<Outcome<InsuredPersonView>> {
  const { hospitalId, owner, terminalKind, voucher, operatorId } = request;
  const channel = ports.channels.choose({ method: 'medicalInsurance', amountFen: 0, hospitalId, owner, terminalKind });
  const centre = channel === undefined ? undefined : ports.centres.find(channel.id);
  if (centre === undefined) return refused('INSURANCE_UNAVAILABLE');
  const found = await centre.findInsured({ voucher, ...(operatorId === undefined ? {} : { operatorId }) });
  switch (found.kind) {
    case 'found': {
      const { personNo, name, insurances } = found.person;
      return ok({ personNo, name: maskName(name), insurances });
    }
    case 'declined':
      return refused('INSURANCE_DECLINED', `${found.code} ${found.message}`);
    case 'notSent':
    case 'unknown':
      return refused('INSURANCE_UNAVAILABLE', found.reason);
  }
}
