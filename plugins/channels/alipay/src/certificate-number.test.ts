import assert from 'node:assert/strict';
import { test } from 'node:test';

import { certificateNumber, isTrusted, readCertificates, rootCertificateNumber } from './certificate-number.js';

/** Invented certificates; the numbers are those that Alipay's own client (alipay-sdk 4.14.0) makes of them. */
const APP_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIICbTCCAdagAwIBAgIQfwEjRWeJq83vASNFZ4mrzTANBgkqhkiG9w0BAQsFADBs
MQswCQYDVQQGDAJDTjEnMCUGA1UECgweSW52ZW50ZWQgRmluYW5jaWFsICsgQ28s
ICJMdGQiMRkwFwYDVQQLDBDorqTor4EgQXV0aG9yaXR5MRkwFwYDVQQDDBBJbnZl
bnRlZCBSb290IFIxMB4XDTI2MDEwMTAwMDAwMFoXDTQ2MDEwMTAwMDAwMFowbDEL
MAkGA1UEBgwCQ04xJzAlBgNVBAoMHkludmVudGVkIEZpbmFuY2lhbCArIENvLCAi
THRkIjEZMBcGA1UECwwQ6K6k6K+BIEF1dGhvcml0eTEZMBcGA1UEAwwQMjAyMTAw
MDAwMDAwMDAwMTCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEA0w3xpJpSlLxr
4Coe5ymD7z8hVMKSsMnih+xwTpUn1KrBeKEf388AWtEiGUrRKpBWJKasyJYtBokr
RC/1SYiXIF2Rg6UIZYNr/jTyE02M5uiMaINjarjsuroFlBInhBNkc0uTVQBGyyDG
Sh7B6oKAYFplQ7Mq4yJGPiDTR5iJCfUCAwEAAaMQMA4wDAYDVR0TAQH/BAIwADAN
BgkqhkiG9w0BAQsFAAOBgQCADv2Jzxfe8fyguhYI6RMDj1gTL6El8L4A9ZmAJJr5
bVmtv2KvQTx6oPBZE9TjEvj9qJhoMu9pOqKYOkrGlfp2/bUFrn7GTIMHmt3li7IK
VLK/P1kBbDvYWzYeIKLLPZSkpfcJJiWqPjipvXeop+LQIH+qLXQKL+0w2L1GoKyV
gA==
-----END CERTIFICATE-----
`;
const ROOTS = `-----BEGIN CERTIFICATE-----
MIICYTCCAcugAwIBAgIBETAMBggqgRzPVQGDdQUAMG0xCzAJBgNVBAYMAkNOMScw
JQYDVQQKDB5JbnZlbnRlZCBGaW5hbmNpYWwgKyBDbywgIkx0ZCIxGTAXBgNVBAsM
EOiupOivgSBBdXRob3JpdHkxGjAYBgNVBAMMEUludmVudGVkIFJvb3QgU00yMB4X
DTI2MDEwMTAwMDAwMFoXDTQ2MDEwMTAwMDAwMFowbTELMAkGA1UEBgwCQ04xJzAl
BgNVBAoMHkludmVudGVkIEZpbmFuY2lhbCArIENvLCAiTHRkIjEZMBcGA1UECwwQ
6K6k6K+BIEF1dGhvcml0eTEaMBgGA1UEAwwRSW52ZW50ZWQgUm9vdCBTTTIwgZ8w
DQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBANMN8aSaUpS8a+AqHucpg+8/IVTCkrDJ
4ofscE6VJ9SqwXihH9/PAFrRIhlK0SqQViSmrMiWLQaJK0Qv9UmIlyBdkYOlCGWD
a/408hNNjObojGiDY2q47Lq6BZQSJ4QTZHNLk1UARssgxkoeweqCgGBaZUOzKuMi
Rj4g00eYiQn1AgMBAAGjEzARMA8GA1UdEwEB/wQFMAMBAf8wDAYIKoEcz1UBg3UF
AAOBgQBqyIgZ0Wgzuv346VRHFlgbFzvXpOqx+YssQUzsW5Lpgy2oGabJ/RHi/rhb
i7OOyf1fawzMzKnl+0KZmXH8rTCT3VCpRuwQSL58PiI76fgJEWW49f/sm2nXuQNb
QAI8PsxdB234amkkazfP6kU752Q6Qn0ydmcGHkvxeh1TwupJkw==
-----END CERTIFICATE-----
-----BEGIN CERTIFICATE-----
MIICaDCCAdGgAwIBAgIIWlpaWlpaWlowDQYJKoZIhvcNAQELBQAwbDELMAkGA1UE
BgwCQ04xJzAlBgNVBAoMHkludmVudGVkIEZpbmFuY2lhbCArIENvLCAiTHRkIjEZ
MBcGA1UECwwQ6K6k6K+BIEF1dGhvcml0eTEZMBcGA1UEAwwQSW52ZW50ZWQgUm9v
dCBSMTAeFw0yNjAxMDEwMDAwMDBaFw00NjAxMDEwMDAwMDBaMGwxCzAJBgNVBAYM
AkNOMScwJQYDVQQKDB5JbnZlbnRlZCBGaW5hbmNpYWwgKyBDbywgIkx0ZCIxGTAX
BgNVBAsMEOiupOivgSBBdXRob3JpdHkxGTAXBgNVBAMMEEludmVudGVkIFJvb3Qg
UjEwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBANMN8aSaUpS8a+AqHucpg+8/
IVTCkrDJ4ofscE6VJ9SqwXihH9/PAFrRIhlK0SqQViSmrMiWLQaJK0Qv9UmIlyBd
kYOlCGWDa/408hNNjObojGiDY2q47Lq6BZQSJ4QTZHNLk1UARssgxkoeweqCgGBa
ZUOzKuMiRj4g00eYiQn1AgMBAAGjEzARMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZI
hvcNAQELBQADgYEA0hKS4rqceKhk/mzX0C+t1scOovugluDRiZk6SIyz9ZtHZlm9
qzL3H3v9mSILcKzWQUs+4iI2uyXZXR8g1nG/dcVCaJ04N+S/jVKB3WgN1e/BvkXh
IHFXaBCFTLUoMophIvpCbKRyHFlDjT9oIgyfshcmTMMWXq+ack7mXoY9Jvw=
-----END CERTIFICATE-----
-----BEGIN CERTIFICATE-----
MIICYjCCAcugAwIBAgICAQIwDQYJKoZIhvcNAQELBQAwbDELMAkGA1UEBgwCQ04x
JzAlBgNVBAoMHkludmVudGVkIEZpbmFuY2lhbCArIENvLCAiTHRkIjEZMBcGA1UE
CwwQ6K6k6K+BIEF1dGhvcml0eTEZMBcGA1UEAwwQSW52ZW50ZWQgUm9vdCBSMjAe
Fw0yNjAxMDEwMDAwMDBaFw00NjAxMDEwMDAwMDBaMGwxCzAJBgNVBAYMAkNOMScw
JQYDVQQKDB5JbnZlbnRlZCBGaW5hbmNpYWwgKyBDbywgIkx0ZCIxGTAXBgNVBAsM
EOiupOivgSBBdXRob3JpdHkxGTAXBgNVBAMMEEludmVudGVkIFJvb3QgUjIwgZ8w
DQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBANMN8aSaUpS8a+AqHucpg+8/IVTCkrDJ
4ofscE6VJ9SqwXihH9/PAFrRIhlK0SqQViSmrMiWLQaJK0Qv9UmIlyBdkYOlCGWD
a/408hNNjObojGiDY2q47Lq6BZQSJ4QTZHNLk1UARssgxkoeweqCgGBaZUOzKuMi
Rj4g00eYiQn1AgMBAAGjEzARMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQEL
BQADgYEAd9+gSUMULSmDQ1E81TRLXLtNrXhw8EjS/uRYegZm5/ZpOfuWbO0/4XIv
RDCXiGL3MNqZ1EDApApBzUd32m9+3QFt5+H6C/Xb1okIinEPjgiIelT35kW/ZkaM
jloWdrkK8pBg1GZOUsA3ym9RYYlGCE7g6IlhxJKLu0HwhUxWIjY=
-----END CERTIFICATE-----
`;
/** The name of a root above, another key. */
const IMPOSTOR = `-----BEGIN CERTIFICATE-----
MIICaDCCAdGgAwIBAgIIWlpaWlpaWlswDQYJKoZIhvcNAQELBQAwbDELMAkGA1UE
BgwCQ04xJzAlBgNVBAoMHkludmVudGVkIEZpbmFuY2lhbCArIENvLCAiTHRkIjEZ
MBcGA1UECwwQ6K6k6K+BIEF1dGhvcml0eTEZMBcGA1UEAwwQSW52ZW50ZWQgUm9v
dCBSMTAeFw0yNjAxMDEwMDAwMDBaFw00NjAxMDEwMDAwMDBaMGwxCzAJBgNVBAYM
AkNOMScwJQYDVQQKDB5JbnZlbnRlZCBGaW5hbmNpYWwgKyBDbywgIkx0ZCIxGTAX
BgNVBAsMEOiupOivgSBBdXRob3JpdHkxGTAXBgNVBAMMEEludmVudGVkIFJvb3Qg
UjEwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAKD8XFX2DKhqFra/SNW0iOlF
GdarF4iwxU5IzNug2PIUGpHt2vZLRja7SrBzkMFIaL2KCpR98IlGOWOJdZtPUlv1
JAOCBx8UtL/fQ3BPMRTmlHs15vGJj12Xfs0a7VineaD4myJh9LDEz2BjmYBc6Iyx
Tv44pO55MGVvS6oT83eBAgMBAAGjEzARMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZI
hvcNAQELBQADgYEAIDz7h/9x6X34+c+1nxgU88S7D3qeUvtTJsDFxczdxHHZ7Y1o
j0UzyohqY1Qa0hVCibcgBalN+tzyT9stqWPD43AaIARFQaCwS2ooH+YYfnrf13sM
BUze92NTZZulR64PwezBk/8O0OL/Rtfm3c1nbRBGWlzH3GMIhQHL4ZnYf7U=
-----END CERTIFICATE-----
`;
/** Signed with the key of the app's certificate, as every owner of one could. */
const CHILD_OF_APP = `-----BEGIN CERTIFICATE-----
MIICVDCCAb2gAwIBAgIBIjANBgkqhkiG9w0BAQsFADBsMQswCQYDVQQGDAJDTjEn
MCUGA1UECgweSW52ZW50ZWQgRmluYW5jaWFsICsgQ28sICJMdGQiMRkwFwYDVQQL
DBDorqTor4EgQXV0aG9yaXR5MRkwFwYDVQQDDBAyMDIxMDAwMDAwMDAwMDAxMB4X
DTI2MDEwMTAwMDAwMFoXDTQ2MDEwMTAwMDAwMFowYjELMAkGA1UEBgwCQ04xJzAl
BgNVBAoMHkludmVudGVkIEZpbmFuY2lhbCArIENvLCAiTHRkIjEZMBcGA1UECwwQ
6K6k6K+BIEF1dGhvcml0eTEPMA0GA1UEAwwGQWxpcGF5MIGfMA0GCSqGSIb3DQEB
AQUAA4GNADCBiQKBgQDTDfGkmlKUvGvgKh7nKYPvPyFUwpKwyeKH7HBOlSfUqsF4
oR/fzwBa0SIZStEqkFYkpqzIli0GiStEL/VJiJcgXZGDpQhlg2v+NPITTYzm6Ixo
g2NquOy6ugWUEieEE2RzS5NVAEbLIMZKHsHqgoBgWmVDsyrjIkY+INNHmIkJ9QID
AQABoxAwDjAMBgNVHRMBAf8EAjAAMA0GCSqGSIb3DQEBCwUAA4GBAEgWKighCtMq
MIVeBK+kAuKdVgrOtjvMApZO02x97B2p1xoT8fKOmsUtbSPGBwwa/1TjIwzR3MSa
svAw9jmsqOxy9pf6FO2vxSOYy30/wgtjDFLIQJbKYM6UY0yYE6M9nfpK1ss6/4JA
E7zNsBicW+02ngj47DEX6QJqf63Bh8Kp
-----END CERTIFICATE-----
`;

test('certificate numbers are those of the official client, with odd names and roots of the SM2 family', () => {
  const [app] = readCertificates(APP_CERTIFICATE);
  assert.ok(app !== undefined);
  assert.equal(certificateNumber(app), 'fcf09dbeacd9dadebf7965c859fe9add');
  const roots = readCertificates(ROOTS);
  assert.equal(roots.length, 3);
  assert.equal(rootCertificateNumber(roots), '13a081264a6c426f5d6ad00240f6c55e_29beadf39dd1c681954228b2e1fb13e4');
});

test('a chain is trusted only up to a root that really signed it, and only while all of it is valid', () => {
  const app = readCertificates(APP_CERTIFICATE);
  const [sm2Root, firstRoot, secondRoot] = readCertificates(ROOTS);
  assert.ok(sm2Root !== undefined && firstRoot !== undefined && secondRoot !== undefined);
  const within = new Date('2030-01-01');
  assert.ok(isTrusted(app, [secondRoot, firstRoot], within));
  assert.ok(!isTrusted(app, [secondRoot], within), 'another root');
  assert.ok(!isTrusted(app, readCertificates(IMPOSTOR), within), 'only the name of a root');
  assert.ok(!isTrusted([...readCertificates(CHILD_OF_APP), ...app], [firstRoot], within), 'an app may not issue certificates');
  assert.ok(!isTrusted(app, app.slice(1), within), 'no root');
  assert.ok(!isTrusted([], [firstRoot], within), 'no chain');
  assert.ok(!isTrusted(app, [firstRoot], new Date('2025-12-31')));
  assert.ok(!isTrusted(app, [firstRoot], new Date('2046-01-02')));
});

test('what is no certificate is said so', () => {
  assert.throws(() => readCertificates('MIIB'), /no certificate/);
  assert.throws(() => readCertificates('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'));
});
