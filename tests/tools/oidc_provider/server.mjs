// A certified OpenID provider with its own pages, on loopback: `node server.mjs`, its configuration as JSON in
// the first argument. It writes {"issuer": …} in a line when it listens, and lives as long as its stdin.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';

import { Provider } from 'oidc-provider';

const { clients, inIdToken } = JSON.parse(process.argv[2]);

const jwk = (kind, options, alg) => ({
  ...generateKeyPairSync(kind, options).privateKey.export({ format: 'jwk' }),
  alg,
  use: 'sig',
});
const keys = [
  jwk('rsa', { modulusLength: 2048 }, 'RS256'),
  jwk('rsa', { modulusLength: 2048 }, 'PS256'),
  jwk('ec', { namedCurve: 'P-256' }, 'ES256'),
  jwk('ed25519', {}, 'EdDSA'),
];

// Whoever signs in as `ada` has the address ada@example.com; who is called `unverified` has none that is.
const findAccount = (_, login) => ({
  accountId: login,
  claims: () => ({
    sub: login,
    email: `${login}@example.com`,
    email_verified: login !== 'unverified',
    name: `${login} of oidc-provider`,
  }),
});

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients,
    findAccount,
    jwks: { keys },
    cookies: { keys: ['a key of the tests'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    // Without, the ID token has no address, and the userinfo endpoint is to be asked.
    conformIdTokenClaims: !inIdToken,
  });
  server.on('request', provider.callback());
  console.log(JSON.stringify({ issuer }));
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
