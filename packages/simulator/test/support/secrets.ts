/** Base64 inside: `simulator-test-secret-01`. */
export const PRESS_SECRET = 'whsec_c2ltdWxhdG9yLXRlc3Qtc2VjcmV0LTAx'
export const UIP_SECRET = 'uip_whsec_3f9c1b7a5d2e8046'
/** Base64 of `advance-ai-secret-key-0123456789`. */
export const ADVANCE_AI_SECRET = 'YWR2YW5jZS1haS1zZWNyZXQta2V5LTAxMjM0NTY3ODk='
