import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { tool } from '../tool.js';
import { capacityOf, writeVmdk } from './virtual-disk.js';

/** What a machine is given when it is imported; more can be given later. */
const PROCESSORS = 2;
const MEMORY_MIB = 4_096;

/**
 * Writes a folder with OVF, manifest and VMDK, and the same as one OVA: some versions of VMware's tools take only the one, some only the other.
 * @returns folder and file
 */
export async function writeOva({ raw, output, name, version, epoch }: { readonly raw: string; readonly output: string; readonly name: string; readonly version: string; readonly epoch: number }): Promise<readonly string[]> {
  const folder = join(output, `${name}-ovf`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const disk = join(folder, `${name}-disk1.vmdk`);
  writeVmdk(raw, disk, version);
  const ovf = join(folder, `${name}.ovf`);
  writeFileSync(ovf, ovfText({ name, version, disk: { file: basename(disk), bytes: statSync(disk).size, capacityBytes: capacityOf(disk) } }));
  const manifest = join(folder, `${name}.mf`);
  writeFileSync(manifest, await manifestText([ovf, disk]));
  const ova = join(output, `${name}.ova`);
  // The order is part of the format (DSP0243 chapter 6.4): a host reads it as it comes over the line.
  tool('tar', ['--format=ustar', '--owner=0', '--group=0', '--numeric-owner', '--mode=0644', `--mtime=@${String(epoch)}`, '-cf', ova, '-C', folder, ...[ovf, manifest, disk].map((file) => basename(file))]);
  return [folder, ova];
}

/** As `openssl sha256` of version 1 writes it. With a space before the parenthesis ESXi refuses the whole. */
export async function manifestText(files: readonly string[]): Promise<string> {
  let text = '';
  for (const file of files) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    text += `SHA256(${basename(file)})= ${hash.digest('hex')}\n`;
  }
  return text;
}

/**
 * The machine as VMware imports it: hardware version 13 (ESXi 6.5 and later), UEFI, paravirtual SCSI, VMXNET3, a CD drive by which the host hands over what was entered at the import
 * (`hospay.answers`: the answers file in base64, read by the machine at its start). DSP0243 1.1, with VMware's own `vmw:Config`.
 */
export function ovfText({ name, version, disk }: { readonly name: string; readonly version: string; readonly disk: { readonly file: string; readonly bytes: number; readonly capacityBytes: number } }): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData" xmlns:vmw="http://www.vmware.com/schema/ovf">
  <References>
    <File ovf:id="file1" ovf:href="${disk.file}" ovf:size="${String(disk.bytes)}"/>
  </References>
  <DiskSection>
    <Info>Virtual disks</Info>
    <Disk ovf:diskId="disk1" ovf:fileRef="file1" ovf:capacity="${String(disk.capacityBytes)}" ovf:capacityAllocationUnits="byte" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
  </DiskSection>
  <NetworkSection>
    <Info>Networks</Info>
    <Network ovf:name="hospital"><Description>The network of the hospital</Description></Network>
  </NetworkSection>
  <VirtualSystem ovf:id="${name}">
    <Info>Hospay, a hospital's integrated payment platform</Info>
    <Name>${name}</Name>
    <OperatingSystemSection ovf:id="96" vmw:osType="debian10_64Guest"><Info>Debian, 64-bit</Info></OperatingSystemSection>
    <ProductSection ovf:class="" ovf:required="false">
      <Info>What the machine is told at its import</Info>
      <Product>Hospay</Product>
      <FullVersion>${version}</FullVersion>
      <Property ovf:key="hospay.answers" ovf:type="string" ovf:qualifiers="MaxLen(65535)" ovf:userConfigurable="true" ovf:value="">
        <Label>Answers file 应答文件 (base64)</Label>
        <Description>answers.yaml in base64 on one line; empty: set up at the console. 将 answers.yaml 以 base64 编码为一行填入；留空则在控制台设置。</Description>
      </Property>
    </ProductSection>
    <VirtualHardwareSection ovf:transport="iso">
      <Info>Hardware</Info>
      <System>
        <vssd:ElementName>Virtual Hardware Family</vssd:ElementName>
        <vssd:InstanceID>0</vssd:InstanceID>
        <vssd:VirtualSystemIdentifier>${name}</vssd:VirtualSystemIdentifier>
        <vssd:VirtualSystemType>vmx-13</vssd:VirtualSystemType>
      </System>
${hardware().join('\n')}
      <vmw:Config ovf:required="false" vmw:key="firmware" vmw:value="efi"/>
      <vmw:Config ovf:required="false" vmw:key="bootOptions.efiSecureBootEnabled" vmw:value="false"/>
      <vmw:Config ovf:required="false" vmw:key="tools.syncTimeWithHost" vmw:value="false"/>
    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>
`;
}

/** Items of CIM_ResourceAllocationSettingData; their elements stand in alphabetical order, as its schema wants them. */
function hardware(): string[] {
  const items: ReadonlyArray<Readonly<Record<string, string | number | boolean>>> = [
    { AllocationUnits: 'hertz * 10^6', ElementName: 'Processors', InstanceID: 1, ResourceType: 3, VirtualQuantity: PROCESSORS },
    { AllocationUnits: 'byte * 2^20', ElementName: 'Memory', InstanceID: 2, ResourceType: 4, VirtualQuantity: MEMORY_MIB },
    { Address: 0, ElementName: 'SCSI controller', InstanceID: 3, ResourceSubType: 'VirtualSCSI', ResourceType: 6 },
    { Address: 0, ElementName: 'SATA controller', InstanceID: 4, ResourceSubType: 'vmware.sata.ahci', ResourceType: 20 },
    { AddressOnParent: 0, ElementName: 'Disk', HostResource: 'ovf:/disk/disk1', InstanceID: 5, Parent: 3, ResourceType: 17 },
    { AddressOnParent: 0, AutomaticAllocation: false, ElementName: 'CD drive', InstanceID: 6, Parent: 4, ResourceSubType: 'vmware.cdrom.remotepassthrough', ResourceType: 15 },
    { AddressOnParent: 7, AutomaticAllocation: true, Connection: 'hospital', ElementName: 'Network card', InstanceID: 7, ResourceSubType: 'VmxNet3', ResourceType: 10 },
  ];
  return items.map((item) => `      <Item${item['ElementName'] === 'CD drive' ? ' ovf:required="false"' : ''}>${Object.entries(item).map(([key, value]) => `<rasd:${key}>${String(value)}</rasd:${key}>`).join('')}</Item>`);
}
