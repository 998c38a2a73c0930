import { createServer } from 'node:http'
import { exampleContract } from '@kyc-webhooks/example-harness/contract'
import { buildApp } from '../src/app.ts'

exampleContract({
  main: new URL('../src/main.ts', import.meta.url),
  async serve(options) {
    const { app, ready, close } = buildApp(options)
    await ready
    return { server: createServer(app.callback()), close }
  },
})
