import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packagePlace, withoutPaths } from './package-place.js';

test('a package is named by its folder and the one above, and no path of the machine is told with it', () => {
  const folder = '/opt/hospay/plugins/channels/wechat-pay';
  assert.equal(packagePlace(folder), 'channels/wechat-pay');
  assert.equal(withoutPaths(`Cannot find module '${folder}/dist/a.js' imported from file://${folder}/dist/index.js`, ['/opt/hospay/plugins/channels', folder]), "Cannot find module 'channels/wechat-pay/dist/a.js' imported from channels/wechat-pay/dist/index.js");
  assert.equal(withoutPaths('HIS is down', [folder]), 'HIS is down');
});
