import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ovfAnswers } from './ovf-answers.js';

const ANSWERS = 'network: { address: 10.20.0.5/16 }\nsecrets: { HOSPAY_HIS_PASSWORD: 密码 }\n';
const environment = (value: string, quote = '"'): string => `<?xml version="1.0" encoding="UTF-8"?>
<Environment xmlns="http://schemas.dmtf.org/ovf/environment/1" xmlns:oe="http://schemas.dmtf.org/ovf/environment/1">
   <PlatformSection><Kind>VMware ESXi</Kind><Version>8.0.2</Version></PlatformSection>
   <PropertySection>
         <Property oe:key="another" oe:value="bm8="/>
         <Property oe:key=${quote}hospay.answers${quote} oe:value=${quote}${value}${quote}/>
   </PropertySection>
</Environment>`;

test('the answers of an import are read from the property by its name, however it is quoted and broken', () => {
  const value = Buffer.from(ANSWERS).toString('base64');
  assert.equal(ovfAnswers(environment(value)), ANSWERS);
  assert.equal(ovfAnswers(environment(`${value.slice(0, 20)}&#10;${value.slice(20)}`, "'")), ANSWERS);
});

test('an import without answers gives none, and what is no base64 is refused without being repeated', () => {
  assert.equal(ovfAnswers(environment('')), undefined);
  assert.equal(ovfAnswers('<Environment/>'), undefined);
  assert.throws(() => ovfAnswers(environment('secrets: geheim')), (error: Error) => /base64/.test(error.message) && !error.message.includes('geheim'));
});
