export { advanceAiWebhook, pressWebhook, uipWebhook } from './provider-webhooks.ts'
export { webhook } from './webhook.ts'
