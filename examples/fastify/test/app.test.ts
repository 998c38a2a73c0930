import { exampleContract } from '@kyc-webhooks/example-harness/contract'
import { buildApp } from '../src/app.ts'

exampleContract({
  main: new URL('../src/main.ts', import.meta.url),
  async serve(options) {
    const app = buildApp(options)
    await app.ready()
    return { server: app.server, close: () => app.close() }
  },
})
