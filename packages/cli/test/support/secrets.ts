/** Of the form that each provider issues. */
export const secrets = {
  press: 'whsec_of-the-tests-0123456789abcdef',
  uip: 'uip_whsec_of-the-tests-0123456789abcdef',
  'advance-ai': Buffer.from('of the tests, 0123456789abcdef').toString('base64'),
} as const

export const secretsEnvironment: Readonly<Record<string, string>> = {
  PRESS_WEBHOOK_SECRET: secrets.press,
  UIP_WEBHOOK_SECRET: secrets.uip,
  ADVANCE_AI_WEBHOOK_SECRET: secrets['advance-ai'],
}
