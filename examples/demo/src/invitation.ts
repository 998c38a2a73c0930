import { secrets } from '@kyc-webhooks/example-harness'

/** The port that `npm run send` takes when it is not told. */
export const DEFAULT_PORT = 3000

/** Lines to paste into another terminal. */
export function invitation(port: number): string[] {
  const to = port === DEFAULT_PORT ? '' : ` --port ${port}`
  return [
    'The server goes on. To send more, from another terminal in this folder (Ctrl-C here ends it):',
    '',
    `  npm run send -- press${to}`,
    `  npm run send -- uip identify --flaw bad-signature${to}`,
    `  npm run send -- advance-ai AML_OGS_UPDATE --flaw conflict${to}`,
    `  npm run send -- --help`,
    '',
    `  body='{"event":"test","data":{"pong":"Pong"}}'`,
    `  signature=$(printf %s "$body" | openssl dgst -sha256 -hmac '${secrets.uip}' -r | cut -c1-64)`,
    `  curl -i http://127.0.0.1:${port}/webhooks/uip -H "X-UIP-Signature: $signature" --data-binary "$body"`,
    '',
  ]
}
