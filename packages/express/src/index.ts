export { advanceAiWebhook, pressWebhook, uipWebhook } from './provider-webhooks.ts'
export { type ExpressRequest, type WebhookMiddleware, webhook } from './webhook.ts'
